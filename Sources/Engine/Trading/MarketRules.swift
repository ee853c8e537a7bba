import Matching
import Money
import Structures

/// What trading needs of an instrument.
struct MarketRules: BitwiseCopyable {
  var scale: NotionalScale
  /// Assets, counted from 0.
  var base: Int
  var quote: Int
  var lotUnits: Int64
  var minimumSize: Int64
  var maximumSize: Int64
  var openOrdersLimit: UInt32
  /// Whether so many orders could rest at one price that their sum must be watched.
  var watchesLevels: Bool
  var priceLimitPPM: Int64
  var marketBandPPM: Int64
  /// The highest limit of a buy and the lowest of a sell.
  var buyLimit: Int64 = .max
  var sellLimit: Int64 = 0
  /// The same as ranks: one comparison, whichever side it is.
  private var buyRank: UInt64 = 0
  private var sellRank: UInt64 = 0
  /// The price of the last trade; 0 before the first.
  var lastPrice: Int64 = 0
  var state = InstrumentState.live {
    didSet { takesPlainOrders = state == .live && !watchesLevels }
  }
  /// Whether orders may go the way of plain ones.
  private(set) var takesPlainOrders: Bool
  /// The nearest prices above and below the last one that algo orders wait for.
  var algoAbove: Int64 = .max
  var algoBelow: Int64 = .min
  /// The assets as order records have them.
  var packedAssets: UInt64

  init(_ instrument: Instrument, scale: NotionalScale, capacity: ExchangeCapacity) {
    self.scale = scale
    base = Int(instrument.base.raw) - 1
    quote = Int(instrument.quote.raw) - 1
    packedAssets =
      UInt64(base) << OrderHeader.baseShift | UInt64(quote) << OrderHeader.quoteShift
    lotUnits = instrument.lotUnits
    minimumSize = instrument.minimumSize.count
    maximumSize = instrument.maximumSize.count
    openOrdersLimit = instrument.openOrdersLimit
    watchesLevels = capacity.watchesLevels(of: instrument)
    takesPlainOrders = !watchesLevels
    priceLimitPPM = instrument.priceLimitPPM
    marketBandPPM = instrument.marketBandPPM
  }

  /// Records the price of a trade, from which limits are counted; returns whether algo orders wait
  /// for it.
  @inline(__always)
  mutating func traded(at price: Int64) -> Bool {
    guard price != lastPrice else { return false }
    lastPrice = price
    if priceLimitPPM > 0 { setLimits() }
    return price >= algoAbove || price <= algoBelow
  }

  /// Whether an order of `side` may be placed at `price`, at least 1.
  @inline(__always)
  func allows(_ price: Int64, _ side: Book.Side) -> Bool {
    Ladder.rank(UInt64(bitPattern: price), side) >= (side == .bid ? buyRank : sellRank)
  }

  /// Counts the price limits from the last price.
  mutating func setLimits() {
    defer {
      buyRank = Ladder.rank(UInt64(bitPattern: buyLimit), .bid)
      sellRank = Ladder.rank(UInt64(bitPattern: sellLimit), .ask)
    }
    guard priceLimitPPM > 0, lastPrice > 0 else {
      (buyLimit, sellLimit) = (.max, 0)
      return
    }
    let distance = Self.share(priceLimitPPM, of: lastPrice)
    let (above, overflow) = lastPrice.addingReportingOverflow(distance)
    buyLimit = overflow ? .max : above
    sellLimit = max(lastPrice - distance, 1)
  }

  /// The worst price that a market order of `side` may trade at when `best` is the best; `nil` for
  /// any.
  func bandLimit(_ side: Side, from best: Price?) -> Price? {
    guard marketBandPPM > 0, let best else { return nil }
    let distance = Self.share(marketBandPPM, of: best.ticks)
    guard side == .buy else { return Price(ticks: max(best.ticks - distance, 1)) }
    let (above, overflow) = best.ticks.addingReportingOverflow(distance)
    return overflow ? nil : Price(ticks: above)
  }

  /// Millionths of a price, rounded down.
  private static func share(_ millionths: Int64, of price: Int64) -> Int64 {
    let product = price.multipliedFullWidth(by: millionths)
    return product.high == 0
      ? Int64(product.low / 1_000_000)
      : Int64(clamping: (Int128(price) * Int128(millionths)) / 1_000_000)
  }
}

/// What customers of one tier pay on one market.
struct FeeRates: BitwiseCopyable {
  var makerPPM: Int32 = 0
  var takerPPM: Int32 = 0

  /// How many tiers a market has room for.
  static let tiers: UInt32 = 16

  init(_ tier: FeeTier) {
    makerPPM = Int32(clamping: tier.makerPPM)
    takerPPM = Int32(clamping: tier.takerPPM)
  }
}
