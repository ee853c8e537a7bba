public import Bitcoin
public import Cryptography
public import Descriptors
public import Money

/// Why a ceremony cannot be held.
public enum CeremonyError: Error, Equatable, Sendable {
  /// Not 1 to 15 holders.
  case badHolderCount(Int)
  /// Not 1 to as many signatures as there are holders.
  case badThreshold(Int, holders: Int)
  /// Not one passphrase for each key.
  case passphraseCount(Int, needed: Int)
  /// Not one line of dice for each key.
  case diceCount(Int, needed: Int)
  /// Dice that cannot have been rolled.
  case badDice(String)
  /// A key file could not be made.
  case keyFile(KeyFileError)
  /// The keys make no descriptor.
  case descriptor(DescriptorError)
  /// No locked memory or no randomness.
  case cryptography(CryptographyError)
}

extension CeremonyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badHolderCount(let count):
      "holders: \(count) is out of range; allowed 1 to \(CeremonyPlan.maximumHolders)"
    case .badThreshold(let count, let holders):
      "threshold: \(count) is out of range; allowed 1 to \(holders), the number of holders"
    case .passphraseCount(let count, let needed):
      "\(count) passphrases for \(needed) keys: one for each holder and one for the guard"
    case .diceCount(let count, let needed):
      "\(count) lines of dice for \(needed) keys: one for each holder and one for the guard"
    case .badDice(let reason): "dice: \(reason)"
    case .keyFile(let error): "\(error)"
    case .descriptor(let error): "\(error)"
    case .cryptography(let error): "cryptography failed: \(error)"
    }
  }
}

/// What a key ceremony is to make.
public struct CeremonyPlan: Hashable, Sendable {
  /// As many as fit into one P2SH script, the tightest form.
  public static let maximumHolders = 15

  /// The chain of the wallet.
  public let network: Network
  /// How many holders must sign.
  public let threshold: Int
  /// How many holders there are.
  public let holders: Int
  /// What opening a key file will cost.
  public let cost: KeyFileCost
  /// When the ceremony takes place.
  public let created: Timestamp

  /// Creates a plan for `threshold` of `holders`.
  ///
  /// - Throws: ``CeremonyError/badHolderCount(_:)`` or ``CeremonyError/badThreshold(_:holders:)``.
  public init(
    network: Network, threshold: Int, holders: Int, cost: KeyFileCost, created: Timestamp
  ) throws(CeremonyError) {
    guard (1...Self.maximumHolders).contains(holders) else { throw .badHolderCount(holders) }
    guard (1...holders).contains(threshold) else {
      throw .badThreshold(threshold, holders: holders)
    }
    self.network = network
    self.threshold = threshold
    self.holders = holders
    self.cost = cost
    self.created = created
  }

  /// The labels of the keys, in the order in which they are made: holders first, then the guard.
  public var labels: [String] { (1...holders).map { "holder-\($0)" } + ["guard"] }
}

/// A key ceremony: all keys of one wallet and its guard, made at once on an offline machine.
public struct Ceremony: Sendable {
  /// One key file for each holder, in order.
  public let holders: [KeyFile]
  /// The guard's Ed25519 key, which signs releases.
  public let guardKey: KeyFile
  /// The wallet: any `threshold` of the holders, branch 0 for deposits and 1 for change.
  public let descriptor: Descriptor
  /// What may be published about it.
  public let record: CeremonyRecord

  /// Makes the keys. Nothing is written.
  ///
  /// - Parameters:
  ///   - plan: What to make.
  ///   - passphrases: One for each of the plan's labels.
  ///   - dice: One line of rolls for each of the labels, or `nil` to rely on the system alone.
  public init(
    plan: CeremonyPlan, passphrases: [SecretBytes], dice: [SecretBytes]? = nil
  ) throws(CeremonyError) {
    let labels = plan.labels
    guard passphrases.count == labels.count else {
      throw .passphraseCount(passphrases.count, needed: labels.count)
    }
    if let dice, dice.count != labels.count {
      throw .diceCount(dice.count, needed: labels.count)
    }
    // Bad dice must not be found after minutes of key derivation.
    for line in dice ?? [] { try CeremonyEntropy.checkDice(line) }
    var holders: [KeyFile] = []
    var keys: [KeyExpression] = []
    for index in 0..<plan.holders {
      let seed = try CeremonyEntropy.seed(dice: dice?[index], label: labels[index])
      do {
        let file = try KeyFile.sealHolder(
          seed: seed, network: plan.network, label: labels[index], created: plan.created,
          passphrase: passphrases[index], cost: plan.cost)
        keys.append(try Self.walletKey(of: file))
        holders.append(file)
      } catch {
        throw .keyFile(error)
      }
    }
    let guardSeed = try CeremonyEntropy.seed(dice: dice?[plan.holders], label: "guard")
    do {
      guardKey = try KeyFile.sealSigner(
        seed: guardSeed, label: "guard", created: plan.created,
        passphrase: passphrases[plan.holders], cost: plan.cost)
    } catch {
      throw .keyFile(error)
    }
    self.holders = holders
    do {
      descriptor = try Descriptor(
        multisigOf: plan.threshold, keys: keys, network: plan.network)
      record = try CeremonyRecord(
        plan: plan, holders: holders, guardKey: guardKey, descriptor: descriptor)
    } catch {
      throw .descriptor(error)
    }
  }

  /// Returns the key of a holder's file as the wallet's descriptor names it: `[origin]xpub/<0;1>/*`.
  public static func walletKey(of file: KeyFile) throws(KeyFileError) -> KeyExpression {
    guard case .holder(_, let origin, let account) = file.identity else {
      throw .wrongKind(needed: "holder's key (this one signs statements)")
    }
    do {
      return try KeyExpression(
        origin: origin, account: account, branches: [0, 1].map(ChildNumber.init(rawValue:)))
    } catch {
      throw .malformed("extended public key (\(error))")
    }
  }
}
