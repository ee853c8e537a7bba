import Structures

/// How many open orders an account has on each market, for the few accounts that have so many in all
/// that the limit of one market might be reached.
///
/// Counting begins with the first order that asks, and ends when the account has none. It is derived
/// from the accounts' lists, so that a snapshot need not have it.
struct MarketCounts: ~Copyable, Sendable {
  private struct Row: BitwiseCopyable {
    var account: UInt32
    var market: UInt32
    var count: UInt32
  }

  private var rows: Pool<Row>
  private var free: SlotList
  private var index: IndexTable

  /// Creates room for as many counts as there may be open orders.
  init(capacity: UInt32) {
    self.init(
      Pool(capacity: capacity), SlotList(capacity: capacity), IndexTable(capacity: capacity))
  }

  private init(
    _ rows: consuming Pool<Row>, _ free: consuming SlotList, _ index: consuming IndexTable
  ) {
    self.rows = rows
    self.free = free
    self.index = index
  }

  func copy() -> MarketCounts {
    MarketCounts(rows.copy(first: free.fresh), free.copy(), index.copy())
  }

  func count(of account: UInt32, on market: UInt32) -> UInt32 {
    slot(account, market).map { rows[$0].count } ?? 0
  }

  /// Counts one more.
  mutating func add(_ account: UInt32, _ market: UInt32) {
    if let slot = slot(account, market) {
      rows[slot].count += 1
    } else {
      guard let slot = free.take() else {
        preconditionFailure("there are as many counts as open orders at most")
      }
      rows[slot] = Row(account: account, market: market, count: 1)
      index.insert(hash: Self.hash(account, market), slot: slot)
    }
  }

  /// Counts one less.
  mutating func remove(_ account: UInt32, _ market: UInt32) {
    guard let slot = slot(account, market) else {
      preconditionFailure("only an order that was counted ends")
    }
    rows[slot].count -= 1
    if rows[slot].count == 0 {
      index.remove(hash: Self.hash(account, market), slot: slot)
      free.give(slot)
    }
  }

  private func slot(_ account: UInt32, _ market: UInt32) -> UInt32? {
    index.find(hash: Self.hash(account, market)) {
      rows[$0].account == account && rows[$0].market == market
    }
  }

  private static func hash(_ account: UInt32, _ market: UInt32) -> UInt64 {
    Mix64.hash(UInt64(account) << 32 | UInt64(market))
  }
}
