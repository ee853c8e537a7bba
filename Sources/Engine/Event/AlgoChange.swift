import Algos

/// What an event of an algo order is about; the algo order says the rest.
public enum AlgoChange: Equatable, Sendable {
  case placed
  case amended(requestID: RequestID)
  /// It has placed an order (`child`).
  case childPlaced
  /// A slice has ended.
  case childClosed
  case paused
  /// What it is attached to was filled: it is live now.
  case activated
  /// It has done what it was for.
  case ended
  case canceled
  /// Its order was refused (OKX `failCode`).
  case failed(Refusal)
}
