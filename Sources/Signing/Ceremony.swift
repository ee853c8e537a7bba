import Bitcoin
public import Cryptography
public import Descriptors

/// Why a ceremony cannot be held.
public enum CeremonyError: Error, Equatable, Sendable {
  /// Not 1 to 15 keys of a kind.
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
  /// Tiers that make no policy.
  case policy(DecayingPolicyError)
  /// People whose roles or journeys meet.
  case people(CeremonyPeopleError)
  /// The keys make no descriptor.
  case descriptor(DescriptorError)
  /// No locked memory or no randomness.
  case cryptography(CryptographyError)
}

extension CeremonyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badHolderCount(let count):
      "holders, council or trustees: \(count) is out of range; allowed 1 to \(CeremonyPlan.maximumHolders)"
    case .badThreshold(let count, let holders):
      "threshold: \(count) is out of range; allowed 1 to \(holders), the number of holders"
    case .passphraseCount(let count, let needed):
      "\(count) passphrases for \(needed) keys: one for each of the wallet's and one for the guard"
    case .diceCount(let count, let needed):
      "\(count) lines of dice for \(needed) keys: one for each of the wallet's and one for the guard"
    case .badDice(let reason): "dice: \(reason)"
    case .keyFile(let error): "\(error)"
    case .policy(let error): "\(error)"
    case .people(let error): "\(error)"
    case .descriptor(let error): "\(error)"
    case .cryptography(let error): "cryptography failed: \(error)"
    }
  }
}

/// A key ceremony: all keys of one wallet and its guard, made at once on an offline machine.
public struct Ceremony: Sendable {
  /// The wallet's key files by role, in order.
  public let keys: [DecayingPolicy.Role: [KeyFile]]
  /// The guard's Ed25519 key, which signs releases.
  public let guardKey: KeyFile
  /// The wallet, branch 0 for deposits and 1 for change.
  public let descriptor: Descriptor
  /// What may be published about it.
  public let record: CeremonyRecord

  /// One key file for each holder, in order.
  public var holders: [KeyFile] { keys[.holder] ?? [] }

  /// All key files, in the order of the plan's labels.
  public var files: [KeyFile] {
    DecayingPolicy.Role.allCases.flatMap { keys[$0] ?? [] } + [guardKey]
  }

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
    var keys: [DecayingPolicy.Role: [KeyFile]] = [:]
    for (index, place) in plan.places.enumerated() {
      let seed = try CeremonyEntropy.seed(dice: dice?[index], label: place.label)
      do {
        keys[place.role, default: []].append(
          try KeyFile.sealHolder(
            seed: seed, network: plan.network, label: place.label, created: plan.created,
            passphrase: passphrases[index], cost: plan.cost))
      } catch {
        throw .keyFile(error)
      }
    }
    let guardSeed = try CeremonyEntropy.seed(dice: dice?[labels.count - 1], label: "guard")
    do {
      guardKey = try KeyFile.sealSigner(
        seed: guardSeed, label: "guard", created: plan.created,
        passphrase: passphrases[labels.count - 1], cost: plan.cost)
    } catch {
      throw .keyFile(error)
    }
    self.keys = keys
    descriptor = try Self.descriptor(plan, keys)
    do {
      record = try CeremonyRecord(
        plan: plan, keys: keys, guardKey: guardKey, descriptor: descriptor)
    } catch {
      throw .descriptor(error)
    }
  }

  private static func descriptor(
    _ plan: CeremonyPlan, _ files: [DecayingPolicy.Role: [KeyFile]]
  ) throws(CeremonyError) -> Descriptor {
    switch plan.wallet {
    case .multisig(let threshold, _):
      var keys: [KeyExpression] = []
      for file in files[.holder] ?? [] {
        do { keys.append(try walletKey(of: file)) } catch { throw .keyFile(error) }
      }
      do {
        return try Descriptor(multisigOf: threshold, keys: keys, network: plan.network)
      } catch {
        throw .descriptor(error)
      }
    case .decaying(let form, _, let tiers):
      let keys = files.mapValues { files in
        files.compactMap { file -> DecayingPolicy.Key? in
          guard case .holder(_, let origin, let account) = file.identity else { return nil }
          return DecayingPolicy.Key(origin: origin, account: account)
        }
      }
      do {
        return try DecayingPolicy(keys: keys, tiers: tiers)
          .descriptor(form: form, network: plan.network)
      } catch {
        throw .policy(error)
      }
    }
  }

  /// Returns the key of a file of the wallet's as the descriptor names it first:
  /// `[origin]xpub/<0;1>/*`.
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
