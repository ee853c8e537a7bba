import Engine
import Money
import Structures

// The limits of a market and of a customer that the model keeps to.

extension ModelExchange {
  /// How many orders one incoming order trades with at most.
  static let makerLimit = 1000
  /// How many open orders an account may have on all markets together.
  private static let openOrdersLimit: UInt32 = 4000

  func requireSize(_ size: Int64, _ instrument: Instrument) throws(Refusal) {
    guard size >= instrument.minimumSize.count else {
      throw .sizeBelowMinimum(minimum: instrument.minimumSize)
    }
    guard size <= instrument.maximumSize.count else {
      throw .sizeAboveMaximum(maximum: instrument.maximumSize)
    }
  }

  /// Millionths of a price, rounded down.
  private func share(_ millionths: Int64, of price: Int64) -> Int128 {
    Int128(price) * Int128(millionths) / 1_000_000
  }

  /// A buy may not be limited too far above the last price, nor a sell too far below it.
  func requirePrice(
    _ price: Int64, _ side: Side, _ id: InstrumentID, _ instrument: Instrument
  ) throws(Refusal) {
    guard instrument.priceLimitPPM > 0, let last = books[Int(id.raw) - 1].lastPrice else { return }
    let distance = share(instrument.priceLimitPPM, of: last)
    if side == .buy {
      let limit = min(Int128(last) + distance, Int128(Int64.max))
      guard Int128(price) <= limit else { throw .priceAboveLimit(limit: ticks(limit)) }
    } else {
      let limit = max(Int128(last) - distance, 1)
      guard Int128(price) >= limit else { throw .priceBelowLimit(limit: ticks(limit)) }
    }
  }

  private func ticks(_ number: Int128) -> Price {
    guard let price = Price(ticks: Int64(number)) else { preconditionFailure("limits are prices") }
    return price
  }

  /// The worst price that a market order may trade at, counted from the best.
  func bandLimit(_ side: Side, _ book: ModelBook, _ instrument: Instrument) -> Int64? {
    guard instrument.marketBandPPM > 0, let best = book.line(side.opposite).first?.price else {
      return nil
    }
    let distance = share(instrument.marketBandPPM, of: best)
    return side == .buy
      ? Int64(exactly: Int128(best) + distance) : Int64(max(Int128(best) - distance, 1))
  }

  /// An account may have so many open orders, in all and on one market, and the exchange so many.
  func requireRoom(
    _ account: AccountID, _ id: InstrumentID, _ instrument: Instrument
  ) throws(Refusal) {
    let own = openCounts[account, default: [:]]
    guard own.values.reduce(0, +) < Self.openOrdersLimit else {
      throw .tooManyOpenOrders(limit: Self.openOrdersLimit)
    }
    guard own[id, default: 0] < instrument.openOrdersLimit else {
      throw .tooManyOpenOrders(limit: instrument.openOrdersLimit)
    }
  }

  /// Every order needs a place, also one that never rests.
  func requirePlace() throws(Refusal) {
    guard let capacity = configuration?.capacity.orders, openTotal < capacity else {
      throw .full(.orders)
    }
  }

  /// What a resting order of this size and price needs set aside.
  func holding(
    _ id: InstrumentID, _ side: Side, _ size: Int64, _ price: Int64
  ) throws(Refusal) -> Int64 {
    guard let instrument = instrument(id) else { throw .unknownInstrument }
    let book = books[Int(id.raw) - 1]
    guard let notional = book.notional(size, price, up: true) else { throw .notionalTooLarge }
    let there = book.line(side).reduce(Int128(0)) {
      $0 + ($1.price == price ? Int128($1.lots) : 0)
    }
    guard there + Int128(size) <= Int128(Int64.max) else {
      throw .sizeAboveMaximum(maximum: instrument.maximumSize)
    }
    return side == .buy ? notional : size * instrument.lotUnits
  }

  func requireAlphanumeric(_ text: String, upTo limit: Int, _ field: String) throws(Refusal) {
    let isAllowed = text.utf8.allSatisfy { byte in
      switch byte {
      case 48...57, 65...90, 97...122: true
      default: false
      }
    }
    guard text.utf8.count <= limit, isAllowed else {
      throw .malformed(field: field, problem: "allowed are up to \(limit) letters and digits")
    }
  }

  /// Makes room for a purse that was never used; there are only so many.
  mutating func reserve(_ purse: Purse) throws(Refusal) {
    guard purses[purse] == nil else { return }
    guard let capacity = configuration?.capacity.balances, purses.count < capacity else {
      throw .full(.balances)
    }
    purses[purse] = Coins()
  }
}
