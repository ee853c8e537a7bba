public import Engine
public import Money
public import Structures

// MarketData owns what anyone may see of the markets: books, trades, candles and tickers, all built
// from the core's events. It refuses to know about clocks, sockets, and how a number is printed.

/// The public state of every market, fed with events in their order.
public struct MarketData: Sendable {
  private var markets: [InstrumentID: Market] = [:]

  /// Creates the state of an exchange that has no market yet.
  public init() {}

  /// The market of `instrument`, once it is configured.
  public subscript(instrument: InstrumentID) -> Market? { markets[instrument] }

  /// Takes in what `event` says about the markets.
  ///
  /// - Parameter sequence: The position of the event's batch in the journal. It numbers the states
  ///   of the books that subscribers see.
  public mutating func apply(_ event: Event, sequence: UInt64) {
    switch event {
    case .configured(let configuration):
      for index in configuration.instruments.indices {
        let id = InstrumentID(UInt64(index) + 1)
        if markets[id] == nil { markets[id] = Market() }
      }
    case .level(let level):
      markets[level.instrument]?.set(level, sequence: sequence)
    case .trade(let trade):
      markets[trade.instrument]?.add(PublicTrade(trade), sequence: sequence)
    default:
      break
    }
  }

  /// Puts the book of `instrument` in place of whatever was known of it.
  ///
  /// - Parameters:
  ///   - bids: Best first.
  ///   - asks: Best first.
  public mutating func replaceBook(
    of instrument: InstrumentID, bids: [BookLevel], asks: [BookLevel], sequence: UInt64
  ) {
    markets[instrument, default: Market()].replaceBook(bids: bids, asks: asks, sequence: sequence)
  }

  /// Takes in a trade from the history. Trades come oldest first; known ones are passed over.
  public mutating func restore(_ trade: PublicTrade, of instrument: InstrumentID) {
    markets[instrument, default: Market()].add(trade, sequence: 0)
  }
}

/// What anyone may see of a trade.
public struct PublicTrade: Equatable, Sendable {
  public var id: TradeID
  public var price: Price
  public var size: Lots
  /// Quote units that changed hands.
  public var quote: Amount
  public var takerSide: Side
  public var at: Timestamp

  public init(
    id: TradeID, price: Price, size: Lots, quote: Amount, takerSide: Side, at: Timestamp
  ) {
    self.id = id
    self.price = price
    self.size = size
    self.quote = quote
    self.takerSide = takerSide
    self.at = at
  }

  /// The public part of `trade`.
  public init(_ trade: Trade) {
    self.init(
      id: trade.id, price: trade.price, size: trade.size, quote: trade.quote,
      takerSide: trade.takerSide, at: trade.at)
  }
}
