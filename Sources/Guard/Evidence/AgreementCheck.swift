import Engine
import Money

/// The guard's node and the other one that it is compared with show the same chain.
enum AgreementCheck {
  /// How long an alarm holds a withdrawal before it is looked at again, in milliseconds.
  static let pause: Int64 = 600_000

  static func verdict(on doubt: ChainDoubt?, now: Timestamp) -> GuardVerdict {
    switch doubt {
    case nil: .release
    case .unsettled: .wait(reason: "the guard's nodes do not agree yet")
    case .alarm:
      .hold(
        until: now.advanced(byMilliseconds: pause),
        reason: "the guard's nodes do not show the same chain")
    }
  }
}
