import Engine
import Matching
import Money
import Structures
import Testing

@Suite struct SubaccountTests {
  private func family() throws -> (TestExchange, master: AccountID, sub: AccountID) {
    var world = TestExchange()
    let master = world.open("alice")
    world.run(.openSubaccount(master: master, name: "alice/bot"))
    let sub = try #require(world.exchange.accountID(name: "alice/bot"))
    world.fund(master, TestExchange.usdt, 1000)
    return (world, master, sub)
  }

  private func transfer(_ from: AccountID, _ to: AccountID, _ units: Int64) -> Command {
    .transferBetween(
      TransferBetween(
        from: from, to: to, asset: TestExchange.usdt, amount: Amount(units: units),
        fromWallet: .trading, toWallet: .funding))
  }

  @Test func `a sub-account belongs to one master, and has none of its own`() throws {
    var (world, master, sub) = try family()
    #expect(world.exchange.account(sub)?.master == master)
    #expect(world.exchange.subaccounts(of: master).map(\.id) == [sub])
    #expect(world.refusal(.openSubaccount(master: sub, name: "deeper")) == .onlyMaster)
    #expect(
      world.refusal(.openSubaccount(master: master, name: "alice/bot"))
        == .duplicateName("alice/bot"))
    #expect(world.refusal(.openSubaccount(master: AccountID(9), name: "x")) == .unknownAccount)
  }

  @Test func `a master has twenty sub-accounts at most, also after a snapshot`() throws {
    var (world, master, sub) = try family()
    for number in 2...20 {
      #expect(world.refusal(.openSubaccount(master: master, name: "bot \(number)")) == nil)
    }
    let refused = Refusal.malformed(
      field: "subAcct", problem: "the master has 20 sub-accounts, the most")
    #expect(world.refusal(.openSubaccount(master: master, name: "bot 21")) == refused)
    #expect(world.exchange.subaccounts(of: master).count == 20)
    #expect(world.exchange.subaccounts(of: sub) == [])
    world.exchange = try Exchange(decoding: world.exchange.encode())
    #expect(world.exchange.subaccounts(of: master).first?.id == sub)
    #expect(world.refusal(.openSubaccount(master: master, name: "bot 21")) == refused)
    let other = world.open("bob")
    #expect(world.refusal(.openSubaccount(master: other, name: "bob/bot")) == nil)
  }

  @Test func `money moves between accounts of one master, with a bill on each side`() throws {
    var (world, master, sub) = try family()
    let other = world.open("alice/second")
    let events = world.run(transfer(master, sub, 300))
    let bills = events.compactMap { event in
      if case .bill(let bill) = event { bill } else { nil }
    }
    #expect(bills.map(\.reason) == [.subaccountOut, .subaccountIn])
    #expect(bills.map(\.change.units) == [-300, 300])
    #expect(bills.map(\.balance.units) == [700, 300])
    #expect(bills.map(\.account) == [master, sub])
    #expect(world.available(sub, TestExchange.usdt, .funding) == 300)

    #expect(world.refusal(transfer(master, master, 1)) == .sameAccount)
    #expect(world.refusal(transfer(master, other, 1)) == .notSameMaster)
    #expect(world.refusal(transfer(master, sub, 0)) == .amountNotPositive)
    #expect(
      world.refusal(transfer(master, sub, 701))
        == .insufficientBalance(
          asset: TestExchange.usdt, needed: Amount(units: 701), available: Amount(units: 700)))
  }

  @Test func `a sub-account does not withdraw`() throws {
    var (world, _, sub) = try family()
    #expect(
      world.refusal(
        .requestWithdrawal(
          RequestWithdrawal(
            account: sub, asset: TestExchange.btc, address: "to 0", amount: Amount(units: 5000),
            clientID: ""))) == .onlyMaster)
  }

  @Test func `two sub-accounts of one master can send to each other`() throws {
    var (world, master, sub) = try family()
    world.run(.openSubaccount(master: master, name: "alice/second"))
    let second = try #require(world.exchange.accountID(name: "alice/second"))
    world.run(transfer(master, sub, 300))
    world.run(
      .transferBetween(
        TransferBetween(
          from: sub, to: second, asset: TestExchange.usdt, amount: Amount(units: 100),
          fromWallet: .funding, toWallet: .trading)))
    #expect(world.available(second, TestExchange.usdt, .trading) == 100)
  }

  @Test func `an account's modes are told and kept`() throws {
    var (world, master, _) = try family()
    let events = world.run(.setSelfTradePrevention(account: master, mode: .cancelBoth))
    guard case .accountChanged(let account)? = events.last else {
      Issue.record("the account changed")
      return
    }
    #expect(account.selfTrade == .cancelBoth)
    #expect(try Exchange(decoding: world.exchange.encode()).account(master) == account)
    #expect(
      world.refusal(.setFeeTier(operatorName: "dave", account: master, tier: 1))
        == .unknownFeeTier(count: 1))
    #expect(
      world.refusal(.setFeeTier(operatorName: "frank", account: master, tier: 0))
        == .unknownOperator)
  }

  @Test func `a fee tier counts from the next trade on`() throws {
    var world = TestExchange()
    var configuration = ExchangeConfiguration.sample
    configuration.instruments[0].feeTiers = [FeeTier(makerPPM: 0, takerPPM: 100_000)]
    #expect(world.refusal(.configure(configuration)) == nil)
    let (alice, bob) = (world.open("alice"), world.open("bob"))
    world.fund(alice, TestExchange.usdt, 100_000)
    world.giveCoins(1_000_000, to: bob)
    var fees: [[Int64]] = []
    for tier in [UInt8(0), 1] {
      for account in [alice, bob] {
        world.run(.setFeeTier(operatorName: "dave", account: account, tier: tier))
      }
      var trades: [Trade] = []
      for (account, side) in [(bob, Side.sell), (alice, .buy)] {
        let events = world.run(
          .placeOrder(
            PlaceOrder(
              account: account, instrument: TestExchange.btcUsdt, clientOrderID: "", tag: "",
              side: side, type: .limit, price: Price(ticks: 100), size: .base(Lots(100)),
              refuseShrinking: false)))
        trades += events.compactMap { if case .trade(let trade) = $0 { trade } else { nil } }
      }
      fees.append(trades.flatMap { [$0.makerFee.units, $0.takerFee.units] })
    }
    // 0.08 % of 10 000 quote units and 0.1 % of 100 000 base units; then 0 and 10 %.
    #expect(fees == [[8, 100], [0, 10_000]])
  }

  @Test func `who has nothing buys nothing, also where he would only meet his master`() throws {
    var (world, master, sub) = try family()
    world.fund(master, TestExchange.gold, 1000)
    func order(_ account: AccountID, _ side: Side, _ type: OrderType, _ price: Int64?) -> Command {
      .placeOrder(
        PlaceOrder(
          account: account, instrument: TestExchange.goldUsdt, clientOrderID: "", tag: "",
          side: side, type: type, price: price.flatMap(Price.init(ticks:)),
          size: .base(Lots(10)), refuseShrinking: false, selfTrade: .cancelBoth))
    }
    world.run(order(master, .sell, .limit, 100))
    // 10 lots at 100 ticks of 0.21 units come to 210.
    let poor = Refusal.insufficientBalance(
      asset: TestExchange.usdt, needed: Amount(units: 210), available: Amount(units: 0))
    #expect(world.refusal(order(sub, .buy, .market, nil)) == poor)
    // The same once he has had money and has none left.
    world.run(transfer(master, sub, 5))
    world.run(
      .transfer(
        account: sub, asset: TestExchange.usdt, amount: Amount(units: 5), from: .funding,
        to: .trading))
    world.run(
      .transfer(
        account: sub, asset: TestExchange.usdt, amount: Amount(units: 5), from: .trading,
        to: .funding))
    #expect(world.refusal(order(sub, .buy, .market, nil)) == poor)
  }
}
