public import Money

/// Whether a market trades (OKX `state`).
public enum InstrumentState: UInt8, Equatable, Sendable, BitwiseCopyable {
  /// Orders trade.
  case live = 0
  /// No new orders; cancels are allowed.
  case suspend = 1
  /// Call auction: limit orders rest and may cross; they trade at one price when the market is live.
  case preopen = 2
}

/// How a call auction ended.
public struct AuctionResult: Equatable, Sendable {
  public var instrument: InstrumentID
  /// The one price; absent when nothing crossed.
  public var price: Price?
  public var size: Lots

  public init(instrument: InstrumentID, price: Price?, size: Lots) {
    self.instrument = instrument
    self.price = price
    self.size = size
  }
}
