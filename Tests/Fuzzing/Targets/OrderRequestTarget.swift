import Engine
@testable import Gateway
import JSON
import Structures

/// Bodies of requests that place, amend and cancel orders, and query strings.
enum OrderRequestTarget: FuzzTarget {
  static let seeds: [[UInt8]] = [
    #"{"instId":"BTC-USDT","tdMode":"cash","side":"buy","ordType":"limit","px":"20000.1","sz":"0.01","clOrdId":"a1","tag":"t"}"#,
    #"{"instId":"BTC-USDT","tdMode":"cash","side":"sell","ordType":"market","sz":"100","tgtCcy":"quote_ccy","stpMode":"cancel_both"}"#,
    #"{"instId":"BTC-USDT","ordId":"1000001","newSz":"2","newPx":"3","reqId":"r","cxlOnFail":true}"#,
    #"{"instId":"BTC-USDT","tdMode":"cash","side":"buy","ordType":"conditional","sz":"1","slTriggerPx":"1","slOrdPx":"-1"}"#,
    #"{"instId":"BTC-USDT","tdMode":"cash","side":"buy","ordType":"limit","px":"1","sz":"1","attachAlgoOrds":[{"tpTriggerPx":"2","tpOrdPx":"2"}]}"#,
    "instId=BTC-USDT&limit=10&after=%20&before=+1",
  ].map { Array($0.utf8) }

  private static let catalog = Catalog(Exchange.sample)

  static func check(_ input: [UInt8]) {
    let query = Parameters(query: input.text[...])
    _ = accepted { () throws(Rejection) in try query.limit() }
    _ = accepted { () throws(Rejection) in try query.time("after") }
    guard case .object(let members)? = try? JSON(parsing: input) else { return }
    let parameters = Parameters(members)
    let request = OrderRequest(catalog: catalog, account: AccountID(1))
    if let (order, market) = accepted({ () throws(Rejection) in try request.placement(parameters) })
    {
      require(order.account == AccountID(1), "an order is its sender's")
      require(order.instrument == market.id, "an order is on the market that it names")
      _ = accepted { () throws(Rejection) in try request.attached(parameters, to: market) }
    }
    _ = accepted { () throws(Rejection) in try request.amendment(parameters) }
    _ = accepted { () throws(Rejection) in try request.cancellation(parameters) }
    guard let market = catalog.markets.first else { return }
    let algo = AlgoRequest(catalog: catalog, market: market)
    _ = accepted { () throws(Rejection) in try algo.attachedPlan(parameters) }
  }
}
