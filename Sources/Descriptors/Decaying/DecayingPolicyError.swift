/// Why a decaying policy is refused. Tiers are counted from 0, keys of a role from 1.
public enum DecayingPolicyError: Error, Equatable, Sendable {
  case noTiers
  /// Nobody could spend a new coin.
  case delayedFirstTier(Int)
  /// A later tier that opens no later than the one before it.
  case delayNotIncreasing(tier: Int, delay: Int, previous: Int)
  /// A delay above what a relative lock by blocks can express.
  case delayTooLong(tier: Int, delay: Int)
  /// A threshold that is no number from 1 to the number of keys.
  case badThreshold(tier: Int, role: DecayingPolicy.Role, threshold: Int, keys: Int)
  /// Slots without one backup for each holder.
  case unpairedBackups(Int, holders: Int)
  /// The same key twice, so that one person could stand for two.
  case repeatedKey(role: DecayingPolicy.Role, number: Int)
  /// Keys that no tier asks for: somebody would believe to have a say.
  case unusedKeys(DecayingPolicy.Role)
  /// The scripts cannot be made, or are larger than what can be spent.
  case descriptor(DescriptorError)
}

extension DecayingPolicyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noTiers: "a policy without tiers"
    case .delayedFirstTier(let delay):
      "tier 0 has a delay of \(delay) blocks; it must have none"
    case .delayNotIncreasing(let tier, let delay, let previous):
      "tier \(tier) opens after \(delay) blocks; it must be after more than \(previous)"
    case .delayTooLong(let tier, let delay):
      "tier \(tier) opens after \(delay) blocks, above \(DecayingPolicy.longestDelay)"
    case .badThreshold(let tier, let role, let threshold, let keys):
      "tier \(tier): threshold \(threshold) for \(role.rawValue) is not in 1...\(keys)"
    case .unpairedBackups(let backups, let holders):
      "\(backups) backups for \(holders) holders; each holder has one"
    case .repeatedKey(let role, let number):
      "\(role.rawValue) \(number) has the key of somebody else"
    case .unusedKeys(let role): "no tier asks for a \(role.rawValue)"
    case .descriptor(let error): "\(error)"
    }
  }
}
