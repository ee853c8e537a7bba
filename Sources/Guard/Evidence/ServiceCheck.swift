import Engine

/// Withdrawals of the asset are not closed by a public suspension.
enum ServiceCheck {
  static func verdict(of asset: AssetID, exchange: Exchange) -> GuardVerdict {
    let isClosed = exchange.suspensions.contains { $0.asset == asset && $0.closes }
    return isClosed ? .wait(reason: "withdrawals are closed") : .release
  }
}
