public import Engine
public import Money

/// What the guard, or one of its checks, says about a withdrawal. Of several, the strictest counts.
public enum GuardVerdict: Equatable, Sendable {
  case release
  /// Not before an instant by the guard's clock, for a reason the customer sees.
  case hold(until: Timestamp, reason: HoldReason)
  /// Evidence is not there yet; asked again at the next occasion.
  case wait(reason: String)
  /// Never, for a reason the customer sees.
  case refuse(reason: String)

  private var strictness: Int {
    switch self {
    case .release: 0
    case .hold: 1
    case .wait: 2
    case .refuse: 3
    }
  }

  /// Returns the stricter of two verdicts; of two holds the longer.
  public func joined(with other: GuardVerdict) -> GuardVerdict {
    if case .hold(let a, _) = self, case .hold(let b, _) = other { return a >= b ? self : other }
    return strictness >= other.strictness ? self : other
  }
}
