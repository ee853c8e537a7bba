import Engine
import Money
import Structures
import Testing

/// What each type of order does, in a trader's words. "bob 2 @ 100" is a trade with bob; numbers
/// after "canceled" are OKX's `cancelSource`.
@Suite struct OrderTypeTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var given: [String]
    var when: String
    var then: [String]
    var book: String

    var testDescription: String { "\(given.joined(separator: "; ")) | \(when)" }

    init(_ given: [String], when: String, then: [String], book: String) {
      self.given = given
      self.when = when
      self.then = then
      self.book = book
    }
  }

  static let asks = [
    "bob sell limit 2 @ 100", "carol sell limit 3 @ 101", "bob sell limit 5 @ 103",
  ]
  static let bids = ["bob buy limit 2 @ 99", "carol buy limit 3 @ 98", "bob buy limit 5 @ 96"]

  static let rows: [Row] = [
    // limit
    Row([], when: "alice buy limit 4 @ 99", then: [], book: "bids 4 @ 99; asks "),
    Row(
      asks, when: "alice buy limit 4 @ 101",
      then: ["bob 2 @ 100", "bob filled", "carol 2 @ 101", "alice filled"],
      book: "bids ; asks 1 @ 101, 5 @ 103"),
    Row(
      asks, when: "alice buy limit 9 @ 102",
      then: ["bob 2 @ 100", "bob filled", "carol 3 @ 101", "carol filled"],
      book: "bids 4 @ 102; asks 5 @ 103"),
    Row(
      bids, when: "alice sell limit 3 @ 98",
      then: ["bob 2 @ 99", "bob filled", "carol 1 @ 98", "alice filled"],
      book: "bids 2 @ 98, 5 @ 96; asks "),
    Row(
      ["bob sell limit 1 @ 100", "carol sell limit 1 @ 100"], when: "alice buy limit 1 @ 100",
      then: ["bob 1 @ 100", "bob filled", "alice filled"], book: "bids ; asks 1 @ 100"),
    // post_only
    Row(
      asks, when: "alice buy post_only 1 @ 99", then: [],
      book: "bids 1 @ 99; asks 2 @ 100, 3 @ 101, 5 @ 103"),
    Row(
      asks, when: "alice buy post_only 1 @ 100", then: ["alice canceled 31"],
      book: "bids ; asks 2 @ 100, 3 @ 101, 5 @ 103"),
    // ioc
    Row(
      asks, when: "alice buy ioc 4 @ 100",
      then: ["bob 2 @ 100", "bob filled", "alice canceled 14"],
      book: "bids ; asks 3 @ 101, 5 @ 103"),
    Row(
      asks, when: "alice buy ioc 4 @ 99", then: ["alice canceled 14"],
      book: "bids ; asks 2 @ 100, 3 @ 101, 5 @ 103"),
    // fok
    Row(
      asks, when: "alice buy fok 5 @ 101",
      then: ["bob 2 @ 100", "bob filled", "carol 3 @ 101", "carol filled", "alice filled"],
      book: "bids ; asks 5 @ 103"),
    Row(
      asks, when: "alice buy fok 6 @ 101", then: ["alice canceled 13"],
      book: "bids ; asks 2 @ 100, 3 @ 101, 5 @ 103"),
    // market
    Row(
      asks, when: "alice buy market 4",
      then: ["bob 2 @ 100", "bob filled", "carol 2 @ 101", "alice filled"],
      book: "bids ; asks 1 @ 101, 5 @ 103"),
    Row(
      asks, when: "alice buy market 301 usdt",
      then: ["bob 2 @ 100", "bob filled", "carol 1 @ 101", "alice filled"],
      book: "bids ; asks 2 @ 101, 5 @ 103"),
    Row(
      asks, when: "alice buy market 399 usdt",
      then: ["bob 2 @ 100", "bob filled", "carol 1 @ 101", "alice filled"],
      book: "bids ; asks 2 @ 101, 5 @ 103"),
    Row(
      asks, when: "alice buy market 99 usdt", then: ["refused: sizeBelowMinimum"],
      book: "bids ; asks 2 @ 100, 3 @ 101, 5 @ 103"),
    Row(
      ["bob sell limit 2 @ 100"], when: "alice buy market 900 usdt",
      then: ["bob 2 @ 100", "bob filled", "alice canceled 14"], book: "bids ; asks "),
    Row(
      bids, when: "alice sell market 12",
      then: [
        "bob 2 @ 99", "bob filled", "carol 3 @ 98", "carol filled", "bob 5 @ 96", "bob filled",
        "alice canceled 14",
      ], book: "bids ; asks "),
    Row([], when: "alice buy market 4", then: ["refused: noLiquidity"], book: "bids ; asks "),
    Row([], when: "alice sell market 4", then: ["refused: noLiquidity"], book: "bids ; asks "),
    // market orders shrink to the balance: alice has 1000 lots and 1 000 000 units
    Row(
      ["bob buy limit 2000 @ 10"], when: "alice sell market 1500",
      then: ["bob 1000 @ 10", "alice filled"], book: "bids 1000 @ 10; asks "),
    Row(
      ["bob buy limit 2000 @ 10"], when: "alice sell market 1500 exactly",
      then: ["refused: insufficientBalance"], book: "bids 2000 @ 10; asks "),
    Row(
      ["bob sell limit 20 @ 100000"], when: "alice buy market 15",
      then: ["bob 10 @ 100000", "alice filled"], book: "bids ; asks 10 @ 100000"),
    Row(
      ["bob sell limit 20 @ 100000"], when: "alice buy market 15 exactly",
      then: ["refused: insufficientBalance"], book: "bids ; asks 20 @ 100000"),
    Row(
      ["bob sell limit 20 @ 100000"], when: "alice buy limit 11 @ 100000",
      then: ["refused: insufficientBalance"], book: "bids ; asks 20 @ 100000"),
    // self trade: the maker goes
    Row(
      ["alice sell limit 2 @ 100", "bob sell limit 3 @ 101"], when: "alice buy limit 3 @ 101",
      then: ["alice canceled 32", "bob 3 @ 101", "bob filled", "alice filled"],
      book: "bids ; asks "),
    Row(
      ["alice sell limit 2 @ 100"], when: "alice buy market 2", then: ["refused: noLiquidity"],
      book: "bids ; asks 2 @ 100"),
    Row(
      ["alice sell limit 2 @ 100", "bob sell limit 1 @ 100"], when: "alice buy fok 2 @ 100",
      then: ["alice canceled 13"], book: "bids ; asks 3 @ 100"),
    // cancel
    Row(
      ["alice buy limit 2 @ 90"], when: "alice cancel 1", then: ["alice canceled 1"],
      book: "bids ; asks "),
    Row([], when: "alice cancel 1", then: ["refused: unknownOrder"], book: "bids ; asks "),
    Row(
      ["alice buy limit 2 @ 90", "alice cancel 1"], when: "alice cancel 1",
      then: ["refused: unknownOrder"], book: "bids ; asks "),
    // amend
    Row(
      ["alice buy limit 5 @ 90"], when: "alice amend 1 to 2 @ 91", then: [],
      book: "bids 2 @ 91; asks "),
    Row(
      ["alice buy limit 5 @ 90", "bob sell limit 2 @ 95"], when: "alice amend 1 to 5 @ 95",
      then: ["bob 2 @ 95", "bob filled"], book: "bids 3 @ 95; asks "),
    Row(
      ["alice buy limit 5 @ 90", "bob sell limit 2 @ 90"], when: "alice amend 1 to 2",
      then: ["alice filled"], book: "bids ; asks "),
    Row(
      ["alice buy limit 5 @ 90", "bob sell limit 2 @ 90"], when: "alice amend 1 to 1",
      then: ["refused: amendBelowFilled"], book: "bids 3 @ 90; asks "),
    Row(
      ["alice buy limit 5 @ 90"], when: "alice amend 1 to 5", then: ["refused: nothingToAmend"],
      book: "bids 5 @ 90; asks "),
    Row(
      ["bob sell limit 1 @ 95", "alice buy post_only 5 @ 90"], when: "alice amend 1 to 5 @ 95",
      then: ["refused: amendWouldTake"], book: "bids 5 @ 90; asks 1 @ 95"),
  ]

  @Test(arguments: rows)
  func `an order does what its type says`(row: Row) throws {
    var desk = OrderDesk()
    for sentence in row.given { _ = try desk.say(sentence) }
    #expect(try desk.say(row.when) == row.then)
    #expect(desk.book == row.book)
  }

  @Test(arguments: [
    // (what bob does to his order, who is then first at 100)
    (change: "bob amend 1 to 2", first: "bob 1 @ 100"),
    (change: "bob amend 1 to 4", first: "carol 1 @ 100"),
    (change: "bob amend 1 to 3 @ 99", first: "bob 1 @ 99"),
  ])
  func `an order keeps its place only when it shrinks`(change: String, first: String) throws {
    var desk = OrderDesk()
    _ = try desk.say("bob sell limit 3 @ 100")
    _ = try desk.say("carol sell limit 3 @ 100")
    _ = try desk.say(change)
    #expect(try desk.say("alice buy ioc 1 @ 100").first == first)
  }

  @Test func `fees are taken from what is received, rounded up, and go to the house`() throws {
    var desk = OrderDesk()
    _ = try desk.say("bob sell limit 2 @ 100")
    _ = try desk.say("alice buy limit 2 @ 100")
    let alice = try #require(desk.world.exchange.accountID(name: "alice"))
    let bob = try #require(desk.world.exchange.accountID(name: "bob"))
    // alice, taker, gets 2 lots = 2000 units less 0.1 % of them; bob, maker, 200 units less 0.08 %.
    #expect(desk.world.available(alice, TestExchange.btc, .trading) == 1_000_000 + 2000 - 2)
    #expect(desk.world.available(alice, TestExchange.usdt, .trading) == 1_000_000 - 200)
    #expect(desk.world.available(bob, TestExchange.usdt, .trading) == 1_000_000 + 200 - 1)
    #expect(desk.world.available(bob, TestExchange.btc, .trading) == 1_000_000 - 2000)
    #expect(desk.world.exchange.owed(TestExchange.btc) == Amount(units: 3_000_000))
    #expect(desk.world.exchange.owedToCustomers(TestExchange.btc) == Amount(units: 2_999_998))
  }

  @Test func `a limit buy sets price times size aside and gets the improvement back`() throws {
    var desk = OrderDesk()
    _ = try desk.say("bob sell limit 2 @ 100")
    let alice = try #require(desk.world.exchange.accountID(name: "alice"))
    _ = try desk.say("alice buy limit 5 @ 110")
    #expect(desk.world.held(alice, TestExchange.usdt, .trading) == 3 * 110)
    #expect(desk.world.available(alice, TestExchange.usdt, .trading) == 1_000_000 - 200 - 330)
    _ = try desk.say("alice cancel 1")
    #expect(desk.world.held(alice, TestExchange.usdt, .trading) == 0)
    #expect(desk.world.available(alice, TestExchange.usdt, .trading) == 1_000_000 - 200)
  }

  @Test func `a client order id is taken while its order is open, and free afterwards`() throws {
    var desk = OrderDesk()
    let alice = try #require(desk.world.exchange.accountID(name: "alice"))
    let order = PlaceOrder(
      account: alice, instrument: TestExchange.btcUsdt, clientOrderID: "mine", tag: "",
      side: .buy, type: .limit, price: Price(ticks: 90), size: .base(Lots(1)),
      refuseShrinking: false)
    #expect(desk.world.refusal(.placeOrder(order)) == nil)
    #expect(desk.world.refusal(.placeOrder(order)) == .duplicateClientOrderID)
    desk.world.run(.cancelOrder(account: alice, order: .client("mine")))
    #expect(desk.world.refusal(.placeOrder(order)) == nil)
    #expect(desk.world.exchange.order(.client("mine"), of: alice)?.state == .live)
    #expect(desk.world.exchange.openOrders(of: alice).map(\.id) == [OrderID(1_000_001)])
  }

  @Test func `bad orders are refused with the limit they break`() throws {
    var desk = OrderDesk()
    let alice = try #require(desk.world.exchange.accountID(name: "alice"))
    let good = PlaceOrder(
      account: alice, instrument: TestExchange.btcUsdt, clientOrderID: "", tag: "", side: .buy,
      type: .limit, price: Price(ticks: 90), size: .base(Lots(1)), refuseShrinking: false)
    func bad(_ change: (inout PlaceOrder) -> Void) -> Command {
      var order = good
      change(&order)
      return .placeOrder(order)
    }
    let gold = TestExchange.goldUsdt
    let cases: [(Command, Refusal)] = [
      (bad { $0.account = AccountID(99) }, .unknownAccount),
      (bad { $0.account = AccountID(0) }, .unknownAccount),
      (bad { $0.instrument = InstrumentID(99) }, .unknownInstrument),
      (bad { $0.price = nil }, .priceMissing),
      (bad { $0.type = .market }, .priceNotAllowed),
      (bad { $0.size = .base(.zero) }, .sizeBelowMinimum(minimum: Lots(1))),
      (bad { $0.size = .base(Lots(-5)) }, .sizeBelowMinimum(minimum: Lots(1))),
      (
        bad {
          $0.instrument = gold
          $0.size = .base(Lots(1))
        }, .sizeBelowMinimum(minimum: Lots(2))
      ),
      (bad { $0.size = .base(Lots(1_000_001)) }, .sizeAboveMaximum(maximum: Lots(1_000_000))),
      (bad { $0.size = .base(Lots(.max)) }, .sizeAboveMaximum(maximum: Lots(1_000_000))),
      (bad { $0.price = Price(ticks: .max) }, .notionalTooLarge),
      (bad { $0.size = .quote(Amount(units: 5)) }, .quoteSizeNotAllowed),
      (
        bad {
          $0.side = .sell
          $0.type = .market
          $0.price = nil
          $0.size = .quote(Amount(units: 5))
        }, .quoteSizeNotAllowed
      ),
      (
        bad { $0.clientOrderID = "no-dashes" },
        .malformed(field: "clientOrderID", problem: "allowed are up to 32 letters and digits")
      ),
    ]
    for (command, refusal) in cases { #expect(desk.world.refusal(command) == refusal) }
  }
}
