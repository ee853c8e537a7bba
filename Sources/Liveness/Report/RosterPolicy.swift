import Bitcoin
public import Descriptors
public import KeyHolders
import Wire

/// How the key holders of a roster fit a registered policy.
public enum RosterPolicy {
  /// Where they do not.
  public enum Mismatch: Hashable, Sendable {
    /// No registered policy has the roster's descriptor.
    case notRegistered(KeySet.Wallet, policyID: String)
    /// A key of the roster is none of the policy's.
    case foreignKey(KeySet.Wallet, person: String)
    /// Somebody may sign whom the roster does not name.
    case nobodysKey(KeySet.Wallet, key: String)
    /// Those who sign at once are not the roster's holders.
    case otherHolders(KeySet.Wallet)
    case otherThreshold(KeySet.Wallet, roster: Int, policy: Int)
    /// The policy lets another key stand in for the holder than the roster's successor has.
    case otherSuccessor(KeySet.Wallet, person: String)
  }

  /// Compares every wallet of the roster with the registered policies.
  public static func mismatches(of roster: Roster, with policies: [Descriptor]) -> [Mismatch] {
    roster.keySets.flatMap { mismatches(of: $0, with: policies) }
  }

  /// Compares one wallet of a roster with the registered policies.
  public static func mismatches(of keySet: KeySet, with policies: [Descriptor]) -> [Mismatch] {
    let wallet = keySet.wallet
    guard let policy = policies.first(where: { $0.text == keySet.descriptor }) else {
      return [.notRegistered(wallet, policyID: Hex.text(keySet.policyID))]
    }
    var found: [Mismatch] = []
    let keys = Set(policy.keys.compactMap(text))
    let owners =
      keySet.seats.flatMap { [$0.holder, $0.successor] } + keySet.council + keySet.trustees
    for owner in owners where !owner.key.isEmpty && !keys.contains(owner.key) {
      found.append(.foreignKey(wallet, person: owner.person))
    }
    for key in keys.subtracting(owners.map(\.key)).sorted() {
      found.append(.nobodysKey(wallet, key: key))
    }
    guard let quorum = try? policy.quorum,
      Set(quorum.keys.compactMap(text)) == Set(keySet.seats.map(\.holder.key))
    else { return found + [.otherHolders(wallet)] }
    if quorum.threshold != keySet.threshold {
      found.append(.otherThreshold(wallet, roster: keySet.threshold, policy: quorum.threshold))
    }
    return found + otherSuccessors(of: keySet, in: policy)
  }

  /// Seats whose two keys the policy does not count as one person's.
  private static func otherSuccessors(of keySet: KeySet, in policy: Descriptor) -> [Mismatch] {
    guard let slots = try? PolicyPeople(policy).slots else { return [] }
    func name(_ origin: KeyOrigin) -> String? {
      policy.keys.first { $0.origin == origin }.flatMap(text)
    }
    return keySet.seats.compactMap { seat in
      guard let slot = slots.first(where: { name($0.holder) == seat.holder.key }),
        let successor = slot.successor, name(successor) != seat.successor.key
      else { return nil }
      return .otherSuccessor(keySet.wallet, person: seat.successor.person)
    }
  }

  /// A key with its origin as a roster names it; `nil` for the key that nobody has.
  static func text(of key: KeyExpression) -> String? {
    guard case .extended(let account) = key.key else { return nil }
    return (key.origin.map { "[\($0.text)]" } ?? "") + account.text
  }
}

extension RosterPolicy.Mismatch: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notRegistered(let wallet, let policy):
      "\(wallet) wallet: its policy \(policy) is not among those given"
    case .foreignKey(let wallet, let person):
      "\(wallet) wallet: the key of \(person) is none of the registered policy"
    case .nobodysKey(let wallet, let key):
      "\(wallet) wallet: the policy has the key \(key), which the roster gives to nobody"
    case .otherHolders(let wallet):
      "\(wallet) wallet: those who sign at once by the policy are not the roster's holders"
    case .otherThreshold(let wallet, let roster, let policy):
      "\(wallet) wallet: the roster asks for \(roster) signatures, the policy for \(policy)"
    case .otherSuccessor(let wallet, let person):
      "\(wallet) wallet: by the policy the key of \(person) stands in for another holder"
    }
  }
}
