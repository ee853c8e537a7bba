package import Engine
import Matching
package import Money
import Structures

/// One command of a random run.
package struct TradingStep: Sendable {
  /// Its place in the run that drew it, from 0.
  package var number: Int
  package var time: Timestamp
  package var command: Command
  /// The step that placed the order which `command` names by id, so that the name still fits after
  /// other steps have been left out.
  package var orderOf: Int?
}

/// Draws trading commands from a seed, looking at a model to aim at what is there.
package struct TradingCommands: Sendable {
  private var random: SplitMix64
  private var scenario: TradingScenario
  private var now = Timestamp(milliseconds: 1_700_000_000_000)
  private var number = 0
  private var prelude: [Command] = []
  private var payments = 0
  /// Which step placed an order.
  private var placedBy: [OrderID: Int] = [:]
  /// Orders that were placed lately, some of them closed by now.
  private var recent: [(order: OrderID, account: AccountID)] = []

  /// - Parameter accountsLimit: The most customers to begin with.
  package init(seed: UInt64, accountsLimit: Int = .max) {
    random = SplitMix64(seed: seed)
    scenario = TradingScenario(using: &random, accountsLimit: accountsLimit)
    prelude = [.configure(scenario.configuration)]
    for account in 1...UInt64(scenario.accounts) {
      prelude.append(.openAccount(name: "customer \(account)"))
      for asset in 1...UInt64(scenario.configuration.assets.count) {
        prelude += endow(AccountID(account), AssetID(asset), scenario.wealth)
      }
    }
    prelude.reverse()
  }

  /// Whether the commands that make the markets and the first customers are still to come.
  var isOpening: Bool { !prelude.isEmpty }

  /// Draws the next command.
  package mutating func next(_ model: ModelExchange) -> TradingStep {
    defer { number += 1 }
    passTime()
    if let command = prelude.popLast() {
      return TradingStep(number: number, time: now, command: command)
    }
    let account = anyAccount(model)
    let index = Int(draw(0...Int64(model.books.count) - 1))
    let market = InstrumentID(UInt64(index) + 1)
    let book = model.books[index]
    let isCrowded = book.bids.count + book.asks.count > scenario.crowd
    let isQuiet = book.bids.count < 3 || book.asks.count < 3
    let command: Command
    // A market that does not trade is soon opened again.
    if book.state != .live, chance(40) {
      return TradingStep(
        number: number, time: now,
        command: .setInstrumentState(operatorName: "erin", instrument: market, state: .live))
    }
    switch draw(0...99) {
    case 0..<(isCrowded ? 30 : isQuiet ? 85 : 55): command = place(account, market, model)
    case ..<70: command = cancel(account, book)
    case ..<92: command = amend(account, market, book)
    case ..<94: command = special(account, market, model)
    case ..<97:
      let wallets: [Wallet] =
        chance(8) ? [.trading, .trading] : [.funding, .trading].shuffled(using: &random)
      command = .transfer(
        account: account,
        asset: AssetID(
          UInt64(draw((chance(20) ? 0 : 1)...Int64(scenario.configuration.assets.count)))),
        amount: Amount(units: quantity(upTo: scenario.wealth)), from: wallets[0], to: wallets[1])
    case 97: command = attest(account)
    case 98: command = chance(3) ? change() : .tick
    default: command = .openAccount(name: chance(2) ? "customer 1" : "customer \(number)")
    }
    return TradingStep(
      number: number, time: now, command: command, orderOf: command.order.flatMap { placedBy[$0] })
  }

  /// Learns that step `number` placed `order`.
  package mutating func placed(_ order: Order, by number: Int) {
    placedBy[order.id] = number
    if recent.count == 64 {
      recent[Int(draw(0...63))] = (order.id, order.account)
    } else {
      recent.append((order.id, order.account))
    }
  }

  // MARK: Draws

  private mutating func draw(_ range: ClosedRange<Int64>) -> Int64 {
    .random(in: range, using: &random)
  }
  /// True once in `many`.
  private mutating func chance(_ many: Int) -> Bool {
    Int.random(in: 0..<many, using: &random) == 0
  }

  /// A number that is often small, often near the limit and sometimes impossible.
  private mutating func quantity(upTo limit: Int64) -> Int64 {
    switch draw(0...15) {
    case 0: limit
    case 1: limit &+ draw(-2...2)
    case 2: draw(-1...1)
    case 3: draw(1...max(1, limit))
    case 4: chance(6) ? draw(.min ... .max) : draw(1...max(1, limit))
    default: draw(1...max(1, min(limit, 1 << draw(1...10))))
    }
  }

  /// A size that usually can be had.
  private mutating func size(_ market: InstrumentID) -> Int64 {
    let most = scenario.markets[Int(market.raw) - 1].largestSize
    guard !chance(8) else { return quantity(upTo: most) }
    let least = scenario.configuration.instruments[Int(market.raw) - 1].minimumSize.count
    return draw(least...max(least, min(most, 1 << draw(1...7))))
  }

  private mutating func passTime() {
    switch draw(0...31) {
    case 0: now = now.advanced(byMilliseconds: draw(1...100_000))
    case 1..<12: now = now.advanced(byMilliseconds: draw(0...5))
    default: break
    }
  }

  private mutating func anyAccount(_ model: ModelExchange) -> AccountID {
    let last = Int64(model.accounts.count)
    return AccountID(UInt64(chance(200) ? draw(0...last + 1) : draw(1...max(1, last))))
  }

  private mutating func price(_ market: InstrumentID) -> Int64 {
    let shape = scenario.markets[Int(market.raw) - 1]
    return switch draw(0...63) {
    case 0: draw(1 ... .max)
    case 1: chance(2) ? 1 : .max
    default: shape.center + draw(-shape.spread...shape.spread)
    }
  }

  private mutating func clientID() -> ClientOrderID {
    guard scenario.clientIDs > 0, !chance(3) else { return "" }
    if chance(300) { return chance(2) ? "not-allowed" : "z1234567890123456789012345678901" }
    return ClientOrderID("c\(draw(1...scenario.clientIDs))") ?? ""
  }

  // MARK: Commands

  private mutating func place(
    _ account: AccountID, _ market: InstrumentID, _ model: ModelExchange
  ) -> Command {
    let types: [OrderType] = [
      .limit, .limit, .limit, .market, .postOnly, .fok, .ioc, .optimalLimitIOC,
    ]
    let type = types.randomElement(using: &random) ?? .limit
    let side: Side = chance(2) ? .buy : .sell
    let carriesPrice = (type != .market && type != .optimalLimitIOC) != chance(200)
    let byMoney = type == .market ? side == .buy && chance(2) : chance(200)
    let price = price(market)
    // Now and then somebody takes all that is there.
    let size =
      chance(400)
      ? scenario.configuration.instruments[Int(market.raw) - 1].maximumSize.count : size(market)
    let budget = quantity(upTo: chance(3) ? scenario.wealth : max(1, scenario.wealth >> 5))
    let payer =
      chance(6) ? account : whoCanPay(side, size, price, market, model) ?? account
    return .placeOrder(
      PlaceOrder(
        account: payer, instrument: chance(300) ? InstrumentID(UInt64(draw(0...9))) : market,
        clientOrderID: clientID(), tag: chance(9) ? "tag" : "", side: side, type: type,
        price: carriesPrice ? Price(ticks: price) : nil,
        size: byMoney ? .quote(Amount(units: budget)) : .base(Lots(size)),
        refuseShrinking: chance(3),
        selfTrade: chance(2) ? SelfTradePrevention.allCases.randomElement(using: &random) : nil))
  }

  /// A customer among a few drawn who has what such an order needs.
  private mutating func whoCanPay(
    _ side: Side, _ size: Int64, _ price: Int64, _ market: InstrumentID, _ model: ModelExchange
  ) -> AccountID? {
    let instrument = scenario.configuration.instruments[Int(market.raw) - 1]
    let needed =
      side == .buy
      ? model.books[Int(market.raw) - 1].notional(max(size, 1), max(price, 1), up: true)
      : instrument.lotUnits.multipliedReportingOverflow(by: size).partialValue
    for _ in 0..<5 {
      let account = anyAccount(model)
      let purse = ModelExchange.Purse(
        account: account, asset: side == .buy ? instrument.quote : instrument.base,
        wallet: .trading)
      if let needed, model.balance(purse).available.units >= needed { return account }
    }
    return nil
  }

  /// Names an order: one in the book, one placed lately, by either id, sometimes a wrong one.
  private mutating func reference(
    _ account: AccountID, _ book: ModelBook
  ) -> (AccountID, OrderReference) {
    switch draw(0...11) {
    case 0 where chance(4): return (account, .id(OrderID(UInt64(draw(999_999...1_000_100)))))
    case 1: return (account, .client(clientID()))
    case 3:
      guard let some = recent.randomElement(using: &random) else { break }
      return (chance(4) ? account : some.account, .id(some.order))
    default: break
    }
    let line = chance(2) ? book.bids : book.asks
    guard let some = line.randomElement(using: &random) ?? book.bids.first ?? book.asks.first else {
      return (account, .id(OrderID(1_000_000)))
    }
    return (chance(50) ? account : some.account, .id(some.id))
  }

  private mutating func cancel(_ account: AccountID, _ book: ModelBook) -> Command {
    let (account, order) = reference(account, book)
    return .cancelOrder(account: account, order: order)
  }

  private mutating func amend(
    _ account: AccountID, _ market: InstrumentID, _ book: ModelBook
  ) -> Command {
    let (account, order) = reference(account, book)
    return .amendOrder(
      AmendOrder(
        account: account, order: order, requestID: chance(4) ? RequestID("r\(number)") ?? "" : "",
        size: chance(3) ? nil : Lots(chance(20) ? 0 : size(market)),
        price: chance(2) ? nil : Price(ticks: price(market)), cancelOnFailure: chance(3)))
  }

  /// Two operators attest a payment, sometimes only one of them, or the same one twice.
  private mutating func attest(_ account: AccountID) -> Command {
    let asset = AssetID(UInt64(draw(1...Int64(scenario.configuration.assets.count))))
    let commands = endow(account, asset, quantity(upTo: scenario.wealth))
    if chance(8) { return commands[0] }
    if chance(8) { prelude.append(commands[0]) } else { prelude += commands.reversed().dropLast() }
    return commands[0]
  }

  /// What is asked for more rarely than orders.
  private mutating func special(
    _ account: AccountID, _ market: InstrumentID, _ model: ModelExchange
  ) -> Command {
    let other = anyAccount(model)
    let operatorName = chance(20) ? "frank" : "dave"
    switch draw(0...9) {
    case 0, 1:
      return .cancelOrders(
        account: account, instrument: chance(2) ? nil : market,
        side: chance(2) ? nil : chance(2) ? .buy : .sell)
    case 2, 3:
      return .cancelAllAfter(
        account: account, milliseconds: chance(4) ? 0 : draw(9_999...60_000),
        tag: chance(2) ? "" : "tag")
    case 4:
      return .setSelfTradePrevention(
        account: account,
        mode: SelfTradePrevention.allCases.randomElement(using: &random) ?? .cancelBoth)
    case 5:
      return .setFeeTier(operatorName: operatorName, account: account, tier: UInt8(draw(0...3)))
    case 6:
      return chance(4)
        ? .openSubaccount(master: account, name: chance(9) ? "customer 1" : "sub \(number)")
        : .setSelfTradePrevention(account: account, mode: .cancelMaker)
    case 7:
      return .transferBetween(
        TransferBetween(
          from: account, to: other,
          asset: AssetID(UInt64(draw(1...Int64(scenario.configuration.assets.count)))),
          amount: Amount(units: quantity(upTo: scenario.wealth)),
          fromWallet: chance(3) ? .funding : .trading, toWallet: chance(3) ? .funding : .trading))
    default:
      let states: [InstrumentState] = [.live, .live, .live, .suspend, .preopen]
      return .setInstrumentState(
        operatorName: operatorName, instrument: market,
        state: states.randomElement(using: &random) ?? .live)
    }
  }

  private mutating func change() -> Command {
    if scenario.markets.count < 6, chance(3) {
      scenario.addMarket(using: &random)
    } else {
      scenario.changeTerms(using: &random)
    }
    return .configure(scenario.configuration)
  }

  /// A payment with both operators' words and the move into the trading wallet.
  private mutating func endow(_ account: AccountID, _ asset: AssetID, _ units: Int64) -> [Command] {
    payments += 1
    let receipts = ["dave", "erin"].map { name in
      Command.attestReceipt(
        AttestReceipt(
          operatorName: name, account: account, asset: asset, amount: Amount(units: units),
          reference: "payment \(payments)", signature: Array(repeating: 0, count: 64)))
    }
    return receipts + [
      .transfer(
        account: account, asset: asset, amount: Amount(units: units), from: .funding, to: .trading)
    ]
  }
}

extension Command {
  /// The order that it names by the exchange's id.
  var order: OrderID? {
    switch self {
    case .cancelOrder(_, .id(let id)): id
    case .amendOrder(let request): if case .id(let id) = request.order { id } else { nil }
    default: nil
    }
  }

  /// The same command for another order.
  func naming(_ order: OrderID) -> Command {
    switch self {
    case .cancelOrder(let account, .id): return .cancelOrder(account: account, order: .id(order))
    case .amendOrder(var request):
      request.order = .id(order)
      return .amendOrder(request)
    default: return self
    }
  }
}
