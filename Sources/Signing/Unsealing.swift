public import Cryptography
public import Mnemonics

/// Why a key cannot be opened by shares, or shared.
public enum UnsealingError: Error, Equatable, Sendable {
  /// A share that is none, damaged, of another set, or too few of them.
  case shares(MnemonicError)
  /// Not 2 to as many shares as there are people, or more than 16 of them.
  case badScheme(threshold: Int, people: Int)
  /// The key file cannot be opened or made.
  case keyFile(KeyFileError)
  /// The PIN cannot be sealed.
  case pinFile(PINFileError)
  case cryptography(CryptographyError)
}

extension UnsealingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .shares(let error): "shares: \(error)"
    case .badScheme(let threshold, let people):
      "\(threshold) of \(people) shares; allowed are 2 of 2 to 16 of 16"
    case .keyFile(let error): "\(error)"
    case .pinFile(let error): "\(error)"
    case .cryptography(let error): "cryptography failed: \(error)"
    }
  }
}

/// Opens a signer's key by shares of several people, so that a power cycle needs some of them and not
/// one in particular.
///
/// The key file is sealed once more, with 32 random bytes instead of a passphrase. Those are split by
/// SLIP-39, one group, k of n. Fewer than k shares say nothing about them.
public enum Unsealing {
  /// Bytes of the shared secret.
  static let secretCount = 32

  /// A key file that shares open, and the shares.
  public struct Shared: Sendable {
    public let file: KeyFile
    /// The words of each person's share.
    public let phrases: [SecretBytes]
  }

  /// Seals a key once more, for `threshold` of `people` shares.
  ///
  /// - Parameters:
  ///   - file: The key as its holder has it; it stays what it is.
  ///   - passphrase: What opens it.
  public static func share(
    _ file: KeyFile, passphrase: SecretBytes, threshold: Int, people: Int
  ) throws(UnsealingError) -> Shared {
    let (secret, phrases) = try draw(threshold: threshold, people: people)
    let sealed: KeyFile
    do {
      // The secret cannot be guessed, so trying it need not be dear.
      sealed = try file.resealed(passphrase: passphrase, newPassphrase: secret, cost: .interactive)
    } catch {
      throw .keyFile(error)
    }
    return Shared(file: sealed, phrases: phrases)
  }

  /// Seals the PIN of a token, for `threshold` of `people` shares.
  public static func share(
    pin: SecretBytes, label: String, threshold: Int, people: Int
  ) throws(UnsealingError) -> (file: PINFile, phrases: [SecretBytes]) {
    let (secret, phrases) = try draw(threshold: threshold, people: people)
    do { return (try PINFile.seal(pin, label: label, with: secret), phrases) } catch {
      throw .pinFile(error)
    }
  }

  /// Draws a secret and splits it.
  private static func draw(
    threshold: Int, people: Int
  ) throws(UnsealingError) -> (secret: SecretBytes, phrases: [SecretBytes]) {
    guard (2...16).contains(people), (2...people).contains(threshold) else {
      throw .badScheme(threshold: threshold, people: people)
    }
    let secret: SecretBytes
    do { secret = try SecureRandom.secret(secretCount) } catch { throw .cryptography(error) }
    let shares: [ShamirShare]
    do {
      shares = try ShamirSecret.split(
        secret, groupThreshold: 1, groups: [.init(threshold: threshold, count: people)],
        iterationExponent: 0
      ).flatMap { $0 }
    } catch {
      throw .shares(error)
    }
    var phrases: [SecretBytes] = []
    do { for share in shares { phrases.append(try share.phrase()) } } catch {
      throw .cryptography(error)
    }
    return (secret, phrases)
  }
}

/// Gathers shares until they are enough.
public struct ShareCollection: Sendable {
  private var shares: [ShamirShare] = []

  public init() {}

  /// How many more are needed; `nil` before the first one has told.
  public var missing: Int? {
    shares.first.map { max(0, $0.memberThreshold - Set(shares.map(\.member)).count) }
  }

  /// Takes the words of one share.
  ///
  /// - Throws: ``UnsealingError/shares(_:)`` when they are no share, or one of another set: then what
  ///   was gathered before stays.
  public mutating func add(_ phrase: SecretBytes) throws(UnsealingError) {
    let share: ShamirShare
    do { share = try ShamirShare(phrase: phrase) } catch { throw .shares(error) }
    guard share.label == shares.first?.label ?? share.label else { throw .shares(.differentSets) }
    shares.append(share)
  }

  /// The secret that opens the key file.
  ///
  /// - Throws: ``UnsealingError/shares(_:)`` when there are too few, or they contradict each other.
  public func secret() throws(UnsealingError) -> SecretBytes {
    do { return try ShamirSecret.combine(shares) } catch { throw .shares(error) }
  }
}
