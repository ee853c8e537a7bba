public import Bitcoin
public import Descriptors
public import Money

/// What a key ceremony is to make.
public struct CeremonyPlan: Hashable, Sendable {
  /// As many as fit into one P2SH script, the tightest form.
  public static let maximumHolders = 15

  /// What kind of wallet the keys make.
  public enum Wallet: Hashable, Sendable {
    /// `wsh(sortedmulti(...))`: so many of the holders, and nobody else, ever.
    case multisig(threshold: Int, holders: Int)
    /// So many of the holders at once, and later others too.
    case decaying(
      DecayingPolicy.Form, counts: [DecayingPolicy.Role: Int], tiers: [DecayingPolicy.Tier])
  }

  /// The chain of the wallet.
  public let network: Network
  public let wallet: Wallet
  /// What opening a key file will cost.
  public let cost: KeyFileCost
  /// When the ceremony takes place.
  public let created: Timestamp
  /// Who gets the keys, where that is written down.
  public let people: CeremonyPeople?

  /// Creates a plan.
  ///
  /// - Throws: ``CeremonyError/badHolderCount(_:)``, ``CeremonyError/badThreshold(_:holders:)``,
  ///   ``CeremonyError/policy(_:)`` or ``CeremonyError/people(_:)``.
  public init(
    network: Network, wallet: Wallet, cost: KeyFileCost, created: Timestamp,
    people: CeremonyPeople? = nil
  ) throws(CeremonyError) {
    self.network = network
    self.wallet = wallet
    self.cost = cost
    self.created = created
    self.people = people
    for count in counts.values.filter({ $0 != 0 }) + [counts[.holder] ?? 0] {
      guard (1...Self.maximumHolders).contains(count) else { throw .badHolderCount(count) }
    }
    guard (1...holders).contains(threshold) else {
      throw .badThreshold(threshold, holders: holders)
    }
    if case .decaying(_, let counts, let tiers) = wallet {
      do { try DecayingPolicy.check(tiers, counts: counts) } catch { throw .policy(error) }
    }
    do { try people?.check(labels: places.map(\.label)) } catch { throw .people(error) }
  }

  /// How many keys there are of each role.
  public var counts: [DecayingPolicy.Role: Int] {
    switch wallet {
    case .multisig(_, let holders): [.holder: holders]
    case .decaying(_, let counts, _): counts
    }
  }

  /// How many holders there are.
  public var holders: Int { counts[.holder] ?? 0 }

  /// How many holders must sign when nobody waits.
  public var threshold: Int {
    switch wallet {
    case .multisig(let threshold, _): return threshold
    case .decaying(_, _, let tiers):
      guard case .holders(let threshold) = tiers.first?.condition else { return 0 }
      return threshold
    }
  }

  /// Who gets a key of the wallet, in the order in which the keys are made.
  var places: [(role: DecayingPolicy.Role, label: String)] {
    DecayingPolicy.Role.allCases.flatMap { role in
      (0..<(counts[role] ?? 0)).map { (role, "\(role.rawValue)-\($0 + 1)") }
    }
  }

  /// The labels of the keys, in the order in which they are made: those of the wallet, holders first,
  /// then the guard.
  public var labels: [String] { places.map(\.label) + ["guard"] }
}
