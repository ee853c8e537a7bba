import Structures

/// Something that algo orders wait for, noted while an order trades and looked at after it.
struct Signal: BitwiseCopyable {
  enum Kind: UInt8 {
    /// Trades went from one price to another, past an edge of the market.
    case moved
    /// A watched order has ended.
    case closed
  }

  var kind: Kind
  /// A canceled order, that is, not a filled one.
  var isCanceled = false
  var market: UInt32
  /// The first and the last price beyond an edge, in ticks.
  var first: Int64 = 0
  var last: Int64 = 0
  /// The order that ended.
  var order: UInt64 = 0
  /// What it has filled, in lots, and what of that its owner keeps after fees.
  var filled: Int64 = 0
  var kept: Int64 = 0

  private init(_ kind: Kind, market: UInt32) {
    self.kind = kind
    self.market = market
  }

  static func moved(to price: Int64, on market: UInt32) -> Signal {
    var signal = Signal(.moved, market: market)
    signal.first = price
    signal.last = price
    return signal
  }

  static func closed(_ record: OrderRecord, lotUnits: Int64) -> Signal {
    var signal = Signal(.closed, market: record.market)
    signal.order = record.id
    signal.filled = record.filled
    signal.isCanceled = record.flags.state == .canceled
    // A buy's fee was taken in what it bought.
    let fee = record.flags.side == .buy ? record.fee : 0
    signal.kept = (record.filled * lotUnits - fee) / lotUnits
    return signal
  }
}

extension Trading {
  /// Notes the end of an order that somebody waits for.
  mutating func note(endOf slot: UInt32) {
    let record = record(at: slot)
    signals.append(.closed(record, lotUnits: markets[record.market].rules.lotUnits))
  }

  /// Notes a price beyond an edge of the market.
  mutating func note(price: Int64, on market: UInt32) {
    if let last = signals.indices.last, signals[last].kind == .moved,
      signals[last].market == market
    {
      signals[last].last = price
    } else {
      signals.append(.moved(to: price, on: market))
    }
  }
}
