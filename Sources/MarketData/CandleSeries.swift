public import Money

/// One candle.
public struct Candle: Equatable, Sendable {
  /// When the bar opens.
  public var opening: Timestamp
  public var open: Price
  public var high: Price
  public var low: Price
  public var close: Price
  /// Lots traded.
  public var volume: Int128
  /// Quote units traded.
  public var quote: Int128
  /// Whether the bar is over.
  public var isClosed: Bool

  mutating func take(_ other: Candle) {
    high = max(high, other.high)
    low = min(low, other.low)
    close = other.close
    volume += other.volume
    quote += other.quote
  }
}

/// The candles of one base width that had trades, oldest first; wider bars are put together from
/// them when asked for.
struct CandleSeries: Sendable {
  private let base: CandleBar
  /// How far back it remembers, in milliseconds; `nil` for everything.
  private let kept: Int64?
  private var candles: [Candle] = []

  init(base: CandleBar, kept: Int64?) {
    self.base = base
    self.kept = kept
  }

  mutating func add(_ trade: PublicTrade) {
    let candle = Candle(
      opening: base.opening(of: trade.at), open: trade.price, high: trade.price, low: trade.price,
      close: trade.price, volume: Int128(trade.size.count), quote: Int128(trade.quote.units),
      isClosed: false)
    if let last = candles.indices.last, candles[last].opening >= candle.opening {
      candles[last].take(candle)
    } else {
      candles.append(candle)
    }
    guard let kept else { return }
    let expired = index(from: trade.at.advanced(byMilliseconds: -kept))
    // Dropping seldom and much keeps the cost per trade flat.
    if expired > 4096 { candles.removeFirst(expired) }
  }

  func window(from start: Timestamp) -> RollingWindow? {
    guard let last = candles.last else { return nil }
    let first = index(from: start)
    let before = first > 0 ? candles[first - 1].close : nil
    let open = before ?? candles[first].open
    guard first < candles.count else {
      return RollingWindow(open: open, high: last.close, low: last.close, volume: 0, quote: 0)
    }
    var total = candles[first]
    for candle in candles[(first + 1)...] { total.take(candle) }
    return RollingWindow(
      open: open, high: total.high, low: total.low, volume: total.volume, quote: total.quote)
  }

  func candles(
    _ bar: CandleBar, before: Timestamp?, after: Timestamp?, limit: Int, now: Timestamp
  ) -> [Candle] {
    guard let first = candles.first, limit > 0 else { return [] }
    var opening = bar.opening(of: now)
    if let after, opening >= after {
      opening = bar.opening(of: after.advanced(byMilliseconds: -1))
    }
    let oldest = bar.opening(of: first.opening)
    var found: [Candle] = []
    while found.count < limit, opening >= oldest, before.map({ opening > $0 }) ?? true {
      guard let candle = candle(bar, opening: opening, now: now) else { break }
      found.append(candle)
      opening = bar.previous(before: opening)
    }
    return found
  }

  private func candle(_ bar: CandleBar, opening: Timestamp, now: Timestamp) -> Candle? {
    let end = bar.next(after: opening)
    let first = index(from: opening)
    let isClosed = end <= now
    guard first < candles.count, candles[first].opening < end else {
      guard first > 0 else { return nil }
      let price = candles[first - 1].close
      return Candle(
        opening: opening, open: price, high: price, low: price, close: price, volume: 0, quote: 0,
        isClosed: isClosed)
    }
    var total = candles[first]
    for candle in candles[(first + 1)...] {
      guard candle.opening < end else { break }
      total.take(candle)
    }
    total.opening = opening
    total.isClosed = isClosed
    return total
  }

  /// The position of the first candle that opens at `instant` or later.
  private func index(from instant: Timestamp) -> Int {
    var low = 0
    var high = candles.count
    while low < high {
      let middle = (low + high) / 2
      if candles[middle].opening < instant { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
