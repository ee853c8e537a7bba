public import Bitcoin
import Descriptors

/// All wallets that the offline machine knows.
public struct PolicyRegister: Equatable, Sendable {
  public let policies: [RegisteredPolicy]

  /// - Throws: ``ColdStorageError/registeredTwice(_:)`` for a repeated name or wallet.
  public init(_ policies: [RegisteredPolicy]) throws(ColdStorageError) {
    for (index, policy) in policies.enumerated() {
      guard
        !policies[..<index].contains(where: {
          $0.name == policy.name || $0.descriptor.text == policy.descriptor.text
        })
      else { throw .registeredTwice(policy.name) }
    }
    self.policies = policies
  }

  /// - Throws: ``ColdStorageError/noColdPolicy(_:)``.
  public func cold(_ name: String) throws(ColdStorageError) -> RegisteredPolicy {
    guard let policy = policies.first(where: { $0.name == name && $0.role == .cold }) else {
      throw .noColdPolicy(name)
    }
    return policy
  }

  /// Which registered wallet of `network` a script belongs to, and where.
  public func place(
    of script: Script, on network: Network, hints: Set<UInt32>, limit: UInt32
  ) -> PolicyPlace? {
    for policy in policies where policy.descriptor.network == network {
      if let place = policy.place(of: script, hints: hints, limit: limit) { return place }
    }
    return nil
  }

  public func role(of place: PolicyPlace) -> RegisteredPolicy.Role? {
    policies.first { $0.name == place.policy }?.role
  }
}
