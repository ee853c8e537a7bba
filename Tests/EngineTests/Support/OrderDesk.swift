import Engine
import Money
import Structures
import Testing

/// Speaks orders the way a trader would: "bob sell limit 2 @ 100", and writes down what happened
/// the same way. Prices are ticks, sizes lots, of BTC-USDT; a tick × lot is one unit of USDT.
struct OrderDesk {
  var world = TestExchange()
  private var traders: [Substring: AccountID] = [:]
  private var names: [AccountID: Substring] = [:]

  init() {
    for name in ["alice", "bob", "carol"] {
      let account = world.open(name)
      traders[Substring(name)] = account
      names[account] = Substring(name)
      world.fund(account, TestExchange.usdt, 1_000_000)
      // Coins come over the chain; three blocks make them final.
      world.giveCoins(1_000_000, to: account)
    }
  }

  /// Carries out "alice buy limit 3 @ 101", "bob cancel 1" or "bob amend 1 to 2 @ 99", where 1 is
  /// bob's client order id. A limit order takes the next free number of its owner as its id.
  mutating func say(_ sentence: some StringProtocol) throws -> [String] {
    let words = sentence.split(separator: " ").map { Substring($0) }
    let who = try #require(traders[words[0]])
    switch words[1] {
    case "cancel":
      return report(
        world.run(
          .cancelOrder(account: who, order: .client(try #require(ClientOrderID(String(words[2]))))))
      )
    case "amend":
      let price = words.firstIndex(of: "@").flatMap { Int64(words[$0 + 1]) }
      return report(
        world.run(
          .amendOrder(
            AmendOrder(
              account: who, order: .client(try #require(ClientOrderID(String(words[2])))),
              requestID: "",
              size: Int64(words[4]).map(Lots.init), price: price.flatMap(Price.init),
              cancelOnFailure: false))))
    default: return report(world.run(.placeOrder(try order(who, words))))
    }
  }

  private mutating func order(_ who: AccountID, _ words: [Substring]) throws -> PlaceOrder {
    let types: [Substring: OrderType] = [
      "limit": .limit, "market": .market, "post_only": .postOnly, "fok": .fok, "ioc": .ioc,
      "optimal_limit_ioc": .optimalLimitIOC,
    ]
    let price = words.firstIndex(of: "@").flatMap { Int64(words[$0 + 1]) }
    let number = try #require(Int64(words[3]))
    let byBudget = words.contains("usdt")
    placed[who, default: 0] += 1
    return PlaceOrder(
      account: who, instrument: TestExchange.btcUsdt,
      clientOrderID: try #require(ClientOrderID(String(placed[who, default: 0]))), tag: "",
      side: words[1] == "buy" ? .buy : .sell, type: try #require(types[words[2]]),
      price: price.flatMap(Price.init),
      size: byBudget ? .quote(Amount(units: number)) : .base(Lots(number)),
      refuseShrinking: words.contains("exactly"))
  }
  private var placed: [AccountID: Int] = [:]

  /// Trades as "bob 2 @ 100", ends of orders as "alice filled" or "alice canceled 14".
  private func report(_ events: [Event]) -> [String] {
    events.compactMap { event in
      switch event {
      case .refused(let refusal): return "refused: \(refusal)".prefix { $0 != "(" }.description
      case .trade(let trade):
        return "\(names[trade.makerAccount] ?? "?") \(trade.size.count) @ \(trade.price.ticks)"
      case .order(let order, .canceled):
        let source = order.cancelSource.map { String($0.rawValue) } ?? "?"
        return "\(names[order.account] ?? "?") canceled \(source)"
      case .order(let order, _) where order.state == .filled:
        return "\(names[order.account] ?? "?") filled"
      default: return nil
      }
    }
  }

  /// The book as "bids 3 @ 99, 1 @ 98; asks 2 @ 101".
  var book: String {
    let (bids, asks) = world.exchange.book(TestExchange.btcUsdt, depth: 100)
    func text(_ levels: [BookLevel]) -> String {
      levels.map { "\($0.size.count) @ \($0.price.ticks)" }.joined(separator: ", ")
    }
    return "bids \(text(bids)); asks \(text(asks))"
  }
}

extension TestExchange {
  /// Gives a customer coins over the chain, in trading.
  mutating func giveCoins(_ units: Int64, to account: AccountID) {
    deposit(units, to: account)
    for _ in 0..<2 { connect() }
    run(
      .transfer(
        account: account, asset: Self.btc, amount: Amount(units: units), from: .funding,
        to: .trading))
  }

  /// Mines one block with a deposit for `account`; returns the coin.
  @discardableResult
  mutating func deposit(_ units: Int64, to account: AccountID) -> ChainOutpoint {
    let index = exchange.nextDepositIndex
    run(
      .assignDepositAddress(account: account, asset: Self.btc, index: index, address: "bc\(index)"))
    let outpoint = ChainOutpoint(transaction: identifier(Int(index), kind: 1), index: 0)
    connect(received: [
      .init(
        outpoint: outpoint, script: ScriptIndex(branch: .deposit, index: index),
        amount: Amount(units: units))
    ])
    return outpoint
  }

  /// Extends the chain by one block. `fork` makes another block at the same height.
  @discardableResult
  mutating func connect(
    received: [ConnectBlock.Received] = [], spent: [ConnectBlock.Spent] = [], fork: UInt8 = 0
  ) -> [Event] {
    let tip = exchange.tip
    let height = (tip?.height ?? 99) + 1
    return run(
      .connectBlock(
        ConnectBlock(
          point: ChainPoint(height: height, hash: identifier(Int(height), kind: 100 + fork)),
          previous: tip?.hash ?? identifier(0), received: received, spent: spent)))
  }

  @discardableResult
  mutating func disconnect() -> [Event] {
    guard let tip = exchange.tip else { return [] }
    return run(.disconnectBlock(tip))
  }
}
