import Engine
import Money

/// A prepared run: a funded exchange with a filled book, and the commands that are timed.
struct Workload: Sendable {
  /// What must be applied first, in order.
  let preparation: [Command]
  /// What is timed.
  let commands: [Command]
  /// Orders resting at the end, trades, and refused commands among the timed ones.
  private(set) var restingOrders = 0
  private(set) var trades = 0
  private(set) var refusals = 0

  /// Generates by running the commands through an exchange of its own, so that each cancel and each
  /// amendment names an order that rests at that moment.
  init(seed: UInt64, customers: Int, depth: Int, count: Int) {
    var exchange = Exchange()
    var mix = OrderMix(seed: seed, customers: customers, depth: depth)
    var preparation = Market(customers: customers).commands
    for command in preparation { exchange.apply(command, at: Market.firstTime) { _ in } }
    for _ in 0..<depth {
      let command = mix.filling()
      exchange.apply(command, at: Market.firstTime) { mix.observe($0) }
      preparation.append(command)
    }
    var commands: [Command] = []
    commands.reserveCapacity(count)
    var trades = 0
    var refusals = 0
    for index in 0..<count {
      let command = mix.next()
      exchange.apply(command, at: Self.time(of: index)) { event in
        switch event {
        case .trade: trades += 1
        case .refused: refusals += 1
        default: break
        }
        mix.observe(event)
      }
      commands.append(command)
    }
    self.preparation = preparation
    self.commands = commands
    restingOrders = mix.restingCount
    self.trades = trades
    self.refusals = refusals
  }

  /// Commands come at 100 000 a second.
  static func time(of index: Int) -> Timestamp {
    Market.firstTime.advanced(byMilliseconds: Int64(index / 100))
  }

  /// A fresh exchange in which the preparation is done and nothing is shared with another.
  func prepared() -> Exchange {
    var exchange = Exchange()
    for command in preparation { exchange.apply(command, at: Market.firstTime) { _ in } }
    return exchange
  }
}
