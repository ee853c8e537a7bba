import Engine
import Money
import Structures
import Testing

/// The key under which customers' texts are found.
@Suite struct HashKeyTests {
  private let now = TestExchange().now

  private func exchange(_ commands: [Command]) -> (Exchange, [Event]) {
    var exchange = Exchange()
    var events: [Event] = []
    for command in commands { exchange.apply(command, at: now) { events.append($0) } }
    return (exchange, events)
  }

  @Test func `a key is taken before the first configuration and not after it`() throws {
    let key = HashKey(3, 4)
    var (exchange, events) = exchange([.keyHashes(HashKey(1, 2)), .keyHashes(key)])
    #expect(events == [])
    #expect(exchange.hashKey == key)
    let empty = try Exchange(decoding: exchange.encode())
    #expect(empty.hashKey == key && empty.isEmpty)
    exchange.apply(.configure(.sample), at: now) { _ in }
    let before = exchange.encode()
    exchange.apply(.keyHashes(HashKey(5, 6)), at: now) { events.append($0) }
    guard case .refused(.malformed(let field, _))? = events.last else {
      Issue.record("a second key was taken")
      return
    }
    #expect(field == "hashKey")
    #expect(exchange.encode() == before)
  }

  @Test(arguments: UInt64(0)..<8)
  func `the key changes where things lie and not what happens`(seed: UInt64) throws {
    var keyed = TestExchange(keyed: HashKey(seed &* 0x9E37_79B9_7F4A_7C15, ~seed))
    var plain = TestExchange()
    var source = RandomCommands(seed: seed)
    for step in 0..<400 {
      let command = source.plausible(for: plain.exchange)
      let events = plain.run(command)
      #expect(keyed.run(command) == events, "seed \(seed), step \(step), \(command)")
      if step % 100 == 99 {
        keyed.exchange = try Exchange(decoding: keyed.exchange.encode())
      }
    }
    #expect(keyed.exchange.encode() != plain.exchange.encode())
  }

  @Test func `an order is found by its client's id in a copy of what came out of a snapshot`()
    throws
  {
    var world = TestExchange(keyed: HashKey(3, 4))
    let alice = world.open("alice")
    world.fund(alice, TestExchange.usdt, 10_000)
    world.run(
      .placeOrder(
        PlaceOrder(
          account: alice, instrument: TestExchange.btcUsdt, clientOrderID: "abcXYZ0123456789",
          tag: "", side: .buy, type: .limit, price: Price(ticks: 90), size: .base(Lots(2)),
          refuseShrinking: false)))
    let order = try #require(world.exchange.openOrders(of: alice).first)
    let decoded = try Exchange(decoding: world.exchange.encode())
    for reference in [OrderReference.client("abcXYZ0123456789"), .id(order.id)] {
      // The first command makes a copy of its own.
      world.exchange = decoded
      let events = world.run(.cancelOrder(account: alice, order: reference))
      guard case .order(let canceled, .canceled)? = events.first else {
        Issue.record("\(reference) is not found: \(events)")
        continue
      }
      #expect(canceled.id == order.id)
    }
    #expect(decoded.order(.client("abcXYZ0123456789"), of: alice)?.id == order.id)
  }

  @Test func `a receipt that was credited is refused for ever, and only its digest is kept`() throws
  {
    var world = TestExchange(keyed: HashKey(7, 8))
    let alice = world.open("alice")
    func receipt(_ name: String, _ reference: String, _ asset: AssetID) -> Command {
      .attestReceipt(
        AttestReceipt(
          operatorName: name, account: alice, asset: asset, amount: Amount(units: 50),
          reference: reference, signature: Array(repeating: 1, count: 64)))
    }
    world.run(receipt("dave", "invoice 1", TestExchange.usdt))
    #expect(world.exchange.pendingDeposits.map(\.source) == [.receipt("invoice 1")])
    #expect(world.exchange.creditedReceipts(TestExchange.usdt) == .zero)
    world.run(receipt("erin", "invoice 1", TestExchange.usdt))
    #expect(world.exchange.pendingDeposits == [])
    #expect(world.exchange.deposit(DepositID(1)) == nil)
    #expect(world.exchange.creditedReceipts(TestExchange.usdt) == Amount(units: 50))
    world.exchange = try Exchange(decoding: world.exchange.encode())
    for name in ["dave", "erin"] {
      #expect(
        world.refusal(receipt(name, "invoice 1", TestExchange.usdt)) == .receiptAlreadyCredited)
    }
    // Another asset's receipt with the same reference is another receipt.
    #expect(world.refusal(receipt("dave", "invoice 1", TestExchange.gold)) == nil)
    #expect(world.refusal(receipt("erin", "invoice 1", TestExchange.gold)) == nil)
    #expect(world.exchange.creditedReceipts(TestExchange.usdt) == Amount(units: 50))
  }
}
