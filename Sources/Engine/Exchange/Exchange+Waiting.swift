public import Algos
public import Money

// What waits for time or for a price. Answers only.

extension Exchange {
  /// When time alone makes something happen next: a delayed withdrawal, a customer's timer, a slice
  /// of an algo order. A command at that time or later does it.
  public var nextDueAt: Timestamp? {
    nextDue == .max ? nil : Timestamp(milliseconds: nextDue)
  }

  /// Where a trailing stop would fire now (OKX `moveTriggerPx`), once it is armed.
  public func trailingTrigger(of algo: AlgoID) -> Price? { algos.trailingTrigger(of: algo) }
}
