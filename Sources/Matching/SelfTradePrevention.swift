/// What happens when an incoming order meets one of its own owner (OKX `stpMode`).
public enum SelfTradePrevention: UInt8, Equatable, Sendable, BitwiseCopyable {
  /// The resting order leaves the book; the incoming one goes on.
  case cancelMaker = 0
  /// What is left of the incoming order ends; the resting one stays.
  case cancelTaker = 1
  /// Both end.
  case cancelBoth = 2
}
