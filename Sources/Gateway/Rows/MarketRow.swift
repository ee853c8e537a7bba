import Engine
import JSON
import MarketData
import Money
import Structures

/// Public market rows in OKX form.
enum MarketRow {
  /// The "Instrument object".
  static func instrument(_ market: MarketSpec, _ state: InstrumentState) -> JSON {
    let instrument = market.instrument
    let largest = market.text(instrument.maximumSize)
    var row = Row()
    row.set("instType", "SPOT")
    row.set("instId", market.symbol)
    row.set("groupId", "1")
    row.set("category", "1")
    row.set("baseCcy", market.base.code)
    row.set("quoteCcy", market.quote.code)
    row.set("listTime", instrument.listedAt.milliseconds)
    row.set("contTdSwTime", instrument.listedAt.milliseconds)
    row.set("tickSz", market.tickText)
    row.set("lotSz", market.lotText)
    row.set("minSz", market.text(instrument.minimumSize))
    row.set("state", state.text)
    row.set("ruleType", "normal")
    row.fill(
      "maxLmtSz maxMktSz maxTwapSz maxIcebergSz maxTriggerSz maxStopSz", with: largest)
    row.set("futureSettlement", json: false)
    row.set("tradeQuoteCcyList", json: [.string(market.quote.code)])
    row.set("instIdCode", json: .number(String(market.id.raw)))
    row.set("instCategory", "1")
    row.set("upcChg", json: [])
    row.blank(
      """
      seriesId uly instFamily settleCcy ctVal ctMult ctValCcy optType stk auctionEndTime \
      preMktSwTime openType expTime lever ctType alias maxLmtAmt maxMktAmt
      """)
    return row.json
  }

  /// A call auction as it stands (`state` of OKX: `call_auction`), or as it ended.
  static func auction(
    _ market: MarketSpec, _ state: InstrumentState, _ auction: CallAuction?, now: Timestamp
  ) -> JSON {
    var row = Row()
    row.set("instId", market.symbol)
    row.set("eqPx", auction?.price.map(market.text) ?? "")
    row.set("matchedSz", auction.map { market.text($0.size) } ?? "0")
    row.set("unmatchedSz", auction.map { market.text($0.unmatched) } ?? "0")
    row.set("auctionEndTime", auction?.endedAt.map { String($0.milliseconds) } ?? "")
    row.set("state", state == .preopen ? "call_auction" : "continuous_trading")
    row.set("ts", now.milliseconds)
    return row.json
  }

  /// The "Ticker object".
  static func ticker(_ market: MarketSpec, _ data: Market, now: Timestamp) -> JSON {
    var row = Row()
    row.set("instType", "SPOT")
    row.set("instId", market.symbol)
    let last = data.lastTrade
    row.set("last", last.map { market.text($0.price) } ?? "")
    row.set("lastSz", last.map { market.text($0.size) } ?? "")
    row.set("askPx", data.book.bestAsk.map { market.text($0.price) } ?? "")
    row.set("askSz", data.book.bestAsk.map { market.text($0.size) } ?? "")
    row.set("bidPx", data.book.bestBid.map { market.text($0.price) } ?? "")
    row.set("bidSz", data.book.bestBid.map { market.text($0.size) } ?? "")
    let day = data.rolling24Hours(now: now)
    row.set("open24h", day.map { market.text($0.open) } ?? "")
    row.set("high24h", day.map { market.text($0.high) } ?? "")
    row.set("low24h", day.map { market.text($0.low) } ?? "")
    row.set("volCcy24h", market.quoteText(day?.quote ?? 0))
    row.set("vol24h", market.baseText(day?.volume ?? 0))
    for (name, bar) in [("sodUtc0", "1Dutc"), ("sodUtc8", "1D")] {
      let candle = CandleBar(named: bar).flatMap { data.candles($0, limit: 1, now: now).first }
      row.set(name, candle.map { market.text($0.open) } ?? "")
    }
    row.set("ts", now.milliseconds)
    return row.json
  }

  /// One candle of nine texts.
  static func candle(_ market: MarketSpec, _ candle: Candle) -> JSON {
    let quote = market.quoteText(candle.quote)
    return .array(
      [
        String(candle.opening.milliseconds), market.text(candle.open), market.text(candle.high),
        market.text(candle.low), market.text(candle.close), market.baseText(candle.volume), quote,
        quote, candle.isClosed ? "1" : "0",
      ].map(JSON.string))
  }

  /// A public trade.
  static func trade(_ market: MarketSpec, _ trade: PublicTrade) -> Row {
    var row = Row()
    row.set("instId", market.symbol)
    row.set("tradeId", trade.id.raw)
    row.set("px", market.text(trade.price))
    row.set("sz", market.text(trade.size))
    row.set("side", trade.takerSide.text)
    row.set("source", "0")
    row.set("ts", trade.at.milliseconds)
    return row
  }

  /// Levels of a book, `[price, size, "0", orders]`; three elements without the "0".
  static func levels(_ market: MarketSpec, _ levels: [DepthLevel], elements: Int = 4) -> JSON {
    .array(
      levels.map { level in
        var parts: [JSON] = [.string(market.text(level.price)), .string(market.text(level.size))]
        if elements == 4 { parts.append("0") }
        parts.append(.string(String(level.orders)))
        return .array(parts)
      })
  }
}

/// A call auction as anyone may see it.
struct CallAuction: Equatable, Sendable {
  /// The price at which most would trade; `nil` while nothing crosses.
  var price: Price?
  /// What would trade at it, or did.
  var size: Lots
  /// What would find nobody at it, on the larger side.
  var unmatched: Lots
  /// When it ended, if it has.
  var endedAt: Timestamp?
}

extension InstrumentState {
  /// OKX `state`.
  var text: String {
    switch self {
    case .live: "live"
    case .suspend: "suspend"
    case .preopen: "preopen"
    }
  }
}

/// Fee rates as OKX prints them.
enum FeeText {
  /// A tier, counted from 0, as OKX names levels.
  static func level(_ tier: UInt8) -> String { "Lv\(Int(tier) + 1)" }

  /// Millionths as a signed rate: negative is charged.
  static func signedRate(_ millionths: Int64) -> String {
    DecimalText.text(units: -millionths, decimals: 6)
  }
}
