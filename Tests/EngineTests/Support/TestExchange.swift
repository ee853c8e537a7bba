import Engine
import Money
import Structures
import Testing

/// An exchange with a clock, which checks after every command what must always hold.
struct TestExchange {
  static let btc = AssetID(1)
  static let usdt = AssetID(2)
  static let gold = AssetID(3)
  static let btcUsdt = InstrumentID(1)
  /// Its notionals are not whole: 0.21 quote units per tick and lot.
  static let goldUsdt = InstrumentID(2)
  static let minute: Int64 = 60_000
  static let hour: Int64 = 3_600_000

  var exchange = Exchange()
  var now = Timestamp(milliseconds: 1_700_000_000_000)
  /// How many payments were made up.
  private var payments = 0
  /// Refused commands must not change a byte; switched off where time passes between commands.
  var checksEverything = true

  init(keyed key: HashKey? = nil) {
    if let key { run(.keyHashes(key)) }
    run(.configure(.sample))
  }

  /// Carries out one command and returns what happened.
  @discardableResult
  mutating func run(_ command: Command) -> [Event] {
    if checksEverything { exchange.apply(.tick, at: now) { _ in } }
    let before = checksEverything ? exchange.encode() : []
    var events: [Event] = []
    exchange.apply(command, at: now) { events.append($0) }
    if checksEverything {
      #expect(exchange.isConsistent, "after \(command)")
      if case .refused = events.last {
        #expect(events.count == 1)
        #expect(exchange.encode() == before, "a refused command changed the state: \(command)")
      }
    }
    return events
  }

  /// Carries out one command that must be refused, and returns why.
  mutating func refusal(_ command: Command) -> Refusal? {
    guard case .refused(let refusal)? = run(command).last else { return nil }
    return refusal
  }

  /// Runs a command and returns the account's orders that it said something of, as they are last, by
  /// id: the exchange itself forgets those that close.
  mutating func orders(of account: AccountID, after command: Command) -> [Order] {
    var orders: [OrderID: Order] = [:]
    for case .order(let order, _) in run(command) where order.account == account {
      orders[order.id] = order
    }
    return orders.values.sorted { $0.id < $1.id }
  }

  mutating func wait(_ milliseconds: Int64) {
    now = now.advanced(byMilliseconds: milliseconds)
  }

  mutating func open(_ name: String) -> AccountID {
    run(.openAccount(name: name))
    return exchange.accountID(name: name) ?? AccountID(0)
  }

  /// Gives a customer money on the manual rail, in trading.
  mutating func fund(_ account: AccountID, _ asset: AssetID, _ units: Int64) {
    payments += 1
    let reference = "payment \(account) \(asset) \(payments)"
    for name in ["dave", "erin"] {
      run(
        .attestReceipt(
          AttestReceipt(
            operatorName: name, account: account, asset: asset, amount: Amount(units: units),
            reference: reference, signature: Array(repeating: 1, count: 64))))
    }
    run(
      .transfer(
        account: account, asset: asset, amount: Amount(units: units), from: .funding,
        to: .trading))
  }

  func available(_ account: AccountID, _ asset: AssetID, _ wallet: Wallet) -> Int64 {
    exchange.balance(of: account, asset: asset, wallet: wallet).available.units
  }

  func held(_ account: AccountID, _ asset: AssetID, _ wallet: Wallet) -> Int64 {
    exchange.balance(of: account, asset: asset, wallet: wallet).held.units
  }
}

/// 32 bytes that differ by `number`.
func identifier(_ number: Int, kind: UInt8 = 0) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } + Array(repeating: kind, count: 24)
}

extension ExchangeConfiguration {
  static var sample: ExchangeConfiguration {
    func limits(_ unit: Int64) -> WithdrawalLimits {
      WithdrawalLimits(
        refuseAbove: Amount(units: 500 * unit), reviewAbove: Amount(units: 200 * unit),
        delayAbove: Amount(units: 100 * unit), delayMilliseconds: 10 * TestExchange.minute,
        customerHour: Amount(units: 400 * unit), customerDay: Amount(units: 1000 * unit),
        assetHour: Amount(units: 2000 * unit), assetDay: Amount(units: 5000 * unit), countHour: 5,
        firstUseMilliseconds: 0)
    }
    func asset(_ code: String, _ decimals: Int, _ rail: Asset.Rail) -> Asset {
      Asset(
        code: code, name: code, decimals: decimals, rail: rail,
        chain: rail == .bitcoin ? "BTC-Bitcoin" : code + "-Manual",
        minimumDeposit: Amount(units: 10), minimumWithdrawal: Amount(units: 1000),
        withdrawalFee: Amount(units: 500), depositConfirmations: 3, withdrawalConfirmations: 2,
        limits: limits(1000))
    }
    return ExchangeConfiguration(
      assets: [
        asset("BTC", 8, .bitcoin), asset("USDT", 6, .manual), asset("GOLD", 2, .manual),
      ],
      instruments: [
        Instrument(
          symbol: "BTC-USDT", base: TestExchange.btc, quote: TestExchange.usdt,
          tickUnits: 100_000, lotUnits: 1000, minimumSize: Lots(1), maximumSize: Lots(1_000_000),
          makerFeePPM: 800, takerFeePPM: 1000, listedAt: Timestamp(milliseconds: 0)),
        Instrument(
          symbol: "GOLD-USDT", base: TestExchange.gold, quote: TestExchange.usdt, tickUnits: 7,
          lotUnits: 3, minimumSize: Lots(2), maximumSize: Lots(1000), makerFeePPM: 800,
          takerFeePPM: 1000, listedAt: Timestamp(milliseconds: 0)),
      ],
      operators: [
        Operator(name: "dave", publicKey: identifier(1, kind: 9)),
        Operator(name: "erin", publicKey: identifier(2, kind: 9)),
      ],
      addressCoolingOffMilliseconds: TestExchange.hour,
      credentialHoldMilliseconds: 2 * TestExchange.hour, walletDescriptor: "wsh(...)#test",
      guardKey: identifier(3, kind: 9),
      capacity: ExchangeCapacity(orders: 4096, accounts: 256, balances: 4096, algos: 1024))
  }
}
