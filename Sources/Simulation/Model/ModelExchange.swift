package import Engine
package import Money
import Structures

// Simulation owns the exchange's sceptics: a slow, obvious model that every command is compared
// with, and a whole exchange in one process from one seed, with everything around it failing. It
// refuses to know how the engine does its work.

/// The trading rules once more, written from the rules alone with arrays and dictionaries.
///
/// Nothing here is fast and nothing is shared with the engine but the vocabulary of commands and
/// events. Where the two disagree, one of them is wrong.
package struct ModelExchange: Sendable {
  /// Where an account keeps one asset.
  package struct Purse: Hashable, Sendable {
    package var account: AccountID
    package var asset: AssetID
    package var wallet: Wallet
  }

  /// One price of one side of one market.
  package struct LevelName: Hashable, Sendable {
    package var instrument: InstrumentID
    package var side: Side
    package var price: Price
  }

  /// What one command did.
  package struct Outcome: Equatable, Sendable {
    /// Everything that happened but the closing reports of levels and balances.
    package var events: [Event] = []
    /// The levels that may have changed, as they were before.
    package var levels: [LevelName: BookLevel] = [:]
    /// The balances that may have changed, as they were before.
    package var balances: [Purse: Balance] = [:]
    /// Whether something fell due before the command, after which reports were made too.
    package var hasEarlierReports = false

    /// Why the command changed nothing, if it did not.
    package var refusal: Refusal? {
      guard case .refused(let refusal)? = events.last else { return nil }
      return refusal
    }
  }

  /// A customer's own name of an order.
  struct ClientKey: Hashable, Sendable {
    var account: AccountID
    var id: ClientOrderID
  }

  struct Coins: Sendable {
    var available: Int64 = 0
    var held: Int64 = 0
  }

  package internal(set) var configuration: ExchangeConfiguration?
  package internal(set) var time = Timestamp(milliseconds: 0)
  /// The account with number n is at n - 1.
  package internal(set) var accounts: [Account] = []
  var purses: [Purse: Coins] = [:]
  /// Fees earned less rebates, by asset.
  var fees: [AssetID: Int64] = [:]
  /// Coins taken in, by asset.
  var custody: [AssetID: Int64] = [:]
  /// Open orders, and those that the running command closes.
  package internal(set) var orders: [OrderID: Order] = [:]
  var openOfClient: [ClientKey: OrderID] = [:]
  var openCounts: [AccountID: [InstrumentID: UInt32]] = [:]
  var openTotal: UInt32 = 0
  /// The book of market n is at n - 1.
  package internal(set) var books: [ModelBook] = []
  var receipts: [Receipt: Deposit] = [:]
  var timers: [Timer: Timestamp] = [:]
  var nextOrder = OrderID(1_000_000)
  var nextTrade = TradeID(1)
  var nextBill = BillID(1)
  var nextDeposit = DepositID(1)
  /// What the running command has done so far.
  var outcome = Outcome()

  package init() {}

  /// Carries out one command and says what it did.
  package mutating func apply(_ command: Command, at time: Timestamp) -> Outcome {
    let end = Timestamp(milliseconds: 253_402_300_799_999)
    self.time = max(self.time, min(time, end))
    outcome = Outcome()
    runTimers()
    do throws(Refusal) {
      try carryOut(command)
    } catch {
      outcome.events.append(.refused(error))
    }
    return outcome
  }

  /// What the last command did.
  package var lastOutcome: Outcome { outcome }

  private mutating func carryOut(_ command: Command) throws(Refusal) {
    if case .configure(let configuration) = command { return try configure(configuration) }
    guard configuration != nil else { throw .notConfigured }
    switch command {
    case .openAccount(let name): try open(name, of: nil)
    case .openSubaccount(let master, let name): try openSubaccount(of: master, name)
    case .setSelfTradePrevention(let account, let mode): try set(selfTrade: mode, of: account)
    case .setFeeTier(let operatorName, let account, let tier):
      try set(feeTier: tier, of: account, by: operatorName)
    case .transferBetween(let request): try transfer(request)
    case .cancelOrders(let account, let market, let side):
      try cancelOrders(of: account, on: market, side)
    case .cancelAllAfter(let account, let milliseconds, let tag):
      try cancelAllAfter(milliseconds, of: account, tag: tag)
    case .setInstrumentState(let operatorName, let market, let state):
      try set(state, of: market, by: operatorName)
    case .attestReceipt(let receipt): try attest(receipt)
    case .transfer(let account, let asset, let amount, let from, let to):
      try transfer(account, asset, amount.units, from, to)
    case .placeOrder(let request): try place(request)
    case .cancelOrder(let account, let reference): try cancel(reference, of: account)
    case .amendOrder(let request): try amend(request)
    case .tick: break
    default: preconditionFailure("the model knows the trading commands only, not \(command)")
    }
  }

  /// The model is only given configurations that are in order; but one that arrives late may lack
  /// the markets of a newer one.
  private mutating func configure(_ new: ExchangeConfiguration) throws(Refusal) {
    guard new.instruments.count >= books.count else {
      throw .invalidConfiguration("instruments: none can be removed")
    }
    configuration = new
    for instrument in new.instruments.dropFirst(books.count) {
      books.append(
        ModelBook(instrument, decimals: new.assets[Int(instrument.base.raw) - 1].decimals))
    }
    outcome.events.append(.configured(new))
  }
}

// MARK: Questions

extension ModelExchange {
  package func instrument(_ id: InstrumentID) -> Instrument? {
    guard let configuration, id.raw >= 1, id.raw <= UInt64(configuration.instruments.count) else {
      return nil
    }
    return configuration.instruments[Int(id.raw) - 1]
  }

  package func asset(_ id: AssetID) -> Asset? {
    guard let configuration, id.raw >= 1, id.raw <= UInt64(configuration.assets.count) else {
      return nil
    }
    return configuration.assets[Int(id.raw) - 1]
  }

  package func balance(_ purse: Purse) -> Balance {
    let money = purses[purse] ?? Coins()
    return Balance(
      asset: purse.asset, wallet: purse.wallet, available: Amount(units: money.available),
      held: Amount(units: money.held))
  }

  package func level(_ name: LevelName) -> BookLevel {
    let resting = books[Int(name.instrument.raw) - 1].line(name.side).filter {
      $0.price == name.price.ticks
    }
    return BookLevel(
      instrument: name.instrument, side: name.side, price: name.price,
      size: Lots(resting.reduce(0) { $0 + $1.lots }), orders: UInt32(resting.count))
  }

  /// All levels of a side, best first.
  package func levels(_ instrument: InstrumentID, _ side: Side) -> [BookLevel] {
    var found: [BookLevel] = []
    for resting in books[Int(instrument.raw) - 1].line(side) {
      guard let price = Price(ticks: resting.price) else { continue }
      if found.last?.price == price, let last = found.popLast() {
        found.append(
          BookLevel(
            instrument: instrument, side: side, price: price,
            size: last.size + Lots(resting.lots), orders: last.orders + 1))
      } else {
        found.append(
          BookLevel(
            instrument: instrument, side: side, price: price, size: Lots(resting.lots), orders: 1))
      }
    }
    return found
  }

  /// The account's open orders by id, over all markets.
  package func openOrders(of account: AccountID) -> [Order] {
    books.flatMap { $0.bids + $0.asks }.filter { $0.account == account }
      .compactMap { orders[$0.id] }.sorted { $0.id < $1.id }
  }

  /// What everybody and the house together have of `asset`; equals what came in.
  package func isConserved(_ asset: AssetID) -> Bool {
    var sum = Int128(fees[asset] ?? 0)
    for (purse, money) in purses where purse.asset == asset {
      guard money.available >= 0, money.held >= 0 else { return false }
      sum += Int128(money.available) + Int128(money.held)
    }
    return sum == Int128(custody[asset] ?? 0)
  }

  /// What is owed of `asset`: all purses and the fees.
  package func owed(_ asset: AssetID) -> Int64 { custody[asset] ?? 0 }
}
