import Ledger
import Matching
import Money
import Structures

/// What the next commands of a batch will touch, asked of memory while others are carried out.
///
/// When the state is larger than the processor's caches, a command waits some ten times for memory.
/// Commands come in batches, so that the next ones are known, and a processor can wait for many lines
/// at once. Nothing here changes anything, and nothing depends on whether what was asked for is what
/// will be needed.
public struct Foresight: ~Copyable, Sendable {
  /// For how many commands at once it is worth asking.
  public static let limit: UInt32 = 16

  private var commands = Pool<OrderCommandGlance>(capacity: limit)
  private var count: UInt32 = 0

  public init() {}

  /// Notes the next command; ``limit`` of them are kept.
  ///
  /// - Parameter bytes: A command as ``Exchange/apply(record:at:into:)`` takes it. Any others do no
  ///   harm.
  @inline(__always)
  public mutating func note(_ bytes: Span<UInt8>) {
    guard count < Self.limit, let command = OrderCommandGlance(bytes) else { return }
    commands[count] = command
    count += 1
  }

  /// Asks for what the noted commands will touch in `exchange`, and forgets them.
  public mutating func ask(_ exchange: borrowing Exchange) {
    // Each step reads what the one before it asked for.
    for index in 0..<count { exchange.box.trading.prefetchNames(&commands[index]) }
    for index in 0..<count { exchange.box.trading.prefetchSlots(&commands[index]) }
    for index in 0..<count { exchange.box.trading.prefetchNeighbours(&commands[index]) }
    count = 0
  }
}

extension Exchange {
  /// Whether what trading touches has outgrown a processor's own caches, so that ``Foresight`` gains
  /// more than it costs.
  public var isLarge: Bool {
    // Some 250 bytes an order and 100 an account, with what is near them.
    box.trading.orders.fresh > 4096 || box.trading.accountCount > 8192
  }
}

extension Trading {
  /// The account, and where names are looked up.
  @inline(__always)
  fileprivate func prefetchNames(_ command: inout OrderCommandGlance) {
    accounts.prefetch(command.account)
    if !command.client.isEmpty {
      command.clientHash = OrderRecord.clientHash(command.account, command.client, hashKey)
      byClientID.prefetch(hash: command.clientHash)
    }
    if command.order != 0 {
      byID.prefetch(command.order)
      closed.prefetch(command.order)
    }
  }

  /// The orders and balances that the names lead to.
  @inline(__always)
  fileprivate func prefetchSlots(_ command: inout OrderCommandGlance) {
    guard command.market == .none else { return prefetchPlacing(&command) }
    let slot =
      command.order != 0
      ? byID.guess(command.order)
      : byClientID.guess(hash: command.clientHash)
    guard let slot else { return }
    command.slot = slot
    orders.prefetch(slot)
    records.prefetch(slot)
  }

  @inline(__always)
  private func prefetchPlacing(_ command: inout OrderCommandGlance) {
    let (account, market) = (command.account, command.market)
    guard account < accountCount, market < markets.count else { return }
    let newest = accounts[account].lastOpen
    if newest != 0 { records.prefetch(newest - 1) }
    if let balances = accounts[account].balances(on: market) {
      ledger.prefetch(balances.spent(by: command.side))
    } else {
      ledger.prefetchIndex(of: account, asset: markets[market].rules.base, in: .trading)
      ledger.prefetchIndex(of: account, asset: markets[market].rules.quote, in: .trading)
    }
    prefetchLevel(command.side, command.price, on: market)
  }

  /// What lies around the orders, in their level and in their account's list.
  @inline(__always)
  fileprivate func prefetchNeighbours(_ command: inout OrderCommandGlance) {
    let slot = command.slot
    guard slot != .none else { return prefetchNewBalances(command) }
    ledger.prefetch(records[slot].spends)
    let (next, previous) = (records[slot].next, records[slot].previous)
    if next != 0 { records.prefetch(next - 1) }
    if previous != 0 { records.prefetch(previous - 1) }
    let market = records[slot].market
    guard market < markets.count else { return }
    if command.price != 0 {
      prefetchLevel(records[slot].flags.side, command.price, on: market)
    } else if records[slot].client0 != 0, !records[slot].hasLongID {
      byClientID.prefetch(
        hash: OrderRecord.clientHash(records[slot].account, clientOrderID(at: slot), hashKey))
    }
    orders.prefetchNeighbours(of: slot)
    markets[market].book.prefetchLevel(of: slot, in: orders)
  }

  /// The balances of an account that has placed nothing on the market lately.
  @inline(__always)
  private func prefetchNewBalances(_ command: OrderCommandGlance) {
    let (account, market) = (command.account, command.market)
    guard account < accountCount, market < markets.count,
      accounts[account].balances(on: market) == nil
    else { return }
    ledger.prefetch(of: account, asset: markets[market].rules.base, in: .trading)
    ledger.prefetch(of: account, asset: markets[market].rules.quote, in: .trading)
  }

  @inline(__always)
  private func prefetchLevel(_ side: Side, _ price: Int64, on market: UInt32) {
    guard let price = Price(ticks: price) else { return }
    markets[market].book.prefetch(side.inBook, at: price)
  }
}
