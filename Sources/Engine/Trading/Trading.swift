import Ledger
import Matching
import Money
import Structures

/// Everything that trading touches, flat: balances, accounts' rows, orders, books and counters.
///
/// Nothing here is a reference, and nothing grows while it trades: an order is a number, at which the
/// book's record, the engine's record and the tag lie in three pools. What an order spends and gets
/// it keeps as ledger slots, so that a trade looks nothing up.
struct Trading: ~Copyable, Sendable {
  let capacity: ExchangeCapacity
  /// Whether a configuration is in force.
  var isConfigured = false
  /// The time of the running command, in milliseconds.
  var time: Int64 = 0
  var ledger: Ledger
  var accounts: Pool<AccountRow>
  var accountCount: UInt32 = 0
  var markets: MarketList
  /// By market, ``FeeRates/tiers`` each.
  var fees: Pool<FeeRates>
  /// Open orders as the books know them, and, at the same numbers, all else of them.
  var orders: OrderSlots
  var records: Pool<OpenOrder>
  var links: Pool<OrderLinks>
  var progress: Pool<OrderProgress>
  var tags: Pool<OrderTag>
  /// Open orders by id, and by account and client's id.
  var byID: CounterTable
  var byClientID: IndexTable
  var marketCounts: MarketCounts
  var known = KnownBalances()
  /// What ``byClientID`` hashes with, of the exchange's key.
  var clientSeed = MixSeed(.zero)
  var nextOrder: UInt64 = 1_000_000
  var nextTrade: UInt64 = 1
  var nextBill: UInt64 = 1
  /// What algo orders wait for and has happened in the running command; empty between commands.
  var signals: [Signal] = []
  private let inPlace = InPlace()

  /// How many resting orders one incoming order trades with at most (OKX `cancelSource` 33).
  static let makerLimit = 1000

  init(capacity: ExchangeCapacity) {
    self.init(
      capacity, Ledger(capacity: capacity.balances),
      Pool(capacity: capacity.accounts, isDense: true),
      MarketList(), Pool(capacity: UInt32(OrderFlags.marketLimit) * FeeRates.tiers),
      OrderSlots(capacity: capacity.orders), Pool(capacity: capacity.orders, isDense: true),
      Pool(capacity: capacity.orders, isDense: true),
      Pool(capacity: capacity.orders), Pool(capacity: capacity.orders),
      CounterTable(capacity: capacity.orders), IndexTable(capacity: capacity.orders),
      MarketCounts(capacity: capacity.orders))
  }

  init(
    _ capacity: ExchangeCapacity, _ ledger: consuming Ledger,
    _ accounts: consuming Pool<AccountRow>, _ markets: consuming MarketList,
    _ fees: consuming Pool<FeeRates>, _ orders: consuming OrderSlots,
    _ records: consuming Pool<OpenOrder>, _ links: consuming Pool<OrderLinks>,
    _ progress: consuming Pool<OrderProgress>,
    _ tags: consuming Pool<OrderTag>,
    _ byID: consuming CounterTable, _ byClientID: consuming IndexTable,
    _ marketCounts: consuming MarketCounts
  ) {
    self.capacity = capacity
    self.ledger = ledger
    self.accounts = accounts
    self.markets = markets
    self.fees = fees
    self.orders = orders
    self.records = records
    self.links = links
    self.progress = progress
    self.tags = tags
    self.byID = byID
    self.byClientID = byClientID
    self.marketCounts = marketCounts
  }

  func copy() -> Trading {
    var copy = Trading(
      capacity, ledger.copy(), accounts.copy(first: accountCount), markets.copy(),
      fees.copy(first: markets.count * FeeRates.tiers), orders.copy(),
      records.copy(first: orders.fresh), links.copy(first: orders.fresh),
      progress.copy(first: orders.fresh),
      tags.copy(first: orders.fresh),
      byID.copy(), byClientID.copy(), marketCounts.copy())
    copy.clientSeed = clientSeed
    copy.isConfigured = isConfigured
    copy.time = time
    copy.accountCount = accountCount
    copy.nextOrder = nextOrder
    copy.nextTrade = nextTrade
    copy.nextBill = nextBill
    return copy
  }

  // MARK: Finding

  /// Whether an account may have had its last order on another market: otherwise its row is enough.
  @inline(__always)
  var hasManyMarkets: Bool { markets.count > 1 }

  @inline(__always)
  func account(_ raw: UInt64) throws(HotRefusal) -> UInt32 {
    guard raw &- 1 < UInt64(accountCount) else { throw HotRefusal(.unknownAccount) }
    return UInt32(truncatingIfNeeded: raw &- 1)
  }

  @inline(__always)
  func market(_ raw: UInt64) throws(HotRefusal) -> UInt32 {
    guard raw &- 1 < UInt64(markets.count) else { throw HotRefusal(.unknownInstrument) }
    return UInt32(truncatingIfNeeded: raw &- 1)
  }

  /// The slot of the open order with `id`.
  @inline(__always)
  func openSlot(_ id: UInt64) -> UInt32? {
    byID.find(id) { records[$0].id == id }
  }

  /// The slot of the account's open order with this client's id.
  @inline(__always)
  func openSlot(_ clientOrderID: ClientOrderID, of account: UInt32) -> UInt32? {
    openSlot(clientOrderID, of: account, hash: clientSeed.hash(account, clientOrderID))
  }

  @inline(__always)
  func openSlot(_ clientOrderID: ClientOrderID, of account: UInt32, hash: UInt64) -> UInt32? {
    byClientID.find(hash: hash) {
      records[$0].account == account && self.clientOrderID(at: $0) == clientOrderID
    }
  }

  /// The slot of an open order of the account, by the id that the command gives.
  @inline(__always)
  func requireOpen(_ name: OrderName, of account: UInt32) throws(HotRefusal) -> UInt32 {
    if name.isClient {
      if let slot = openSlot(name.clientOrderID, of: account) { return slot }
    } else if let slot = openSlot(name.id), records[slot].account == account {
      return slot
    }
    throw HotRefusal(.unknownOrder)
  }
}

/// How a command names an order.
struct OrderName: BitwiseCopyable {
  var id: UInt64
  var clientOrderID: ClientOrderID
  var isClient: Bool

  init(id: UInt64) {
    self.id = id
    clientOrderID = ClientOrderID()
    isClient = false
  }

  init(_ clientOrderID: ClientOrderID) {
    id = 0
    self.clientOrderID = clientOrderID
    isClient = true
  }

  init(_ reference: OrderReference) {
    switch reference {
    case .id(let id): self.init(id: id.raw)
    case .client(let text): self.init(text)
    }
  }
}
