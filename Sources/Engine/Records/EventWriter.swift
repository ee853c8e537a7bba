import Ledger
import Matching
import Money
import Structures

/// Writes the records of one plain command or of one trade, for all of which the buffer has room at
/// once.
///
/// Unsafe file. Sound because whoever calls ``EventBuffer/beginPlain()`` saw room for 96 words; a plain
/// command has at most 2 for the time, 9 for the order, 8 for two levels and 4 for a balance, a trade
/// 10, two orders of at most 13 each and six bills of 6; every record's words are all written, and the
/// writer is a local of the function that has the buffer. What is written is of orders, so that balances
/// are those of trading wallets.
@safe struct EventWriter {
  /// Where the next record begins.
  private(set) var next: UnsafeMutablePointer<UInt64>

  @inline(__always)
  init(_ next: UnsafeMutablePointer<UInt64>) { unsafe self.next = next }

  @inline(__always)
  mutating func write(time: Int64) {
    unsafe next[0] = RecordKind.time.header(words: 2, 0)
    unsafe next[1] = UInt64(bitPattern: time)
    unsafe next += 2
  }

  /// Writes what an order that is placed sets aside, into its event and its new record; the rest comes
  /// next.
  @inline(__always)
  mutating func write(held: Int64, in record: Place<OpenOrder>) {
    unsafe next[5] = UInt64(bitPattern: held)
    record.value.held = held
  }

  /// Writes that an order was placed, and the same words into its new record.
  ///
  /// - Parameters:
  ///   - isNamed: Whether it has a client's id.
  ///   - packedAssets: See ``OrderHeader``.
  ///   - time: The command's.
  @inline(__always)
  mutating func write(
    placed order: PlainPlacement, isNamed: Bool, id: UInt64, account: UInt32, _ flags: OrderFlags,
    _ balances: OrderBalances, in record: Place<OpenOrder>,
    packedAssets: UInt64, _ time: Int64
  ) {
    let place = unsafe next
    unsafe place[0] = RecordKind.order.header(
      words: isNamed ? 8 : 6,
      isNamed ? packedAssets | 2 << OrderHeader.clientWordsShift : packedAssets)
    unsafe place[1] = id
    record.value.id = id
    let owner = UInt64(account) | UInt64(flags.bits) << 32
    unsafe place[2] = owner
    record.value.account = UInt32(truncatingIfNeeded: owner)
    record.value.flags = OrderFlags(bits: UInt32(truncatingIfNeeded: owner >> 32))
    record.value.spends = balances.spends
    record.value.receives = balances.receives
    record.value.begin(at: time)
    let (price, size) = (order.price, order.size)
    record.value.size = size
    unsafe place[3] = UInt64(bitPattern: price)
    unsafe place[4] = UInt64(bitPattern: size)
    if isNamed {
      let client = order.client
      unsafe UnsafeMutableRawPointer(place + 6).storeBytes(of: client, as: SIMD2<UInt64>.self)
      record.value.client0 = client[0]
      record.value.client1 = client[1]
      unsafe next = place + 8
    } else {
      record.value.client0 = 0
      record.value.client1 = 0
      unsafe next = place + 6
    }
  }

  /// Writes what has become of an order that ``OpenOrder/isPlain``.
  ///
  /// - Parameters:
  ///   - packedAssets: See ``OrderHeader``.
  ///   - time: The command's.
  @inline(__always)
  mutating func write(
    _ change: OrderRecordChange, id: UInt64, account: UInt32, _ flags: OrderFlags, price: Int64,
    size: Int64, held: Int64, createdAt: Int64, client0: UInt64, client1: UInt64,
    packedAssets: UInt64, _ time: Int64
  ) {
    var header = RecordKind.order.header(
      words: 6, change.rawValue << OrderHeader.changeShift | packedAssets)
    let place = unsafe next
    unsafe next += 6
    unsafe place[1] = id
    unsafe place[2] = UInt64(account) | UInt64(flags.bits) << 32
    unsafe place[3] = UInt64(bitPattern: price)
    unsafe place[4] = UInt64(bitPattern: size)
    unsafe place[5] = UInt64(bitPattern: held)
    // Written in any case, and then over: whether an order is as old as its command cannot be foreseen.
    unsafe next[0] = UInt64(bitPattern: createdAt)
    let isOlder: UInt64 = createdAt != time ? 1 : 0
    header &+= isOlder &* (OrderHeader.isOlder | 1 << 8)
    unsafe next += Int(truncatingIfNeeded: isOlder)
    if client0 != 0 {
      unsafe next[0] = client0
      unsafe next[1] = client1
      header &+= 2 << OrderHeader.clientWordsShift | 2 << 8
      unsafe next += 2
    }
    unsafe place[0] = header
  }

  @inline(__always)
  mutating func write(
    level side: Book.Side, of market: UInt32, price: Int64, _ state: LevelState
  ) {
    unsafe next[0] = RecordKind.level.header(
      words: 4, UInt64(side.rawValue) << 16 | UInt64(market) << 32)
    unsafe next[1] = UInt64(bitPattern: price)
    unsafe next[2] = UInt64(bitPattern: state.size)
    unsafe next[3] = UInt64(state.orders)
    unsafe next += 4
  }

  @inline(__always)
  mutating func write(balance: Place<BalanceSlot>) {
    // Neighbours are read one after the other, here and below, so that they are copied at once.
    let (available, held) = (balance.value.available.units, balance.value.held.units)
    unsafe next[0] = RecordKind.balance.header(words: 4, balance.value.packedTradingPlace)
    unsafe next[1] = UInt64(balance.value.customer)
    unsafe next[2] = UInt64(bitPattern: available)
    unsafe next[3] = UInt64(bitPattern: held)
    unsafe next += 4
  }

  /// Writes what has become of an order that has traded, with neither a tag nor a long client's id.
  @inline(__always)
  mutating func write(
    _ change: OrderRecordChange, _ record: Place<OpenOrder>, _ progress: Place<OrderProgress>,
    price: Int64, packedAssets: UInt64, _ time: Int64
  ) {
    var header = RecordKind.order.header(
      words: 10, change.rawValue << OrderHeader.changeShift | packedAssets | OrderHeader.hasFills)
    let place = unsafe next
    unsafe next += 6
    let (size, held) = (record.value.size, record.value.held)
    unsafe place[1] = record.value.id
    unsafe place[2] = UInt64(record.value.account) | UInt64(record.value.flags.bits) << 32
    unsafe place[3] = UInt64(bitPattern: price)
    unsafe place[4] = UInt64(bitPattern: size)
    unsafe place[5] = UInt64(bitPattern: held)
    let createdAt = record.value.createdAt
    unsafe next[0] = UInt64(bitPattern: createdAt)
    let isOlder: UInt64 = createdAt != time ? 1 : 0
    header &+= isOlder &* (OrderHeader.isOlder | 1 << 8)
    unsafe next += Int(truncatingIfNeeded: isOlder)
    let (filled, filledQuote) = (progress.value.filled, progress.value.filledQuote)
    let (fee, rebate) = (progress.value.fee, progress.value.rebate)
    unsafe next[0] = UInt64(bitPattern: filled)
    unsafe next[1] = UInt64(bitPattern: filledQuote)
    unsafe next[2] = UInt64(bitPattern: fee)
    unsafe next[3] = UInt64(bitPattern: rebate)
    unsafe next += 4
    let (client0, client1) = (record.value.client0, record.value.client1)
    if client0 != 0 {
      unsafe next[0] = client0
      unsafe next[1] = client1
      header &+= 2 << OrderHeader.clientWordsShift | 2 << 8
      unsafe next += 2
    }
    unsafe place[0] = header
  }

  @inline(__always)
  mutating func write(_ trade: TradeRecord) {
    unsafe next[0] = RecordKind.trade.header(
      words: 10, UInt64(trade.takerSide.rawValue) << 16 | UInt64(trade.market) << 32)
    unsafe next[1] = trade.id
    unsafe next[2] = UInt64(bitPattern: trade.trade.price)
    unsafe next[3] = UInt64(bitPattern: trade.trade.lots)
    unsafe next[4] = UInt64(bitPattern: trade.trade.quote)
    unsafe next[5] = trade.maker
    unsafe next[6] = trade.taker
    unsafe next[7] = UInt64(trade.makerAccount) | UInt64(trade.takerAccount) << 32
    unsafe next[8] = UInt64(bitPattern: trade.makerFee)
    unsafe next[9] = UInt64(bitPattern: trade.takerFee)
    unsafe next += 10
  }

  /// Writes the bill of a change that was just posted.
  @inline(__always)
  mutating func write(
    billOf balance: Place<BalanceSlot>, id: UInt64, change: Int64, _ reason: Bill.Reason,
    _ reference: UInt64
  ) {
    unsafe next[0] = RecordKind.bill.header(
      words: 6, balance.value.packedTradingPlace | UInt64(reason.rawValue) << 48)
    unsafe next[1] = id
    unsafe next[2] = UInt64(balance.value.customer)
    unsafe next[3] = UInt64(bitPattern: change)
    unsafe next[4] = UInt64(bitPattern: balance.value.total.units)
    unsafe next[5] = reference
    unsafe next += 6
  }
}
