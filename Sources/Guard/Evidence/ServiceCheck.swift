import Engine

/// Withdrawals of the asset are not closed by a public suspension.
enum ServiceCheck {
  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    let isClosed = view.exchange.suspensions.contains { $0.asset == withdrawal.asset && $0.closes }
    return isClosed ? .wait(reason: "withdrawals are closed") : .release
  }
}
