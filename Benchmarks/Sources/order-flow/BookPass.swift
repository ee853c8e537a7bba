import Matching
import Money
import OrderFlow
import Structures

/// The bare book over a workload, as the peers have it: orders by id, price levels, matching. No
/// accounts, no ledger, no events.
///
/// Ids are spread over 64 bits and found through a hash table. The trades are noted as they happen; the
/// levels that changed are drained after each group of commands.
struct BookPass: ~Copyable {
  /// What the caller of a book keeps for an order, at the order's slot.
  private struct Record: BitwiseCopyable {
    var id: UInt64
    /// The workload's number of the order, for the checksum.
    var number: UInt32
    var side: UInt8
    var symbol: UInt16
  }
  private struct Execution: BitwiseCopyable {
    var maker: UInt64
    var taker: UInt64
    var price: UInt64
    var quantity: UInt64
  }

  private let scale: NotionalScale
  private var slots: OrderSlots
  private var records: Pool<Record>
  private var index: IndexTable
  private var books: Books
  private var executions: Pool<Execution>
  private var executionCount: UInt32 = 0

  private init(_ header: OrderFlowHeader, capacity: UInt32) {
    guard let scale = NotionalScale(tickUnits: 10_000, lotUnits: 100, baseDecimals: 8) else {
      preconditionFailure("the scale of the exchange's markets exists")
    }
    self.scale = scale
    slots = OrderSlots(capacity: capacity)
    records = Pool(capacity: capacity)
    index = IndexTable(capacity: capacity)
    books = Books(count: Int(header.symbols))
    executions = Pool(capacity: 1 << 20)
  }

  static func run(_ workload: Workload) -> PassResult {
    // Ten times what should rest at once is never reached.
    let capacity = UInt32(max(65_536, workload.header.symbols * workload.header.depth * 10))
    var pass = BookPass(workload.header, capacity: capacity)
    var result = PassResult()
    for index in 0..<workload.firstTimed {
      pass.apply(workload.commands[index])
      pass.noteExecutions(&result)
    }
    result.trades = 0
    pass.apply(workload.commands, in: workload.firstTimed..<workload.commands.count, &result)
    result.resting = UInt64(pass.slots.count)
    return result
  }

  private mutating func apply(
    _ commands: [OrderFlowCommand], in range: Range<Int>, _ result: inout PassResult
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + PassResult.group, range.upperBound)
      let begin = Monotonic.now
      timedRegion(commands, start, end)
      result.nanoseconds += Monotonic.now - begin
      noteExecutions(&result)
      start = end
    }
  }

  private mutating func noteExecutions(_ result: inout PassResult) {
    for number in 0..<executionCount {
      let execution = executions[number]
      result.add(
        maker: execution.maker, taker: execution.taker, price: execution.price,
        quantity: execution.quantity)
    }
    executionCount = 0
  }

  /// Its own function, so that profilers can count it alone.
  @inline(never) private mutating func timedRegion(
    _ commands: [OrderFlowCommand], _ start: Int, _ end: Int
  ) {
    for number in start..<end { apply(commands[number]) }
    for symbol in 0..<books.count { books[symbol].drainTouched { _, _, _, _ in } }
  }

  private mutating func apply(_ command: OrderFlowCommand) {
    let symbol = Int(command.symbol)
    let id = Self.id(of: command.order)
    switch command.operation {
    case Operation.limit.rawValue:
      enter(command, Lots(Int64(command.quantity)), rests: true, symbol)
    case Operation.immediateOrCancel.rawValue:
      enter(command, Lots(Int64(command.quantity)), rests: false, symbol)
    case Operation.cancel.rawValue:
      guard let slot = find(id) else { return }
      _ = take(out: slot, symbol)
    case Operation.move.rawValue:
      guard let slot = find(id) else { return }
      enter(command, take(out: slot, symbol), rests: true, symbol)
    default: preconditionFailure("mixes crypto, ec and book are measured")
    }
  }

  private mutating func enter(
    _ command: OrderFlowCommand, _ size: Lots, rests: Bool, _ symbol: Int
  ) {
    guard let price = Price(ticks: Int64(command.price)) else {
      preconditionFailure("a workload's limit orders have prices")
    }
    let side: Book.Side = command.side == 0 ? .bid : .ask
    var taker = Taker(owner: command.user, side: side, limit: price, size: size)
    // As the core does: most orders meet nobody.
    meeting: while books[symbol].crosses(side, at: price) {
      switch books[symbol].step(&taker, scale: scale, in: &slots) {
      case .traded(let slot, let lots, let price, _, let makerLeaves):
        executions[executionCount] = Execution(
          maker: UInt64(records[slot].number), taker: command.order, price: UInt64(price.ticks),
          quantity: UInt64(lots.count))
        executionCount += 1
        if makerLeaves { forget(slot) }
      case .makerCanceled(let slot), .bothCanceled(let slot): forget(slot)
      case .takerCanceled, .ended: break meeting
      }
    }
    guard rests, taker.size > .zero else { return }
    let order = RestingOrder(price: price, size: taker.size, owner: command.user)
    guard let slot = slots.take(order) else { preconditionFailure("the slots suffice") }
    records[slot] = Record(
      id: Self.id(of: command.order), number: UInt32(truncatingIfNeeded: command.order),
      side: command.side, symbol: command.symbol)
    index.insert(hash: Mix64.hash(records[slot].id), slot: slot)
    precondition(books[symbol].add(slot, side, in: &slots), "the ladder suffices")
  }

  private borrowing func find(_ id: UInt64) -> UInt32? {
    index.find(hash: Mix64.hash(id)) { records[$0].id == id }
  }

  private mutating func take(out slot: UInt32, _ symbol: Int) -> Lots {
    let size = Lots(slots[slot].size)
    books[symbol].remove(slot, records[slot].side == 0 ? .bid : .ask, in: &slots)
    forget(slot)
    return size
  }

  private mutating func forget(_ slot: UInt32) {
    index.remove(hash: Mix64.hash(records[slot].id), slot: slot)
    slots.give(slot)
  }

  /// A multiplication by an odd number is a bijection.
  private static func id(of number: UInt64) -> UInt64 { number &* 0x9E37_79B9_7F4A_7C15 }
}
