import Bitcoin
import Descriptors
import Engine
import Money

/// Nothing goes to an address on the guard's own list, and nothing at all while the list is old.
enum SanctionsCheck {
  /// How long an old list holds a withdrawal before it is looked at again, in milliseconds.
  static let pause: Int64 = 600_000
  /// How far the clock of whoever issues lists may run ahead, in milliseconds.
  static let clockTolerance: Int64 = 600_000

  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    guard let terms = view.policy.sanctions else { return .release }
    if let list = view.sanctions,
      let script = try? Address.parse(
        withdrawal.address, network: view.policy.descriptor.network), list.contains(script)
    {
      return .refuse(reason: "the address is on a sanctions list")
    }
    let issued = view.sanctions?.issuedAt
    guard let issued, issued <= view.now.advanced(byMilliseconds: clockTolerance),
      view.now < issued.advanced(byMilliseconds: terms.maximumAge)
    else {
      return .hold(
        until: view.now.advanced(byMilliseconds: pause),
        reason: "the guard's list of sanctioned addresses is missing or too old")
    }
    return .release
  }
}
