import Engine
public import Money

/// One market as anyone may see it.
public struct Market: Sendable {
  /// Trades kept for `market/trades`, whose limit is 500.
  public static let recentTradeLimit = 500

  public private(set) var book = BookMirror()
  /// Oldest first, at most ``recentTradeLimit``.
  public private(set) var recentTrades: [PublicTrade] = []
  /// Batch of the journal that last brought a trade, 0 before the first.
  public private(set) var tradeSequence: UInt64 = 0
  private var minutes = CandleSeries(base: .minute, kept: nil)
  private var seconds = CandleSeries(base: .second, kept: 24 * 3_600_000)

  /// Creates a market without orders or trades.
  public init() {}

  /// The latest trade.
  public var lastTrade: PublicTrade? { recentTrades.last }

  mutating func set(_ level: BookLevel, sequence: UInt64) {
    book.set(
      side: level.side, price: level.price, size: level.size, orders: level.orders,
      sequence: sequence)
  }

  mutating func replaceBook(bids: [BookLevel], asks: [BookLevel], sequence: UInt64) {
    book = BookMirror()
    for level in bids + asks { set(level, sequence: sequence) }
  }

  mutating func add(_ trade: PublicTrade, sequence: UInt64) {
    if let last = recentTrades.last, trade.id <= last.id { return }
    recentTrades.append(trade)
    if recentTrades.count > 2 * Self.recentTradeLimit {
      recentTrades.removeFirst(recentTrades.count - Self.recentTradeLimit)
    }
    minutes.add(trade)
    seconds.add(trade)
    tradeSequence = max(tradeSequence, sequence)
  }

  /// Returns the newest trades, newest first.
  public func trades(limit: Int) -> [PublicTrade] {
    Array(recentTrades.suffix(min(limit, Self.recentTradeLimit)).reversed())
  }

  /// Returns candles of width `bar`, newest first, one for every bar since the first trade: a bar
  /// without trades is flat at the last price.
  ///
  /// - Parameters:
  ///   - before: Only bars that open after this.
  ///   - after: Only bars that open before this.
  ///   - limit: At most so many.
  ///   - now: The newest bar is the one that holds this instant.
  public func candles(
    _ bar: CandleBar, before: Timestamp? = nil, after: Timestamp? = nil, limit: Int, now: Timestamp
  ) -> [Candle] {
    (bar == .second ? seconds : minutes).candles(
      bar, before: before, after: after, limit: limit, now: now)
  }

  /// Returns the figures of the 24 hours up to `now`, or `nil` before the first trade. The window's
  /// start is exact to the minute.
  public func rolling24Hours(now: Timestamp) -> RollingWindow? {
    minutes.window(from: now.advanced(byMilliseconds: -24 * 3_600_000))
  }
}

/// Figures of a stretch of time that ends now.
public struct RollingWindow: Equatable, Sendable {
  /// Price in force when the window began, or its first trade's.
  public var open: Price
  public var high: Price
  public var low: Price
  /// Lots traded.
  public var volume: Int128
  /// Quote units traded.
  public var quote: Int128
}
