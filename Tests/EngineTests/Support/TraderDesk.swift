import Algos
import Engine
import Matching
import Money
import Structures
import Testing

/// Carries out the sentences of a trader's table and writes down what happened in the same words.
///
/// Everything is on BTC-USDT, where a tick × lot is one unit of USDT.
struct TraderDesk {
  private(set) var world = TestExchange()
  private var accounts: [String: AccountID] = [:]
  private var names: [AccountID: String] = [:]
  /// By account: how many orders, and how many algo orders, it has placed.
  private var placed: [AccountID: Int] = [:]
  private var algos: [AccountID: Int] = [:]
  /// Whether the book's lines begin with the last price.
  private var showsLast = false
  private(set) var fills: [String] = []
  private(set) var ends: [String] = []

  /// A sentence that the desk does not understand.
  struct Unclear: Error, CustomStringConvertible {
    var description: String
    init(_ sentence: String) { description = "not understood: \(sentence)" }
  }

  init() throws {
    world.checksEverything = false
    for name in ["alice", "bob", "carol"] { enter(name, world.open(name)) }
    world.run(.openSubaccount(master: try account("alice"), name: "alice/bot"))
    enter("alice/bot", try #require(world.exchange.accountID(name: "alice/bot")))
  }

  private mutating func enter(_ name: String, _ account: AccountID) {
    accounts[name] = account
    names[account] = name
    world.fund(account, TestExchange.usdt, 1_000_000)
    world.giveCoins(1_000_000, to: account)
  }

  /// Fills the empty book with lines such as "ask 101: bob 1, alice 2".
  ///
  /// A first line "last 100" lets bob and carol trade there before.
  mutating func stock(_ lines: [String]) throws {
    for line in lines {
      if line.hasPrefix("last ") {
        try trade(at: line)
        continue
      }
      let halves = line.split(separator: ": ").map(String.init)
      let level = halves[0].split(separator: " ").map(String.init)
      guard halves.count == 2, level.count == 2, ["bid", "ask"].contains(level[0]) else {
        throw Unclear(line)
      }
      for order in halves[1].split(separator: ", ") {
        let words = order.split(separator: " ").map(String.init)
        guard words.count == 2 else { throw Unclear(line) }
        try say("\(words[0]) \(level[0] == "bid" ? "buy" : "sell") limit \(words[1]) @ \(level[1])")
      }
    }
    guard fills.isEmpty, ends.isEmpty else { throw Unclear("a book that trades: \(lines)") }
  }

  /// Lets bob sell one lot to carol at the price of "last 100", outside their numbering.
  private mutating func trade(at line: String) throws {
    var words = Words(line)
    try words.skip("last")
    let price = try #require(Price(ticks: try words.number()))
    try words.finish()
    for (name, side) in [("bob", Side.sell), ("carol", .buy)] {
      world.run(
        .placeOrder(
          PlaceOrder(
            account: try account(name), instrument: TestExchange.btcUsdt, clientOrderID: "",
            tag: "", side: side, type: .limit, price: price, size: .base(Lots(1)),
            refuseShrinking: false)))
    }
    guard world.exchange.lastPrice(TestExchange.btcUsdt) == price else { throw Unclear(line) }
    showsLast = true
  }

  /// Carries out one sentence.
  mutating func say(_ sentence: String) throws {
    var words = Words(sentence)
    let who = try words.next()
    switch who {
    case "wait":
      let seconds = try words.number()
      try words.skip("seconds")
      try words.finish()
      world.wait(seconds * 1000)
      return note(world.run(.tick))
    case "operator":
      let states: [String: InstrumentState] = [
        "live": .live, "suspend": .suspend, "preopen": .preopen,
      ]
      let state = try words.choice(states)
      try words.finish()
      return note(
        world.run(
          .setInstrumentState(
            operatorName: "dave", instrument: TestExchange.btcUsdt, state: state)))
    default: note(world.run(try command(try account(who), &words)))
    }
  }

  private mutating func command(_ who: AccountID, _ words: inout Words) throws -> Command {
    let verb = try words.next()
    switch verb {
    case "buy", "sell":
      let order = try order(who, verb == "buy" ? .buy : .sell, &words)
      guard words.take("with") else {
        try words.finish()
        return .placeOrder(order)
      }
      let plan = try plan(&words)
      try words.finish()
      let number = try nextAlgo(of: who)
      return .placeOrderWithAlgos(
        order, attached: [AttachedAlgo(clientID: number, plan: plan)])
    case "algo":
      let side: Side = try words.choice(["buy": .buy, "sell": .sell])
      let size = try words.number()
      let plan = try plan(&words)
      try words.finish()
      return .placeAlgo(
        PlaceAlgo(
          account: who, instrument: TestExchange.btcUsdt, clientID: try nextAlgo(of: who), tag: "",
          side: side, size: .base(Lots(size)), plan: plan))
    case "cancel":
      if words.take("algo") {
        let number = try words.number()
        try words.finish()
        return .cancelAlgo(account: who, algo: .client(try client(number)))
      }
      guard words.take("all") else {
        let number = try words.number()
        try words.finish()
        return .cancelOrder(account: who, order: .client(try client(number)))
      }
      if words.take("after") {
        let seconds = try words.number()
        try words.skip("seconds")
        try words.finish()
        return .cancelAllAfter(account: who, milliseconds: seconds * 1000, tag: "")
      }
      let side: Side? = words.take("buys") ? .buy : words.take("sells") ? .sell : nil
      try words.finish()
      return .cancelOrders(account: who, instrument: TestExchange.btcUsdt, side: side)
    case "amend":
      let number = try words.number()
      let size = words.take("to") ? Lots(try words.number()) : nil
      let price = try words.price()
      let cancels = words.take("or")
      if cancels { try words.skip("cancel") }
      try words.finish()
      return .amendOrder(
        AmendOrder(
          account: who, order: .client(try client(number)), requestID: "", size: size,
          price: price, cancelOnFailure: cancels))
    case "prevents":
      try words.skip("self-trades")
      try words.skip("by")
      let mode = try words.choice(Words.modes)
      try words.finish()
      return .setSelfTradePrevention(account: who, mode: mode)
    default: throw Unclear(words.sentence)
    }
  }

  private mutating func order(
    _ who: AccountID, _ side: Side, _ words: inout Words
  ) throws -> PlaceOrder {
    let type = try words.choice([
      "limit": OrderType.limit, "market": .market, "post_only": .postOnly, "fok": .fok,
      "ioc": .ioc, "optimal_limit_ioc": .optimalLimitIOC,
    ])
    let size = try words.number()
    let isByBudget = words.take("usdt")
    let price = try words.price()
    let mode = words.take("stp") ? try words.choice(Words.modes) : nil
    let number = placed[who, default: 0] + 1
    placed[who] = number
    return PlaceOrder(
      account: who, instrument: TestExchange.btcUsdt, clientOrderID: try client(Int64(number)),
      tag: "", side: side, type: type, price: price,
      size: isByBudget ? .quote(Amount(units: size)) : .base(Lots(size)), refuseShrinking: false,
      selfTrade: mode)
  }

  /// What an algo order waits for, such as "profit 110 stop 90 at 89" or "twap 3 spread 1 limit 105".
  private func plan(_ words: inout Words) throws -> AlgoPlan {
    switch try words.next() {
    case "profit":
      let profit = try words.leg()
      guard words.take("stop") else { return .conditional(takeProfit: profit, stopLoss: nil) }
      return .oco(takeProfit: profit, stopLoss: try words.leg())
    case "stop": return .conditional(takeProfit: nil, stopLoss: try words.leg())
    case "trigger": return .trigger(try words.leg(), execution: .normal)
    case "trailing":
      let callback = PriceDistance.spread(ticks: try words.number())
      return .trailing(
        callback: callback, active: words.take("from") ? Price(ticks: try words.number()) : nil)
    case "iceberg": return .iceberg(try words.slicing())
    case "twap":
      let slicing = try words.slicing()
      try words.skip("every")
      return .twap(slicing, intervalMilliseconds: try words.number() * 1000)
    default: throw Unclear(words.sentence)
    }
  }

  private mutating func nextAlgo(of who: AccountID) throws -> ClientOrderID {
    algos[who, default: 0] += 1
    return try client(Int64(algos[who, default: 0]))
  }

  private func client(_ number: Int64) throws -> ClientOrderID {
    try #require(ClientOrderID(String(number)))
  }

  private func account(_ name: String) throws -> AccountID {
    guard let account = accounts[name] else { throw Unclear("who is \(name)?") }
    return account
  }

  /// Writes down trades, ends of orders and refusals.
  private mutating func note(_ events: [Event]) {
    for event in events {
      switch event {
      case .refused(let refusal): ends.append("refused " + "\(refusal)".prefix { $0 != "(" })
      case .trade(let trade):
        let taker = names[trade.takerAccount] ?? "?"
        let maker = names[trade.makerAccount] ?? "?"
        let deal = "\(trade.size.count) @ \(trade.price.ticks)"
        fills.append(
          trade.takerSide == .buy
            ? "\(taker) buys \(deal) from \(maker)" : "\(taker) sells \(deal) to \(maker)")
      case .order(let order, .canceled):
        ends.append("\(text(order)) canceled \(order.cancelSource?.rawValue ?? 255)")
      case .order(let order, _) where order.state == .filled:
        ends.append("\(text(order)) filled")
      case .algo(let algo, .failed(let refusal)):
        ends.append("\(text(algo)) failed \("\(refusal)".prefix { $0 != "(" })")
      case .algo(let algo, _) where !algo.state.isOpen:
        ends.append("\(text(algo)) \(algo.state)")
      case .algo(let algo, .paused): ends.append("\(text(algo)) paused")
      default: break
      }
    }
  }

  private func text(_ algo: Algo) -> String {
    "\(names[algo.account] ?? "?") algo \(algo.clientID)"
  }

  private func text(_ order: Order) -> String {
    let name = names[order.account] ?? "?"
    return order.clientOrderID.isEmpty ? "\(name) child" : "\(name) \(order.clientOrderID)"
  }

  /// The book as lines such as "ask 101: bob 1, alice 2": bids from the best, then asks from the
  /// best, the orders of a level in the order in which they would trade. The last price leads, where
  /// the block told one.
  var book: [String] {
    let last = world.exchange.lastPrice(TestExchange.btcUsdt).map { "last \($0.ticks)" }
    return (showsLast ? [last ?? "none"] : []) + levels
  }

  private var levels: [String] {
    ([.buy, .sell] as [Side]).flatMap { (side: Side) -> [String] in
      var lines: [(price: Price, orders: [String])] = []
      for order in world.exchange.queue(TestExchange.btcUsdt, side) {
        guard let price = order.price, case .base(let size) = order.size else { continue }
        if lines.last?.price != price { lines.append((price, [])) }
        lines[lines.count - 1].orders.append(
          "\(names[order.account] ?? "?") \((size - order.filled).count)")
      }
      return lines.map { line in
        "\(side == .buy ? "bid" : "ask") \(line.price.ticks): "
          + line.orders.joined(separator: ", ")
      }
    }
  }
}

/// A sentence, word by word.
struct Words {
  static let modes: [String: SelfTradePrevention] = [
    "cancel_maker": .cancelMaker, "cancel_taker": .cancelTaker, "cancel_both": .cancelBoth,
  ]

  let sentence: String
  private var rest: [String]

  init(_ sentence: String) {
    self.sentence = sentence
    rest = sentence.split(separator: " ").map(String.init)
  }

  mutating func next() throws -> String {
    guard !rest.isEmpty else { throw TraderDesk.Unclear(sentence) }
    return rest.removeFirst()
  }

  mutating func take(_ word: String) -> Bool {
    guard rest.first == word else { return false }
    rest.removeFirst()
    return true
  }

  mutating func skip(_ word: String) throws {
    guard take(word) else { throw TraderDesk.Unclear(sentence) }
  }

  mutating func number() throws -> Int64 {
    guard let number = Int64(try next()) else { throw TraderDesk.Unclear(sentence) }
    return number
  }

  mutating func choice<Value>(_ choices: [String: Value]) throws -> Value {
    guard let value = choices[try next()] else { throw TraderDesk.Unclear(sentence) }
    return value
  }

  /// A trigger, and "at" a limit price unless at the market.
  mutating func leg() throws -> TriggerLeg {
    guard let trigger = Price(ticks: try number()) else { throw TraderDesk.Unclear(sentence) }
    guard take("at") else { return TriggerLeg(trigger: trigger, order: .market) }
    guard let limit = Price(ticks: try number()) else { throw TraderDesk.Unclear(sentence) }
    return TriggerLeg(trigger: trigger, order: .limit(limit))
  }

  /// "3 spread 1 limit 105": slices of 3, one tick from the best price, never beyond 105.
  mutating func slicing() throws -> Slicing {
    let slice = Lots(try number())
    try skip("spread")
    let distance = PriceDistance.spread(ticks: try number())
    try skip("limit")
    guard let limit = Price(ticks: try number()) else { throw TraderDesk.Unclear(sentence) }
    return Slicing(slice: slice, distance: distance, limit: limit)
  }

  /// "@ 101", if it follows.
  mutating func price() throws -> Price? {
    guard take("@") else { return nil }
    guard let price = Price(ticks: try number()) else { throw TraderDesk.Unclear(sentence) }
    return price
  }

  func finish() throws {
    guard rest.isEmpty else { throw TraderDesk.Unclear(sentence) }
  }
}
