public import Engine
public import Money

/// A trade as anyone may see it.
public struct TradeRecord: Equatable, Sendable {
  public var id: TradeID
  public var instrument: InstrumentID
  public var price: Price
  public var size: Lots
  public var quote: Amount
  public var takerSide: Side
  public var at: Timestamp
}
