/// Draws commands and runs them through books of its own, so that every cancel and move names an
/// order that rests at that moment. Each draw has its place: another order of draws gives other bytes.
struct OrderFlowGenerator {
  private let flow: OrderFlow
  private var random: Xoshiro256
  private var books: ReferenceBooks
  /// Middle price of each book, in ticks.
  private var middles: [Int]
  /// Symbols by popularity, 65536 draws wide.
  private let popularity: [Int]
  /// Ticks over which passive prices gather.
  private let width: Int
  private var nextOrder: UInt64 = 1
  private var commands: [OrderFlowCommand] = []

  init(_ flow: OrderFlow) {
    self.flow = flow
    random = Xoshiro256(seed: flow.seed)
    var header = OrderFlowHeader()
    header.commands = UInt64(flow.commands)
    header.symbols = UInt64(flow.symbols)
    header.depth = UInt64(flow.depth)
    header.users = UInt64(flow.users)
    header.seed = flow.seed
    header.mix = flow.mix.number
    let all = flow.commands + flow.symbols * flow.depth
    books = ReferenceBooks(header: header, orderLimit: all + 16)
    middles = Array(repeating: ReferenceBooks.ticks / 2, count: flow.symbols)
    popularity = Self.popularity(of: flow.symbols)
    width = (flow.mix == .ec ? 256 : 16) * (flow.depth > 20_000 ? 4 : 1)
    commands.reserveCapacity(all)
  }

  mutating func run() -> Workload {
    for symbol in 0..<flow.symbols {
      for number in 0..<flow.depth {
        let side = number & 1
        let user = random.below(flow.users / 2) * 2 + side
        let order = takeOrder()
        let price = passive(symbol, side)
        let quantity = 1 + random.below(100)
        add(
          OrderFlowCommand(
            .limit, side: UInt8(side), symbol: symbol, user: user, order: order,
            price: UInt64(price), quantity: UInt64(quantity)))
        books.countPrefill()
      }
    }
    books.isTiming = true
    for _ in 0..<flow.commands { add(timed()) }
    return Workload(header: books.finished(orderLimit: nextOrder), commands: commands)
  }

  private mutating func add(_ command: OrderFlowCommand) {
    books.apply(command)
    commands.append(command)
  }

  private mutating func takeOrder() -> UInt64 {
    defer { nextOrder += 1 }
    return nextOrder
  }

  private mutating func timed() -> OrderFlowCommand {
    let symbol = popularity[Int(random.next() & 65535)]
    let draw = random.below(1000)
    if flow.mix != .book, random.below(256) < 4 { driftMiddle(of: symbol) }
    let resting = books.resting[symbol].orders.count
    let steering = min(max((flow.depth - resting) * 1000 / flow.depth, -200), 200)
    let side = Int(random.next() & 1)
    var operation = operation(draw, steering)
    switch operation {
    case .cancel, .reduce, .move: if resting < 8 { operation = .limit }
    case .limit, .postOnly, .immediateOrCancel, .fillOrKill, .market: break
    }
    let user = random.below(flow.users / 2) * 2 + side
    switch operation {
    case .cancel, .reduce, .move: return naming(operation, symbol)
    case .limit, .postOnly, .immediateOrCancel, .fillOrKill, .market:
      return entering(operation, symbol, side, user)
    }
  }

  /// A random walk that stays in the middle half of the prices.
  private mutating func driftMiddle(of symbol: Int) {
    if random.next() & 1 == 1 {
      if middles[symbol] < ReferenceBooks.ticks * 3 / 4 { middles[symbol] += 1 }
    } else if middles[symbol] > ReferenceBooks.ticks / 4 {
      middles[symbol] -= 1
    }
  }

  /// - Parameter steering: Thousandths by which new orders come more often, so that the depth holds.
  private func operation(_ draw: Int, _ steering: Int) -> Operation {
    switch flow.mix {
    case .crypto:
      draw < 470 + steering
        ? .limit
        : draw < 900 ? .cancel : draw < 950 ? .move : .immediateOrCancel
    case .ec:
      draw < 90 + steering * 60 / 200
        ? .limit
        : draw < 150 ? .cancel : draw < 180 ? .immediateOrCancel : .move
    case .full: fullOperation(draw, new: 330 + steering)
    case .book: draw < 500 + steering ? .limit : .cancel
    }
  }

  private func fullOperation(_ draw: Int, new: Int) -> Operation {
    if draw < new { return .limit }
    if draw < new + 140 { return .postOnly }
    if draw < 870 { return .cancel }
    if draw < 910 { return .reduce }
    if draw < 940 { return .move }
    if draw < 980 { return .immediateOrCancel }
    return draw < 990 ? .fillOrKill : .market
  }

  private mutating func entering(
    _ operation: Operation, _ symbol: Int, _ side: Int, _ user: Int
  ) -> OrderFlowCommand {
    let order = takeOrder()
    var price = 0
    var largest = 300
    switch operation {
    case .limit, .postOnly:
      price = passive(symbol, side)
      largest = 100
    case .immediateOrCancel: price = touch(symbol, side, through: 4)
    case .fillOrKill: price = touch(symbol, side, through: 8)
    case .market, .cancel, .reduce, .move: break
    }
    return OrderFlowCommand(
      operation, side: UInt8(side), symbol: symbol, user: user, order: order, price: UInt64(price),
      quantity: UInt64(1 + random.below(largest)))
  }

  /// A command about an order that rests.
  private mutating func naming(_ operation: Operation, _ symbol: Int) -> OrderFlowCommand {
    let id = pickResting(symbol)
    let order = books.orders[id]
    let side = Int(order.side)
    var command = OrderFlowCommand(
      operation, side: order.side, symbol: symbol, user: Int(order.user), order: UInt64(id))
    switch operation {
    case .reduce: command.quantity = UInt64(1 + random.below(20))
    case .move:
      let takes = random.below(1000) < (flow.mix == .ec ? 30 : 50)
      command.price = UInt64(takes ? touch(symbol, side, through: 2) : passive(symbol, side))
      command.quantity = order.quantity
    case .cancel:
      if flow.hasStaleCancels, random.below(100) == 0 {
        let other = 1 + random.below(Int(nextOrder) - 1)
        if !books.orders[other].rests { command.order = UInt64(other) }
      }
    case .limit, .postOnly, .immediateOrCancel, .fillOrKill, .market: break
    }
    return command
  }

  /// Half of the time one that came lately, half of the time any.
  private mutating func pickResting(_ symbol: Int) -> Int {
    if random.next() & 1 == 1 {
      let id = Int(books.resting[symbol].recent[random.below(64)])
      if id != 0, books.orders[id].rests { return id }
    }
    let resting = books.resting[symbol].orders
    return Int(resting[random.below(resting.count)])
  }

  /// A price on the own side of the middle; beyond `width` ticks the density falls as distance⁻².
  private mutating func passive(_ symbol: Int, _ side: Int) -> Int {
    let steps = (random.next() | 1 << 9).trailingZeroBitCount
    let distance = 1 + width * ((1 << steps) - 1) + random.below(width << steps)
    let price = side == 0 ? middles[symbol] - distance : middles[symbol] + distance
    return min(max(price, 2), ReferenceBooks.ticks - 2)
  }

  /// The best price of the other side, or a few ticks through it.
  private mutating func touch(_ symbol: Int, _ side: Int, through: Int) -> Int {
    guard let best = books.bestPrice(symbol, 1 - side) else { return middles[symbol] }
    let ticks = random.below(through)
    return side == 0
      ? min(best + ticks, ReferenceBooks.ticks - 2) : best > ticks + 2 ? best - ticks : 2
  }

  private static func popularity(of symbols: Int) -> [Int] {
    let weights = (0..<symbols).map { 1.0 / Double($0 + 1) }
    let total = weights.reduce(0, +)
    var sum = 0.0
    var drawn: [Int] = []
    for (symbol, weight) in weights.enumerated() {
      sum += weight / total
      let end = min(65536, Int(sum * 65536 + 0.5))
      while drawn.count < end { drawn.append(symbol) }
    }
    while drawn.count < 65536 { drawn.append(symbols - 1) }
    return drawn
  }
}
