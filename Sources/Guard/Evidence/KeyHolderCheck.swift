import Engine
import Money

/// Enough key holders live, and none of them has stopped everything.
enum KeyHolderCheck {
  static func verdict(on facts: KeyHolderFacts?, exchange: Exchange) -> GuardVerdict {
    guard let facts else {
      // Where the journal tells of key holders, a guard without their log knows too little.
      return exchange.keyHolders == nil
        ? .release : .wait(reason: "the key holders' log is not read yet")
    }
    guard facts.isStopped else { return .release }
    return .wait(
      reason: facts.report.frozen
        ? "a key holder stopped everything" : "too few key holders live")
  }
}
