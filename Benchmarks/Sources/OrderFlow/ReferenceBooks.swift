/// The generator's own books: plain arrays of levels and linked orders, correct before fast. They
/// decide what a workload's header promises.
struct ReferenceBooks {
  static let ticks = 65536
  private static let noOrder: UInt32 = 0

  struct Order {
    var quantity: UInt64 = 0
    var price: UInt32 = 0
    var next: UInt32 = 0
    var previous: UInt32 = 0
    var user: UInt32 = 0
    /// Its place among the resting orders of its book.
    var place: UInt32 = 0
    var symbol: UInt16 = 0
    var side: UInt8 = 0
    var rests = false
  }
  private struct Level {
    var head: UInt32 = 0
    var tail: UInt32 = 0
    var quantity: UInt64 = 0
  }
  /// The orders that rest in one book, for the generator to choose from.
  struct Resting {
    var orders: [UInt32] = []
    /// The last 64 that came to rest, in a ring.
    var recent = [UInt32](repeating: 0, count: 64)
    var recentCount = 0
  }

  private(set) var header: OrderFlowHeader
  private(set) var orders: [Order]
  private(set) var resting: [Resting]
  /// Two sides of each book, `ticks` levels each.
  private var levels: [Level]
  /// Highest bid (0 for none) and lowest ask (`ticks` for none) of each book.
  private var best: [Int]
  /// Whether the running command is timed, and whether it has traded.
  var isTiming = false
  private var hasTraded = false

  init(header: OrderFlowHeader, orderLimit: Int) {
    self.header = header
    let symbols = Int(header.symbols)
    orders = Array(repeating: Order(), count: orderLimit)
    resting = Array(repeating: Resting(), count: symbols)
    levels = Array(repeating: Level(), count: symbols * 2 * Self.ticks)
    best = (0..<symbols * 2).map { $0.isMultiple(of: 2) ? 0 : Self.ticks }
  }

  /// The best price of a side, or `nil`.
  func bestPrice(_ symbol: Int, _ side: Int) -> Int? {
    let price = best[symbol * 2 + side]
    return price == (side == 0 ? 0 : Self.ticks) ? nil : price
  }

  /// Counts a command that fills the books before the timed ones.
  mutating func countPrefill() { header.prefill += 1 }

  mutating func apply(_ command: OrderFlowCommand) {
    guard let operation = Operation(rawValue: command.operation) else { return }
    let symbol = Int(command.symbol)
    let side = Int(command.side)
    let order = Int(command.order)
    let price = Int(command.price)
    hasTraded = false
    switch operation {
    case .limit, .postOnly:
      if operation == .postOnly, let other = bestPrice(symbol, 1 - side),
        side == 0 ? other <= price : other >= price
      {
        header.refused += 1
        break
      }
      let left = match(symbol, side, order, limit: price, command.quantity)
      guard left > 0 else { break }
      orders[order].user = command.user
      rest(symbol, side, order, at: price, left)
    case .immediateOrCancel:
      _ = match(symbol, side, order, limit: price, command.quantity)
    case .market:
      _ = match(symbol, side, order, limit: side == 0 ? Self.ticks - 1 : 1, command.quantity)
    case .fillOrKill:
      if available(symbol, side, limit: price, command.quantity) >= command.quantity {
        _ = match(symbol, side, order, limit: price, command.quantity)
      } else {
        header.refused += 1
      }
    case .cancel:
      if orders[order].rests { unlink(order) } else { header.refused += 1 }
    case .reduce:
      if command.quantity >= orders[order].quantity {
        unlink(order)
      } else {
        orders[order].quantity -= command.quantity
        levels[level(of: order)].quantity -= command.quantity
      }
    case .move:
      let quantity = orders[order].quantity
      unlink(order)
      let left = match(symbol, side, order, limit: price, quantity)
      if left > 0 { rest(symbol, side, order, at: price, left) }
    }
    if isTiming, hasTraded { header.tradedCommands += 1 }
  }

  /// Adds what rests at the end to the header and returns it.
  func finished(orderLimit: UInt64) -> OrderFlowHeader {
    var header = header
    header.orderLimit = orderLimit
    for symbol in 0..<Int(header.symbols) {
      for side in 0..<2 {
        for price in 1..<Self.ticks {
          var id = levels[(symbol * 2 + side) * Self.ticks + price].head
          while id != Self.noOrder {
            let order = orders[Int(id)]
            header.restingOrders += 1
            let place = TradeChecksum.step(
              TradeChecksum.step(UInt64(symbol), UInt64(id)), UInt64(side))
            header.restingSum &+= TradeChecksum.step(
              TradeChecksum.step(place, UInt64(price)), order.quantity)
            id = order.next
          }
        }
      }
    }
    return header
  }

  private func level(of order: Int) -> Int {
    let order = orders[order]
    return (Int(order.symbol) * 2 + Int(order.side)) * Self.ticks + Int(order.price)
  }

  private mutating func record(maker: Int, taker: Int, price: Int, quantity: UInt64) {
    let (maker, taker, price) = (UInt64(maker), UInt64(taker), UInt64(price))
    header.orderedSum = TradeChecksum.adding(
      maker: maker, taker: taker, price: price, quantity: quantity, to: header.orderedSum)
    header.setSum &+= TradeChecksum.adding(
      maker: maker, taker: taker, price: price, quantity: quantity, to: TradeChecksum.start)
    guard isTiming else { return }
    header.trades += 1
    header.volume += quantity
    header.notional += quantity * price
    hasTraded = true
  }

  private mutating func unlink(_ id: Int) {
    let order = orders[id]
    let place = level(of: id)
    if order.previous != 0 {
      orders[Int(order.previous)].next = order.next
    } else {
      levels[place].head = order.next
    }
    if order.next != 0 {
      orders[Int(order.next)].previous = order.previous
    } else {
      levels[place].tail = order.previous
    }
    levels[place].quantity -= order.quantity
    orders[id].rests = false
    let symbol = Int(order.symbol)
    let last = resting[symbol].orders.removeLast()
    if Int(last) != id { resting[symbol].orders[Int(order.place)] = last }
    orders[Int(last)].place = order.place
    let side = Int(order.side)
    if levels[place].head == Self.noOrder, best[symbol * 2 + side] == Int(order.price) {
      let base = (symbol * 2 + side) * Self.ticks
      var price = Int(order.price)
      if side == 0 {
        while price > 0, levels[base + price].head == Self.noOrder { price -= 1 }
      } else {
        while price < Self.ticks, levels[base + price].head == Self.noOrder { price += 1 }
      }
      best[symbol * 2 + side] = price
    }
  }

  private mutating func rest(
    _ symbol: Int, _ side: Int, _ id: Int, at price: Int, _ quantity: UInt64
  ) {
    let place = (symbol * 2 + side) * Self.ticks + price
    let tail = levels[place].tail
    orders[id].quantity = quantity
    orders[id].price = UInt32(price)
    orders[id].side = UInt8(side)
    orders[id].symbol = UInt16(symbol)
    orders[id].next = Self.noOrder
    orders[id].previous = tail
    orders[id].rests = true
    orders[id].place = UInt32(resting[symbol].orders.count)
    if tail != Self.noOrder {
      orders[Int(tail)].next = UInt32(id)
    } else {
      levels[place].head = UInt32(id)
    }
    levels[place].tail = UInt32(id)
    levels[place].quantity += quantity
    resting[symbol].orders.append(UInt32(id))
    resting[symbol].recent[resting[symbol].recentCount & 63] = UInt32(id)
    resting[symbol].recentCount += 1
    let index = symbol * 2 + side
    if side == 0 ? price > best[index] : price < best[index] { best[index] = price }
  }

  private mutating func match(
    _ symbol: Int, _ side: Int, _ taker: Int, limit: Int, _ quantity: UInt64
  ) -> UInt64 {
    var left = quantity
    while left > 0, let price = bestPrice(symbol, 1 - side),
      side == 0 ? price <= limit : price >= limit
    {
      let place = (symbol * 2 + 1 - side) * Self.ticks + price
      let maker = Int(levels[place].head)
      let traded = min(orders[maker].quantity, left)
      record(maker: maker, taker: taker, price: price, quantity: traded)
      left -= traded
      if traded == orders[maker].quantity {
        unlink(maker)
      } else {
        orders[maker].quantity -= traded
        levels[place].quantity -= traded
      }
    }
    return left
  }

  private func available(_ symbol: Int, _ side: Int, limit: Int, _ wanted: UInt64) -> UInt64 {
    guard var price = bestPrice(symbol, 1 - side) else { return 0 }
    let base = (symbol * 2 + 1 - side) * Self.ticks
    var sum: UInt64 = 0
    while sum < wanted, price > 0, price < Self.ticks, side == 0 ? price <= limit : price >= limit {
      sum += levels[base + price].quantity
      price += side == 0 ? 1 : -1
    }
    return sum
  }
}
