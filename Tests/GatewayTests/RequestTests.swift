import Bitcoin
import Engine
import JSON
import Money
import Risk
import Structures
import Testing

@testable import Gateway

@Suite struct RequestTests {
  @Test func `the largest numbers are only numbers`() async throws {
    try await LocalExchange.run { exchange in
      let largest = String(Int64.max)
      for target in [
        "asset/bills?before=", "asset/bills?after=", "account/bills?begin=", "account/bills?end=",
        "asset/withdrawal-history?before=", "asset/deposit-history?after=",
        "trade/orders-pending?before=", "trade/fills?after=",
        "market/candles?instId=BTC-USDT&before=", "market/history-trades?instId=BTC-USDT&after=",
      ] {
        let reply = try await exchange.get(target + largest, as: exchange.alice)
        #expect(reply.code == "0", "\(target)")
      }
    }
  }

  private let market: MarketSpec

  init() throws {
    let catalog = Catalog(.gatewaySample)
    market = try #require(catalog.market(symbol: "BTC-USDT"))
  }

  @Test func `blank, null and missing are the same, and numbers pass for text`() throws {
    let json = try JSON(
      parsing: #"{"a":"","b":null,"c":12.50,"d":true,"e":"x","f":"false","g":[]}"#)
    guard case .object(let members) = json else { throw SessionOver() }
    let parameters = Parameters(members)
    #expect(parameters.text("a") == nil && parameters.text("b") == nil)
    #expect(parameters.text("z") == nil && parameters.text("g") == nil)
    #expect(parameters.text("c") == "12.50" && parameters.text("e") == "x")
    #expect(try parameters.flag("d") == true && parameters.flag("f") == false)
    #expect(throws: Rejection.self) { try parameters.flag("e") }
    #expect(throws: Rejection.self) { try parameters.number("e") }
  }

  @Test func `a query is read with its escapes`() {
    let parameters = Parameters(query: "ccy=BTC%2CUSDT&x=a+b&y&z=%zz&e=")
    #expect(parameters.text("ccy") == "BTC,USDT" && parameters.text("x") == "a b")
    #expect(parameters.text("z") == "%zz" && parameters.text("e") == nil)
  }

  @Test(arguments: [
    ("50000", ErrorCode?.none, Int64(500_000)), ("0.1", nil, 1), ("50000.10", nil, 500_001),
    ("50000.05", .tooManyDecimals, 0), ("0.0000001", .tooManyDecimals, 0),
    ("0", .parameterInvalid, 0), ("-1", .parameterInvalid, 0), ("1e3", .parameterInvalid, 0),
    ("99999999999999999999", .parameterInvalid, 0),
  ])
  func `a price must be on a tick`(text: String, code: ErrorCode?, ticks: Int64) {
    do throws(Rejection) {
      let price = try market.price(text, name: "px")
      #expect(code == nil && price.ticks == ticks)
    } catch {
      #expect(error.code == code)
    }
  }

  @Test(arguments: [
    ("0.00001", ErrorCode?.none, Int64(1)), ("1.5", nil, 150_000),
    ("0.000015", .sizeNotOnLot, 0), ("0.000000001", .sizeNotOnLot, 0),
    ("0.000001", .belowMinimumSize, 0), ("0", .parameterInvalid, 0),
    (".5", .parameterInvalid, 0),
  ])
  func `a size must be whole lots`(text: String, code: ErrorCode?, lots: Int64) {
    do throws(Rejection) {
      let size = try market.size(text, name: "sz")
      #expect(code == nil && size.count == lots)
    } catch {
      #expect(error.code == code)
    }
  }

  @Test(arguments: [
    (Int64(10_000_000_000), Int64(20_000), "50000"), (100_000_000, 30_000, "333.33333333333333"),
    (0, 0, ""), (Int64.max, 1, "922337203685477580.7"),
  ])
  func `an average is as exact as it can be`(quote: Int64, lots: Int64, text: String) {
    #expect(market.averageText(quote: Amount(units: quote), filled: Lots(lots)) == text)
  }

  @Test(arguments: [
    (Refusal.duplicateClientOrderID, Attempt.place, 51016, 200),
    (.insufficientBalance(asset: AssetID(1), needed: .zero, available: .zero), .place, 51008, 200),
    (
      .insufficientBalance(asset: AssetID(1), needed: .zero, available: .zero), .withdraw, 58350,
      200
    ),
    (.unknownOrder, .cancel, 51400, 200), (.unknownOrder, .amend, 51503, 200),
    (.noLiquidity, .place, 51109, 200), (.nothingToAmend, .amend, 51500, 200),
    (.sizeBelowMinimum(minimum: Lots(1)), .place, 51020, 200),
    (.amountNotPositive, .transfer, 58114, 400), (.unknownAddressEntry, .withdraw, 58207, 200),
    (.notConfigured, .other, 50001, 503),
  ])
  func `a refusal has its code and status`(
    refusal: Refusal, attempt: Attempt, code: Int, status: Int
  ) {
    let rejection = RefusalTable(catalog: Catalog(.gatewaySample)).rejection(
      for: refusal, in: attempt, market: market)
    #expect(rejection.code.rawValue == code && rejection.status == status)
    #expect(!rejection.message.isEmpty)
  }

  @Test func `a risk refusal tells what was measured and the limit`() {
    let decision = RiskDecision(
      outcome: .refuse, releaseAt: nil,
      hits: [
        RiskHit(
          rule: .customerDay, outcome: .refuse, measured: 250_000_000, limit: 200_000_000,
          releaseAt: nil)
      ])
    let rejection = RefusalTable(catalog: Catalog(.gatewaySample)).rejection(
      for: .riskRefused(decision), in: .withdraw, asset: AssetID(1))
    #expect(rejection.code == .withdrawalLimit)
    #expect(rejection.message.contains("2.5 BTC") && rejection.message.contains("2 BTC"))
  }

  @Test(arguments: [
    ("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", Int64(294)),
    ("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", 546), ("2NBFNJTktNa7GZusGbDbGKRZTxdK9VVez3n", 540),
  ])
  func `dust is what Bitcoin Core calls dust`(address: String, satoshi: Int64) throws {
    #expect(try BitcoinDestination(network: .regtest).dustLimit(of: address) == satoshi)
  }

  @Test(arguments: [
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
    "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081", "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfm", "x",
  ])
  func `another network's address and a damaged one are refused`(address: String) {
    #expect(throws: Rejection.self) {
      try BitcoinDestination(network: .regtest).script(of: address)
    }
  }
}
