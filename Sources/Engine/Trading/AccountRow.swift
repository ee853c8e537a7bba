import Matching

/// What trading needs of an account.
struct AccountRow: BitwiseCopyable {
  /// The account, counted from 0, whose orders and these do not trade with each other.
  var master: UInt32 = 0
  /// The open order that came last: its slot plus one, 0 for none.
  var lastOpen: UInt32 = 0
  var openCount: UInt32 = 0
  /// Counted from 0.
  var feeTier: UInt8 = 0
  /// The number of ``selfTrade``.
  private(set) var selfTradeCode: UInt8 = 0
  /// Whether its open orders are counted by market.
  var isCounted = false
  /// The market that it placed its last order on, plus one, and its balances there, so that most
  /// orders look no balance up.
  private var lastMarket: UInt32 = 0
  private(set) var lastBalances = MarketBalances(base: .none, quote: .none)
  /// Makes it 32 bytes, so that no row lies in two cache lines.
  private var unused: UInt32 = 0

  /// How many open orders an account may have on all markets together.
  static let openOrdersLimit: UInt32 = 4000

  init(master: UInt32) { self.master = master }

  /// Whether another order may be added without counting by market, of which `limit`, at most
  /// ``openOrdersLimit``, may be open on one.
  @inline(__always)
  func hasRoom(below limit: UInt32) -> Bool { openCount < limit && !isCounted }

  /// Whether ``lastBalances`` are those on `market`.
  @inline(__always)
  func hasBalances(on market: UInt32) -> Bool {
    // There are at most 2^13 markets.
    lastMarket == market &+ 1
  }

  /// Its balances on `market`, both of which there are, when that is the market of its last order.
  @inline(__always)
  func balances(on market: UInt32) -> MarketBalances? {
    hasBalances(on: market) ? lastBalances : nil
  }

  /// Adds an open order; returns what was the newest one until now.
  @inline(__always)
  mutating func addOpen(_ slot: UInt32) -> UInt32 {
    let newest = lastOpen
    // Slots, and with them open orders, are at most 2^30.
    lastOpen = slot &+ 1
    openCount &+= 1
    return newest
  }

  /// Takes an open order away.
  @inline(__always)
  mutating func removeOpen(isNewest: Bool, next: UInt32) {
    lastOpen = isNewest ? next : lastOpen
    // The order was one of them.
    openCount &-= 1
  }

  /// Ends counting by market when no order is left.
  mutating func endCounting() {
    if openCount == 0 { isCounted = false }
  }

  /// Remembers its balances on the market of its last order.
  @inline(__always)
  mutating func remember(_ balances: MarketBalances, on market: UInt32) {
    lastMarket = market + 1
    lastBalances = balances
  }

  /// Forgets them.
  mutating func forgetBalances() { lastMarket = 0 }

  /// What happens when two orders of the master meet, unless the incoming one says otherwise.
  var selfTrade: SelfTradePrevention {
    get { SelfTradePrevention(rawValue: selfTradeCode) ?? .cancelMaker }
    set { selfTradeCode = newValue.rawValue }
  }
}

/// The ledger slots of an account's trading balances of a market's two assets.
struct MarketBalances: BitwiseCopyable {
  var base: UInt32
  var quote: UInt32

  init(base: UInt32, quote: UInt32) {
    self.base = base
    self.quote = quote
  }

  /// What an order of `side` gives away.
  @inline(__always)
  func spent(by side: Side) -> UInt32 { side == .buy ? quote : base }
  /// What an order of `side` gets.
  @inline(__always)
  func received(by side: Side) -> UInt32 { side == .buy ? base : quote }
}

/// The same as an order of one side has them, in one word: whether it buys or sells cannot be foreseen, and
/// one word is turned without a branch.
struct OrderBalances: BitwiseCopyable {
  private let word: UInt64

  @inline(__always)
  init(_ balances: MarketBalances, isSell: Bool) {
    let pair = UInt64(balances.base) | UInt64(balances.quote) << 32
    word = isSell ? pair : pair << 32 | pair >> 32
  }

  @inline(__always) var spends: UInt32 { UInt32(truncatingIfNeeded: word) }
  @inline(__always) var receives: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }
}

extension UInt32 {
  /// No slot.
  static var none: UInt32 { .max }
}
