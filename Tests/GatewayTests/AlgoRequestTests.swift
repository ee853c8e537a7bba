import Algos
import Engine
import JSON
import Money
import Testing

@testable import Gateway

@Suite struct AlgoRequestTests {
  private let request: AlgoRequest

  init() throws {
    let catalog = Catalog(.gatewaySample)
    request = AlgoRequest(
      catalog: catalog, market: try #require(catalog.market(symbol: "BTC-USDT")))
  }

  private static func parameters(_ text: String) throws -> Parameters {
    guard case .object(let members) = try JSON(parsing: text) else { throw SessionOver() }
    return Parameters(members)
  }

  private static func price(_ ticks: Int64) -> Price {
    guard let price = Price(ticks: ticks) else { preconditionFailure("ticks are positive") }
    return price
  }

  private static let profit = TriggerLeg(trigger: price(600_000), order: .market)
  private static let loss = TriggerLeg(trigger: price(400_000), order: .limit(price(399_000)))

  @Test(arguments: [
    (
      #"{"ordType":"conditional","tpTriggerPx":"60000","tpOrdPx":"-1","tpTriggerPxType":"last"}"#,
      AlgoPlan.conditional(takeProfit: profit, stopLoss: nil)
    ),
    (
      #"{"ordType":"conditional","slTriggerPx":"40000","slOrdPx":39900,"tpTriggerPx":""}"#,
      .conditional(takeProfit: nil, stopLoss: loss)
    ),
    (
      #"{"ordType":"oco","tpTriggerPx":"60000","tpOrdPx":"-1","slTriggerPx":"40000","slOrdPx":"39900"}"#,
      .oco(takeProfit: profit, stopLoss: loss)
    ),
    (
      #"{"ordType":"trigger","triggerPx":"60000","orderPx":"-1","advanceOrdType":""}"#,
      .trigger(profit, execution: .normal)
    ),
    (
      #"{"ordType":"trigger","triggerPx":"40000","orderPx":"39900","advanceOrdType":"ioc"}"#,
      .trigger(loss, execution: .ioc)
    ),
    (
      #"{"ordType":"move_order_stop","callbackRatio":"0.05","activePx":"60000"}"#,
      .trailing(callback: .ratio(millionths: 50_000), active: price(600_000))
    ),
    (
      #"{"ordType":"move_order_stop","callbackSpread":"100"}"#,
      .trailing(callback: .spread(ticks: 1000), active: nil)
    ),
    (
      #"{"ordType":"iceberg","pxVar":"0.001","szLimit":"0.1","pxLimit":"60000"}"#,
      .iceberg(
        Slicing(slice: Lots(10_000), distance: .ratio(millionths: 1000), limit: price(600_000)))
    ),
    (
      #"{"ordType":"twap","pxSpread":"5","szLimit":"0.1","pxLimit":"60000","timeInterval":"10"}"#,
      .twap(
        Slicing(slice: Lots(10_000), distance: .spread(ticks: 50), limit: price(600_000)),
        intervalMilliseconds: 10_000)
    ),
  ])
  func `each kind of algo order is read`(text: String, plan: AlgoPlan) throws {
    #expect(try request.plan(Self.parameters(text)) == plan)
  }

  @Test(arguments: [
    (#"{}"#, ErrorCode.parameterEmpty, "ordType"),
    (#"{"ordType":"chase"}"#, .parameterInvalid, "ordType"),
    (#"{"ordType":"conditional"}"#, .parameterEmpty, "slTriggerPx"),
    (
      #"{"ordType":"conditional","tpTriggerPx":"1","tpOrdPx":"-1","slTriggerPx":"1","slOrdPx":"-1"}"#,
      .parameterInvalid, "oco has both"
    ),
    (#"{"ordType":"conditional","tpTriggerPx":"60000"}"#, .parameterEmpty, "tpOrdPx"),
    (#"{"ordType":"conditional","slOrdPx":"-1"}"#, .parameterEmpty, "slTriggerPx"),
    (#"{"ordType":"oco","tpTriggerPx":"1","tpOrdPx":"-1"}"#, .parameterEmpty, "slTriggerPx"),
    (
      #"{"ordType":"conditional","tpTriggerPx":"1","tpOrdPx":"-1","tpTriggerPxType":"mark"}"#,
      .parameterInvalid, "only last"
    ),
    (
      #"{"ordType":"trigger","triggerPx":"60000.05","orderPx":"-1"}"#, .tooManyDecimals, "tick"
    ),
    (#"{"ordType":"trigger","triggerPx":"60000"}"#, .parameterEmpty, "orderPx"),
    (
      #"{"ordType":"trigger","triggerPx":"1","orderPx":"-1","advanceOrdType":"post_only"}"#,
      .parameterInvalid, "fok or ioc"
    ),
    (#"{"ordType":"move_order_stop"}"#, .eitherParameterNeeded, "callbackSpread"),
    (
      #"{"ordType":"move_order_stop","callbackRatio":"0.1","callbackSpread":"1"}"#,
      .parametersExclude, "callbackSpread"
    ),
    (
      #"{"ordType":"twap","pxVar":"0.01","szLimit":"1","pxLimit":"1"}"#, .parameterEmpty,
      "timeInterval"
    ),
    (#"{"ordType":"iceberg","pxVar":"x","szLimit":"1","pxLimit":"1"}"#, .parameterInvalid, "pxVar"),
  ])
  func `what is wrong with an algo order is said by name`(
    text: String, code: ErrorCode, part: String
  ) throws {
    let parameters = try Self.parameters(text)
    let rejection = try #require(throws: Rejection.self) { try request.plan(parameters) }
    #expect(rejection.code == code && rejection.message.contains(part), "\(rejection.message)")
  }

  @Test(arguments: [
    (#"{"sz":"500"}"#, Side.buy, AlgoPlan.conditional(takeProfit: profit, stopLoss: nil), true),
    (
      #"{"sz":"500","tgtCcy":"base_ccy"}"#, .buy, .conditional(takeProfit: profit, stopLoss: nil),
      false
    ),
    (#"{"sz":"500"}"#, .sell, .conditional(takeProfit: profit, stopLoss: nil), false),
    (#"{"sz":"500"}"#, .buy, .oco(takeProfit: profit, stopLoss: loss), false),
    (#"{"sz":"500"}"#, .buy, .trigger(profit, execution: .normal), false),
    (#"{"sz":"500","tgtCcy":"quote_ccy"}"#, .buy, .trigger(profit, execution: .normal), true),
  ])
  func `a market buy that waits is for quote units by default`(
    text: String, side: Side, plan: AlgoPlan, isQuote: Bool
  ) throws {
    let size = try request.size(Self.parameters(text), side: side, plan: plan)
    #expect(
      size == (isQuote ? .quote(Amount(units: 500_000_000)) : .base(Lots(50_000_000))))
  }

  @Test func `an amendment keeps, changes and removes`() throws {
    let amendment = try request.amendment(
      Self.parameters(
        #"{"newSz":"2","newTpTriggerPx":"0","newSlTriggerPx":"40000","newSlOrdPx":"-1"}"#))
    #expect(
      amendment
        == AlgoAmendment(
          size: Lots(200_000), takeProfit: .remove,
          stopLoss: .change(trigger: Self.price(400_000), order: .market)))
    let trigger = try request.amendment(
      Self.parameters(#"{"newTriggerPx":"60000","newOrdPx":"-1","newTriggerPxType":"last"}"#))
    #expect(trigger == AlgoAmendment(trigger: Self.price(600_000), order: .market))
  }
}
