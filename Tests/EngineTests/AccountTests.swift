import Engine
import Money
import Structures
import Testing

@Suite struct AccountTests {
  @Test func `names and keys are unique`() {
    var world = TestExchange()
    let alice = world.open("alice")
    let bob = world.open("bob")
    #expect([alice, bob] == [AccountID(1), AccountID(2)])
    #expect(world.refusal(.openAccount(name: "alice")) == .duplicateName("alice"))
    #expect(
      world.refusal(.openAccount(name: ""))
        == .malformed(field: "name", problem: "has 0 bytes; allowed 1 to 64"))
    func key(_ text: String, _ account: AccountID) -> Command {
      .createAPIKey(
        key: text, account: account, label: "bot", permissions: [.read], sealed: [1, 2])
    }
    #expect(world.refusal(key("k1", alice)) == nil)
    #expect(world.refusal(key("k2", alice)) == nil)
    #expect(world.refusal(key("k1", bob)) == .duplicateAPIKey)
    #expect(world.refusal(key("k3", AccountID(3))) == .unknownAccount)
    #expect(world.exchange.apiKeys(of: alice).map(\.key) == ["k1", "k2"])
    #expect(world.refusal(.revokeAPIKey(key: "k1")) == nil)
    #expect(world.refusal(.revokeAPIKey(key: "k1")) == .unknownAPIKey)
    #expect(world.exchange.apiKey("k1") == nil)
    #expect(world.exchange.apiKeys(of: alice).map(\.key) == ["k2"])
    // A key without the withdraw permission is no change of credentials.
    #expect(world.exchange.account(alice)?.credentialsChangedAt == nil)
  }

  @Test func `a transfer moves between the wallets, with a bill on each side`() {
    var world = TestExchange()
    let alice = world.open("alice")
    world.fund(alice, TestExchange.usdt, 1000)
    func move(_ units: Int64, _ from: Wallet = .trading, _ to: Wallet = .funding) -> Command {
      .transfer(
        account: alice, asset: TestExchange.usdt, amount: Amount(units: units), from: from, to: to)
    }
    let events = world.run(move(400))
    let bills = events.compactMap { if case .bill(let bill) = $0 { bill } else { nil } }
    #expect(bills.map(\.change) == [Amount(units: -400), Amount(units: 400)])
    #expect(bills.map(\.balance) == [Amount(units: 600), Amount(units: 400)])
    #expect(bills.map(\.reason) == [.transferOut, .transferIn])
    #expect(
      world.refusal(move(601))
        == .insufficientBalance(
          asset: TestExchange.usdt, needed: Amount(units: 601), available: Amount(units: 600)))
    #expect(world.refusal(move(0)) == .amountNotPositive)
    #expect(world.refusal(move(.min)) == .amountNotPositive)
    #expect(world.refusal(move(.max)) != nil)
    #expect(world.refusal(move(1, .funding, .funding)) == .sameWallet)
  }

  @Test func `each touched balance is reported once, as it is at the end`() throws {
    var world = TestExchange()
    let alice = world.open("alice")
    let bob = world.open("bob")
    world.fund(alice, TestExchange.gold, 100_000)
    world.fund(bob, TestExchange.usdt, 100_000)
    func order(_ account: AccountID, _ side: Side, _ size: Int64) -> Command {
      .placeOrder(
        PlaceOrder(
          account: account, instrument: TestExchange.goldUsdt, clientOrderID: "", tag: "",
          side: side, type: .limit, price: Price(ticks: 11), size: .base(Lots(size)),
          refuseShrinking: false))
    }
    for _ in 0..<3 { world.run(order(alice, .sell, 7)) }
    let events = world.run(order(bob, .buy, 20))
    let balances = events.compactMap { event -> (AccountID, Balance)? in
      if case .balance(let account, let balance) = event { (account, balance) } else { nil }
    }
    #expect(balances.count == 4)
    for (account, balance) in balances {
      #expect(
        balance
          == world.exchange.balance(of: account, asset: balance.asset, wallet: balance.wallet))
    }
    let levels = events.compactMap { if case .level(let level) = $0 { level } else { nil } }
    #expect(levels.map(\.size) == [Lots(1)])
  }
}
