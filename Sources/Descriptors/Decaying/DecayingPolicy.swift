public import Bitcoin

/// A wallet whose conditions grow weaker with the age of each coin, so that no lost key and no
/// missing person locks it for good.
///
/// At first only the holders spend. After a delay each of them may be stood in for by the backup of
/// his successor, one slot for the two, so that nobody counts twice. After longer delays other
/// bodies can: a recovery council, or trustees. The delays are relative locks of the chain (BIP-68
/// and BIP-112): each coin has its own clock, which begins when it is mined, so a wallet that is in
/// use never comes to the later tiers.
///
/// ```text
/// hot:  2 of 3 holders | 2 of 3 slots after 7 days | 3 of 5 of the council after 28 days
/// cold: 3 of 5 holders | 3 of 5 slots after 90 days | 2 holders and 1 trustee after 180 days
///       | 2 of 3 trustees after 425 days
/// ```
public struct DecayingPolicy: Hashable, Sendable {
  /// Who has a key.
  public enum Role: String, CaseIterable, Sendable {
    case holder, backup, council, trustee
  }

  /// The account key of one person or body.
  public struct Key: Hashable, Sendable {
    /// The root that it comes from, and the path from there.
    public let origin: KeyOrigin?
    /// From which every place of the policy derives keys of its own.
    public let account: ExtendedPublicKey

    public init(origin: KeyOrigin?, account: ExtendedPublicKey) {
      self.origin = origin
      self.account = account
    }
  }

  /// What a tier asks for.
  public enum Condition: Hashable, Sendable {
    /// So many of the holders.
    case holders(Int)
    /// So many slots, each filled by a holder or by his backup.
    case slots(Int)
    /// So many of the recovery council.
    case council(Int)
    /// So many of the trustees.
    case trustees(Int)
    /// So many of the holders together with so many of the trustees.
    case holdersWithTrustees(holders: Int, trustees: Int)
  }

  /// A condition that is enough once a coin has reached an age.
  public struct Tier: Hashable, Sendable {
    public let condition: Condition
    /// Blocks since the coin was mined, that block counted; 0 for the first tier.
    public let delay: Int

    public init(_ condition: Condition, after delay: Int) {
      self.condition = condition
      self.delay = delay
    }
  }

  /// How the conditions become scripts.
  public enum Form: String, CaseIterable, Sendable {
    /// P2WSH: one script with all tiers.
    case wsh
    /// Taproot: a leaf for each tier under an internal key that nobody has. Spending shows only the
    /// tier that it uses.
    case tr
  }

  /// The longest delay that a relative lock by blocks can express. See BIP-68.
  public static let longestDelay = 65_535

  /// Keys by role, in order; the backups in the order of their holders.
  public let keys: [Role: [Key]]
  /// The first one without a delay, then with growing ones.
  public let tiers: [Tier]

  /// Creates a policy.
  ///
  /// - Throws: ``DecayingPolicyError`` for a policy that nobody can mean: see its cases.
  public init(keys: [Role: [Key]], tiers: [Tier]) throws(DecayingPolicyError) {
    self.keys = keys.filter { !$0.value.isEmpty }
    self.tiers = tiers
    try Self.check(tiers, counts: keys.mapValues(\.count))
    try checkKeys()
  }

  /// The usual policy of a hot wallet, of the delays in blocks: a week and four weeks.
  public static func hotTiers(
    threshold: Int, councilThreshold: Int, slotDelay: Int = 1008, councilDelay: Int = 4032
  ) -> [Tier] {
    [
      Tier(.holders(threshold), after: 0), Tier(.slots(threshold), after: slotDelay),
      Tier(.council(councilThreshold), after: councilDelay),
    ]
  }

  /// The usual policy of cold storage, of the delays in blocks: 90, 180 and 425 days.
  ///
  /// - Parameters:
  ///   - joint: How many holders the tier with trustees asks for.
  ///   - trustees: How many trustees the last tier asks for; the one before it asks for one.
  public static func coldTiers(
    threshold: Int, joint: Int, trustees: Int, slotDelay: Int = 12_960, jointDelay: Int = 25_920,
    trusteeDelay: Int = 61_200
  ) -> [Tier] {
    [
      Tier(.holders(threshold), after: 0), Tier(.slots(threshold), after: slotDelay),
      Tier(.holdersWithTrustees(holders: joint, trustees: 1), after: jointDelay),
      Tier(.trustees(trustees), after: trusteeDelay),
    ]
  }

  /// The keys of a role.
  public func keys(of role: Role) -> [Key] { keys[role] ?? [] }

  /// Checks whether `tiers` fit `counts` keys, before the keys are there.
  ///
  /// - Throws: ``DecayingPolicyError``.
  public static func check(
    _ tiers: [Tier], counts: [Role: Int]
  ) throws(DecayingPolicyError) {
    try checkDelays(tiers)
    var used: Set<Role> = []
    for (number, tier) in tiers.enumerated() {
      for (role, threshold) in tier.condition.thresholds {
        let count = counts[role] ?? 0
        guard threshold >= 1, threshold <= count else {
          throw .badThreshold(tier: number, role: role, threshold: threshold, keys: count)
        }
        used.insert(role)
      }
      if case .slots = tier.condition {
        let (holders, backups) = (counts[.holder] ?? 0, counts[.backup] ?? 0)
        guard holders == backups else { throw .unpairedBackups(backups, holders: holders) }
        used.insert(.backup)
      }
    }
    for role in Role.allCases where !used.contains(role) {
      guard counts[role] ?? 0 == 0 else { throw .unusedKeys(role) }
    }
  }

  private static func checkDelays(_ tiers: [Tier]) throws(DecayingPolicyError) {
    guard let first = tiers.first else { throw .noTiers }
    guard first.delay == 0 else { throw .delayedFirstTier(first.delay) }
    var previous = 0
    for (number, tier) in tiers.enumerated().dropFirst() {
      guard tier.delay > previous else {
        throw .delayNotIncreasing(tier: number, delay: tier.delay, previous: previous)
      }
      guard tier.delay <= longestDelay else {
        throw .delayTooLong(tier: number, delay: tier.delay)
      }
      previous = tier.delay
    }
  }

  private func checkKeys() throws(DecayingPolicyError) {
    var seen: Set<[UInt8]> = []
    for role in Role.allCases {
      for (index, key) in keys(of: role).enumerated() {
        // The chain code aside: one secret must not stand for two people.
        guard seen.insert(key.account.publicKey).inserted else {
          throw .repeatedKey(role: role, number: index + 1)
        }
      }
    }
  }
}

extension DecayingPolicy.Condition {
  /// How many of which keys; of slots the holders, each of whom is one.
  var thresholds: [(role: DecayingPolicy.Role, threshold: Int)] {
    switch self {
    case .holders(let count), .slots(let count): [(.holder, count)]
    case .council(let count): [(.council, count)]
    case .trustees(let count): [(.trustee, count)]
    case .holdersWithTrustees(let holders, let trustees):
      [(.holder, holders), (.trustee, trustees)]
    }
  }
}
