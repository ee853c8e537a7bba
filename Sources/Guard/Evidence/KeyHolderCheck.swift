import Engine
import Money

/// Enough key holders live, and none of them has stopped everything.
enum KeyHolderCheck {
  static func verdict(on facts: KeyHolderFacts?) -> GuardVerdict {
    guard let facts, facts.isStopped else { return .release }
    return .wait(
      reason: facts.report.frozen
        ? "a key holder stopped everything" : "too few key holders live")
  }
}
