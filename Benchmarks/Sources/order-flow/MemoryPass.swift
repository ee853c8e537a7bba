import CMalloc
import Engine
import ExchangeFlow
import Glibc
import Money
import OrderFlow
import Structures

/// Weighs an exchange while it grows: customers, what they own, and their orders.
///
/// Customers own four assets each: the quote asset by a receipt of two operators, and three base assets
/// that they buy from one seller. Then each has an order resting, and, beside the total, enrols a
/// signing key and makes an API key. A stage's weight is the growth of the
/// process's resident memory, divided by what the stage made.
struct MemoryPass: ~Copyable {
  private let customers: Int
  private let flow: ExchangeFlow
  private var exchange = Exchange()
  private var events = EventBuffer()
  private var refused = 0

  private static let markets = 3

  private init(customers: Int) {
    self.customers = customers
    // The seller comes first, and a buyer with him, whom the flow makes.
    flow = ExchangeFlow(symbols: Self.markets, users: 2)
  }

  /// One `name=bytes` a line.
  static func run(customers: Int) throws(Problem) -> [String] {
    var pass = MemoryPass(customers: customers)
    return try pass.measure()
  }

  private mutating func measure() throws(Problem) -> [String] {
    flow.prepare { command in
      exchange.apply(command, at: ExchangeFlow.firstTime, into: &events)
      events.removeAll()
    }
    let base = Self.resident
    let all = Double(customers)

    forEachCustomer { _, name in .openAccount(name: name) }
    let accounts = Self.resident

    let operators = flow.configuration.operators.map(\.name)
    for number in 0..<customers {
      for person in operators {
        apply(
          .attestReceipt(
            AttestReceipt(
              operatorName: person, account: account(number), asset: ExchangeFlow.quote,
              amount: Amount(units: 1_000_000), reference: "member\(number)",
              signature: [UInt8](repeating: 0, count: 64))))
      }
    }
    let receipts = Self.resident

    forEachCustomer { account, _ in
      .transfer(
        account: account, asset: ExchangeFlow.quote, amount: Amount(units: 1_000_000),
        from: .funding, to: .trading)
    }
    for market in 0..<Self.markets { buy(on: market) }
    let balances = Self.resident

    var number: UInt64 = 0
    forEachCustomer { account, name in
      number += 1
      // Far below what is asked, on two thousand prices of three markets.
      return Self.order(
        account, market: Int(number) % Self.markets, .buy, .limit,
        ticks: 1000 + Int64(number % 2000), lots: 100, client: name)
    }
    let orders = Self.resident
    let heap = mallinfo2().uordblks

    forEachCustomer { account, name in
      let key = Array(name.utf8.prefix(32))
      return .enrolSigningKey(
        account: account, publicKey: key + [UInt8](repeating: 1, count: 32 - key.count),
        proof: [UInt8](repeating: 0, count: 64))
    }
    forEachCustomer { account, name in
      .createAPIKey(
        key: "key of \(name)", account: account, label: "bot", permissions: [.read, .trade],
        sealed: [UInt8](repeating: 7, count: 128))
    }
    let credentials = Self.resident

    guard refused == 0 else { throw Problem("\(refused) commands were refused") }
    guard exchange.isConsistent else { throw Problem("the state is not consistent") }
    let balance = (balances - receipts) / (4 * all)
    return [
      "customers=\(customers)",
      "account=\((accounts - base) / all)",
      "balance=\(balance)",
      "order=\((orders - balances) / all)",
      "deposit=\((receipts - accounts) / all - balance)",
      "credentials=\((credentials - orders) / all)",
      "total=\(orders - base)",
      "heap=\(heap)",
    ]
  }

  /// Everybody buys one lot of what the first seller offers.
  private mutating func buy(on market: Int) {
    apply(
      Self.order(
        ExchangeFlow.account(1), market: market, .sell, .limit, ticks: 60_000,
        lots: Int64(customers), client: ""))
    forEachCustomer { account, _ in
      Self.order(account, market: market, .buy, .ioc, ticks: 60_000, lots: 1, client: "")
    }
  }

  private mutating func forEachCustomer(_ command: (AccountID, String) -> Command) {
    for number in 0..<customers {
      apply(command(account(number), "member\(number)"))
    }
  }

  private func account(_ number: Int) -> AccountID {
    ExchangeFlow.account(UInt32(number + flow.users))
  }

  private mutating func apply(_ command: Command) {
    exchange.apply(command, at: ExchangeFlow.firstTime, into: &events)
    refused += Int(EventScan.refusals(in: events))
    events.removeAll()
  }

  private static func order(
    _ account: AccountID, market: Int, _ side: Side, _ type: OrderType, ticks: Int64, lots: Int64,
    client: String
  ) -> Command {
    .placeOrder(
      PlaceOrder(
        account: account, instrument: InstrumentID(UInt64(market) + 1),
        clientOrderID: ClientOrderID(client) ?? "", tag: "", side: side, type: type,
        price: Price(ticks: ticks), size: .base(Lots(lots)), refuseShrinking: false))
  }

  /// Bytes of memory of this process that are in RAM. See proc(5), "/proc/pid/smaps".
  private static var resident: Double {
    guard let file = unsafe fopen("/proc/self/smaps_rollup", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while unsafe fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
      let words = text.split(separator: " ")
      if words.first == "Rss:", words.count > 1, let kilobytes = Double(words[1]) {
        return kilobytes * 1024
      }
    }
    return 0
  }
}
