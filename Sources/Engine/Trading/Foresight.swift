import Ledger
import Matching
import Money
import Structures

/// What the next commands of a batch will touch, asked of memory while others are carried out.
///
/// When the state is larger than the processor's caches, a command waits some ten times for memory.
/// Commands come in batches, so that the next ones are known, and a processor can wait for many lines
/// at once. Nothing here changes anything, and nothing depends on whether what was asked for is what will be
/// needed.
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
    exchange.box.trading.prefetch(commands, count)
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
  /// Asks for what the first `count` of `commands` will touch.
  fileprivate func prefetch(_ commands: borrowing Pool<OrderCommandGlance>, _ count: UInt32) {
    // Each step reads what the one before it asked for.
    for index in 0..<count { prefetchNames(commands.place(of: index)) }
    for index in 0..<count { prefetchSlots(commands.place(of: index)) }
    for index in 0..<count { prefetchNeighbours(commands.place(of: index)) }
  }

  /// The account, and where names are looked up.
  @inline(__always)
  private func prefetchNames(_ command: Place<OrderCommandGlance>) {
    accounts.prefetch(command.value.account)
    if command.value.order != 0 {
      byID.prefetch(command.value.order)
    } else if hasManyMarkets {
      known.prefetch(command.value.account, on: command.value.market)
    }
    if command.value.order == 0, command.value.client0 != 0 {
      byClientID.prefetch(hash: command.value.clientHash(clientSeed))
    }
  }

  /// The orders and balances that the names lead to.
  @inline(__always)
  private func prefetchSlots(_ command: Place<OrderCommandGlance>) {
    if command.value.market != .none { return prefetchPlacing(command) }
    let found =
      command.value.order != 0
      ? byID.guess(command.value.order)
      : byClientID.guess(hash: command.value.clientHash(clientSeed))
    guard let slot = found else { return }
    command.value.slot = slot
    orders.prefetch(slot)
    records.prefetch(slot)
    links.prefetch(slot)
  }

  @inline(__always)
  private func prefetchPlacing(_ command: Place<OrderCommandGlance>) {
    let (account, market) = (command.value.account, command.value.market)
    guard account < accountCount, market < markets.count else { return }
    let row = accounts.place(of: account)
    if let balances = row.value.balances(on: market)
      ?? (hasManyMarkets ? known.find(account, on: market) : nil)
    {
      ledger.prefetch(balances.spent(by: command.value.side))
    } else {
      command.value.needsBalances = true
      let rules = markets.place(of: market)
      ledger.prefetchIndex(of: account, asset: rules.value.rules.base, in: .trading)
      ledger.prefetchIndex(of: account, asset: rules.value.rules.quote, in: .trading)
    }
    let newest = row.value.lastOpen
    if newest != 0 { links.prefetch(newest - 1) }
    prefetchLevel(command.value.side, command.value.price, on: market)
  }

  /// What lies around the orders, in their level and in their account's list.
  @inline(__always)
  private func prefetchNeighbours(_ command: Place<OrderCommandGlance>) {
    let slot = command.value.slot
    guard slot != .none else {
      if command.value.needsBalances { prefetchBalances(command) }
      return
    }
    let record = records.place(of: slot)
    ledger.prefetch(record.value.spends)
    let market = record.value.market
    guard market < markets.count else { return }
    let own = links[slot]
    if own.next != 0 { links.prefetch(own.next - 1) }
    if own.previous != 0 { links.prefetch(own.previous - 1) }
    if command.value.price != 0 {
      prefetchLevel(record.value.flags.side, command.value.price, on: market)
    } else if record.value.client0 != 0, !record.value.hasLongID {
      let client = Text32(unchecked: record.value.client0, record.value.client1, 0, 0)
      byClientID.prefetch(hash: clientSeed.hash(record.value.account, client))
    }
    orders.prefetchNeighbours(of: slot)
    markets.place(of: market).value.book.prefetchLevel(of: slot, in: orders)
  }

  /// The balances of an account that has placed nothing on the market lately.
  @inline(__always)
  private func prefetchBalances(_ command: Place<OrderCommandGlance>) {
    let rules = markets.place(of: command.value.market)
    let account = command.value.account
    ledger.prefetch(of: account, asset: rules.value.rules.base, in: .trading)
    ledger.prefetch(of: account, asset: rules.value.rules.quote, in: .trading)
  }

  @inline(__always)
  private func prefetchLevel(_ side: Side, _ price: Int64, on market: UInt32) {
    guard let price = Price(ticks: price) else { return }
    markets.place(of: market).value.book.prefetch(side.inBook, at: price)
  }
}
