import Algos
import Engine
import JSON
import MarketData
import Money
import Structures
import Views

/// Orders that wait for a price or are worked off in slices. See OKX v5, "Algo trading".
enum AlgoEndpoints {
  /// Algo orders that one request cancels.
  static let cancelLimit = 10

  static let all: [Endpoint] = [
    .act("trade/order-algo", .trade, .account(20)) { frontend, call throws(Rejection) in
      try await frontend.placeAlgo(call)
    },
    .act("trade/cancel-algos", .trade, .account(20), .list(cancelLimit), cancel),
    // The advanced kinds had an address of their own once; clients still have it.
    .act("trade/cancel-advance-algos", .trade, .account(20), .list(cancelLimit), cancel),
    .act("trade/amend-algos", .trade, .account(20)) { frontend, call throws(Rejection) in
      try await frontend.amendAlgo(call)
    },
    .ask("trade/order-algo", .account(20), details),
    .ask("trade/orders-algo-pending", .account(20), pending),
    .ask("trade/orders-algo-history", .account(20), history),
  ]

  private static let cancel: Endpoint.Handler = { frontend, call throws(Rejection) in
    try await frontend.cancelAlgos(call)
  }

  private static let details: Endpoint.Handler = { frontend, call throws(Rejection) in
    guard let name = try name(in: call.parameters) else {
      throw Rejection(.eitherParameterNeeded, "Either parameter algoId or algoClOrdId is required.")
    }
    let account = call.account
    let open = try await frontend.read { ShownAlgo.find(name, of: account, in: $0) }
    if let open { return Answer(try await rows([open], frontend, call)) }
    let ended = try await frontend.history { views async throws(ViewsError) in
      try await views.algo(name, of: account)
    }
    guard let ended else { throw Rejection(.orderUnknown, "Order does not exist") }
    return Answer(try await rows([ShownAlgo(ended)], frontend, call))
  }

  private static let pending: Endpoint.Handler = { frontend, call throws(Rejection) in
    let filter = try filter(call)
    guard try isOurs(call) else { return Answer([]) }
    let after = try call.parameters.number("after").map { AlgoID(UInt64($0)) }
    let before = try call.parameters.number("before").map { AlgoID(UInt64($0)) }
    let limit = try call.parameters.limit()
    let account = call.account
    let page = try await frontend.read { exchange in
      var page: [ShownAlgo] = []
      for algo in exchange.openAlgos(of: account).reversed() where filter.admits(algo) {
        guard page.count < limit else { break }
        if let after, algo.id >= after { continue }
        if let before, algo.id <= before { break }
        page.append(ShownAlgo(algo, in: exchange))
      }
      return page
    }
    return Answer(try await rows(page, frontend, call))
  }

  private static let history: Endpoint.Handler = { frontend, call throws(Rejection) in
    var filter = try filter(call)
    guard try isOurs(call) else { return Answer([]) }
    switch call.parameters.text("state") {
    case nil:
      guard filter.id != nil else {
        throw Rejection(.eitherParameterNeeded, "Either parameter state or algoId is required.")
      }
    case "effective": filter.state = .effective
    case "canceled": filter.state = .canceled
    case "order_failed": filter.state = .orderFailed
    case "partially_failed": filter.state = .partiallyFailed
    default:
      throw Rejection(
        .parameterInvalid, name: "state", problem: "must be effective, canceled or order_failed")
    }
    let page = try TradeEndpoints.page(call, days: 90)
    let wanted = filter
    let ended = try await frontend.history { views async throws(ViewsError) in
      try await views.finishedAlgos(of: call.account, wanted, page: page)
    }
    return Answer(try await rows(ended.map { ShownAlgo($0) }, frontend, call))
  }

  // MARK: Reading and printing

  /// The algo order that a request names; the exchange's id wins over the client's.
  static func name(in parameters: Parameters) throws(Rejection) -> AlgoName? {
    if let text = parameters.text("algoId") {
      guard let number = UInt64(text) else {
        throw Rejection(.parameterInvalid, name: "algoId", problem: "must be a number")
      }
      return .id(AlgoID(number))
    }
    let name = try OrderRequest.identifier("algoClOrdId", in: parameters)
    return name.isEmpty ? nil : .client(name)
  }

  private static func isOurs(_ call: Call) throws(Rejection) -> Bool {
    if call.parameters.text("instType") == nil { return true }
    return try PublicEndpoints.isSpot(call.parameters)
  }

  private static func filter(_ call: Call) throws(Rejection) -> Views.AlgoFilter {
    var filter = Views.AlgoFilter(types: [])
    for text in try call.parameters.required("ordType").split(separator: ",") {
      // Kinds that OKX has and we have not: nothing of them is ever there.
      if ["chase", "smart_iceberg"].contains(text) { continue }
      guard let type = AlgoType(text: text) else {
        throw Rejection(.parameterInvalid, name: "ordType", problem: "unknown: \(text)")
      }
      filter.types.append(type)
    }
    if call.parameters.text("instId") != nil {
      filter.instrument = try call.catalog.market(in: call.parameters).id
    }
    if case .id(let id)? = try name(in: call.parameters) { filter.id = id }
    return filter
  }

  private static func rows(
    _ algos: [ShownAlgo], _ frontend: Frontend, _ call: Call
  ) async throws(Rejection) -> [JSON] {
    let printer = AlgoRow(catalog: call.catalog)
    var rows: [JSON] = []
    for shown in algos {
      let id = InstrumentID(shown.record.algo.market)
      guard let market = call.catalog.market(id) else { continue }
      let last = await frontend.hub.market(id)?.lastTrade?.price
      rows.append(
        printer.row(
          shown.record, market: market, trailingTrigger: shown.trailingTrigger, last: last
        ).json)
    }
    return rows
  }
}

/// An algo order with where it would fire now, if it follows the price.
private struct ShownAlgo: Sendable {
  var record: AlgoRecord
  var trailingTrigger: Price?

  /// One that has ended.
  init(_ record: AlgoRecord) { self.record = record }

  /// One that is open.
  init(_ algo: Algo, in exchange: borrowing Exchange) {
    record = AlgoRecord(algo: algo)
    trailingTrigger = exchange.trailingTrigger(of: algo.id)
  }

  static func find(
    _ name: AlgoName, of account: AccountID, in exchange: borrowing Exchange
  ) -> ShownAlgo? {
    let algo: Algo?
    switch name {
    case .id(let id): algo = exchange.algo(.id(id), of: account)
    case .client(let text): algo = exchange.algo(.client(text), of: account)
    }
    return algo.map { ShownAlgo($0, in: exchange) }
  }
}

extension Views.AlgoFilter {
  /// Whether an open algo order is one of those that are wanted. Attached ones are shown with
  /// their orders.
  fileprivate func admits(_ algo: Algo) -> Bool {
    if let instrument, instrument.raw != algo.market { return false }
    if let id, id != algo.id { return false }
    return algo.state != .attached && types.contains(AlgoType(algo.plan))
  }
}

extension AlgoType {
  init?(text: some StringProtocol) {
    switch text {
    case "conditional": self = .conditional
    case "oco": self = .oco
    case "trigger": self = .trigger
    case "move_order_stop": self = .trailing
    case "iceberg": self = .iceberg
    case "twap": self = .twap
    default: return nil
    }
  }
}
