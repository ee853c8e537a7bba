import Engine

/// No public suspension keeps withdrawals of the asset from leaving.
enum ServiceCheck {
  static func verdict(of asset: AssetID, exchange: Exchange) -> GuardVerdict {
    return !exchange.mayRelease(asset) ? .wait(reason: "withdrawals are closed") : .release
  }
}
