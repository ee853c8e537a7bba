import Engine
import Money
import Structures

/// An address that begins and ends like one that the customer signed for before, and is another, waits
/// longer: somebody may have put it into his history, to be copied from there.
enum LookAlikeCheck {
  /// Characters that people compare at either end.
  static let compared = 4

  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    let known = view.evidence.destinations[withdrawal.account.raw] ?? []
    let earlier = known.prefix { $0 != withdrawal.address }
    guard let twin = earlier.first(where: { isLike($0, withdrawal.address) }),
      let seen = DelayCheck.addressSeen(withdrawal, in: view.record)
    else { return .release }
    let until = seen.advanced(byMilliseconds: view.policy.delays.lookAlike)
    guard view.now < until else { return .release }
    return .hold(
      until: until,
      reason: .said(
        "the address begins and ends like \(twin), which you use, and is another one: compare "
          + "every letter, and take the withdrawal back if you did not mean it"))
  }

  /// Whether two different addresses look the same to somebody who compares their ends.
  static func isLike(_ one: String, _ other: String) -> Bool {
    guard one != other else { return false }
    let (a, b) = (telling(one), telling(other))
    return a.count >= 2 * compared && b.count >= 2 * compared
      && a.prefix(compared).elementsEqual(b.prefix(compared))
      && a.suffix(compared).elementsEqual(b.suffix(compared))
  }

  /// The characters that tell addresses apart: of segwit ones without the part that all share.
  private static func telling(_ address: String) -> Substring.UTF8View {
    let lower = address.lowercased()
    for prefix in ["bc1", "tb1", "bcrt1"] where lower.hasPrefix(prefix) {
      return lower.dropFirst(prefix.count + 1).utf8
    }
    return address[...].utf8
  }
}
