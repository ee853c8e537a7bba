import Structures

/// Where the balances of accounts on markets are, of those that were needed lately, so that few orders
/// look any up in the ledger: the next to ask after the account's row, which knows those of its last order.
/// Each account and market have one place, which they share with others. Nothing that the exchange
/// does depends on what is known.
struct KnownBalances: ~Copyable, Sendable {
  private struct Entry: BitwiseCopyable {
    /// See ``name(_:_:)``; 0 for none.
    var name: UInt64
    var balances: MarketBalances
  }

  // As many as a few thousand customers have on a hundred markets; memory is used for those that come.
  private static let size: UInt32 = 1 << 18
  // The golden section of the places: accounts of one market lie side by side, and markets lie as far
  // from each other as they can, however many there are.
  private static let stride: UInt32 = 162_017

  private var entries = Pool<Entry>(capacity: size, isDense: true)

  init() {}

  /// The account's balances on the market, if they are known: there are both.
  @inline(__always)
  func find(_ account: UInt32, on market: UInt32) -> MarketBalances? {
    let entry = entries.place(of: Self.place(account, market))
    return entry.value.name == Self.name(account, market) ? entry.value.balances : nil
  }

  /// Remembers both balances of the account on the market.
  @inline(__always)
  mutating func remember(_ balances: MarketBalances, of account: UInt32, on market: UInt32) {
    entries[Self.place(account, market)] = Entry(
      name: Self.name(account, market), balances: balances)
  }

  /// Forgets the account's balances on the market.
  mutating func forget(_ account: UInt32, on market: UInt32) {
    let place = Self.place(account, market)
    if entries[place].name == Self.name(account, market) { entries[place].name = 0 }
  }

  /// Asks for where ``find(_:on:)`` will look, without waiting for it.
  @inline(__always)
  func prefetch(_ account: UInt32, on market: UInt32) {
    entries.prefetch(Self.place(account, market))
  }

  @inline(__always)
  private static func place(_ account: UInt32, _ market: UInt32) -> UInt32 {
    (account &+ market &* stride) & (size - 1)
  }

  @inline(__always)
  private static func name(_ account: UInt32, _ market: UInt32) -> UInt64 {
    UInt64(account) << 32 | UInt64(market &+ 1)
  }
}
