import Algos
import Engine
import JSON
import Journal
import Money
import Structures
import Views

/// Placing, cancelling and amending algo orders.
extension Frontend {
  /// Places the algo order that the request describes.
  func placeAlgo(_ call: Call) async throws(Rejection) -> Answer {
    let item = call.parameters
    return try await act([item], call, .place) { item throws(Rejection) in
      let market = try call.catalog.market(in: item)
      let request = AlgoRequest(catalog: call.catalog, market: market)
      return (.placeAlgo(try request.placement(item, account: call.account)), market)
    }
  }

  /// Cancels algo orders.
  func cancelAlgos(_ call: Call) async throws(Rejection) -> Answer {
    try await act(call.items, call, .cancel) { item throws(Rejection) in
      let market = try call.catalog.market(in: item)
      return (
        .cancelAlgo(account: call.account, algo: try Self.reference(item)), market
      )
    }
  }

  /// Amends one algo order.
  func amendAlgo(_ call: Call) async throws(Rejection) -> Answer {
    try await act([call.parameters], call, .amend) { item throws(Rejection) in
      let market = try call.catalog.market(in: item)
      let request = AlgoRequest(catalog: call.catalog, market: market)
      let amendment = AmendAlgo(
        account: call.account, algo: try Self.reference(item),
        requestID: try OrderRequest.identifier("reqId", in: item),
        amendment: try request.amendment(item),
        cancelOnFailure: try item.flag("cxlOnFail") ?? false)
      return (.amendAlgo(amendment), market)
    }
  }

  private static func reference(_ item: Parameters) throws(Rejection) -> AlgoReference {
    switch try AlgoEndpoints.name(in: item) {
    case .id(let id)?: return .id(id)
    case .client(let name)?: return .client(name)
    case nil:
      throw Rejection(.eitherParameterNeeded, "Either parameter algoId or algoClOrdId is required.")
    }
  }

  private typealias Reading = (Parameters) throws(Rejection) -> (Command, MarketSpec)

  private func act(
    _ items: [Parameters], _ call: Call, _ attempt: Attempt, _ read: Reading
  ) async throws(Rejection) -> Answer {
    guard !items.isEmpty else { throw Rejection(.parameterEmpty, name: "args") }
    var outcomes = items.map { RowOutcome<Algo>($0, read) }
    try await carryOut(&outcomes) { $0.take($1, attempt, catalog: call.catalog) }
    return Answer(outcomes, isTimed: false) { $0.row(attempt) }
  }
}

extension RowOutcome<Algo> {
  fileprivate mutating func take(_ committed: Committed, _ attempt: Attempt, catalog: Catalog) {
    if let refusal = committed.refusal {
      rejection = RefusalTable(catalog: catalog).rejection(
        for: refusal, in: attempt, market: market, side: side)
      return
    }
    for case .algo(let algo, _) in committed.events where isOwn(algo, attempt) {
      subject = algo
      return
    }
  }

  /// One command can move other algo orders too: what it places may trade.
  private func isOwn(_ algo: Algo, _ attempt: Attempt) -> Bool {
    if attempt == .place { return true }
    if let id = item.text("algoId") { return String(algo.id.raw) == id }
    return algo.clientID.description == item.text("algoClOrdId")
  }

  private var side: Algo.Side? {
    switch item.text("side") {
    case "buy": .buy
    case "sell": .sell
    default: nil
    }
  }

  fileprivate func row(_ attempt: Attempt) -> JSON {
    var row = Row()
    let name = subject?.clientID.description ?? item.text("algoClOrdId") ?? ""
    row.set("algoId", subject.map { String($0.id.raw) } ?? item.text("algoId") ?? "")
    row.set("algoClOrdId", name)
    if attempt == .amend {
      row.set("reqId", item.text("reqId") ?? "")
    } else {
      row.set("clOrdId", name)
      row.set("tag", subject?.tag.description ?? item.text("tag") ?? "")
    }
    row.set("sCode", rejection.map { String($0.code.rawValue) } ?? "0")
    row.set("sMsg", rejection?.message ?? "")
    return row.json
  }
}

extension AlgoRequest {
  /// The algo order to place for `account`.
  func placement(
    _ parameters: Parameters, account: AccountID
  ) throws(Rejection) -> PlaceAlgo {
    try checkMode(parameters)
    guard let side = Side(text: try parameters.required("side")) else {
      throw Rejection(.parameterInvalid, name: "side", problem: "must be buy or sell")
    }
    let plan = try plan(parameters)
    // Some clients give their name for it as clOrdId only.
    let given = try OrderRequest.identifier("algoClOrdId", in: parameters)
    let name = given.isEmpty ? try OrderRequest.identifier("clOrdId", in: parameters) : given
    return PlaceAlgo(
      account: account, instrument: market.id, clientID: name,
      tag: try OrderRequest.tag(in: parameters), side: side,
      size: try size(parameters, side: side, plan: plan), plan: plan)
  }

  /// ccxt names a margin mode with every conditional order; a spot account borrows nothing all the
  /// same.
  private func checkMode(_ parameters: Parameters) throws(Rejection) {
    switch try parameters.required("tdMode") {
    case "cash", "cross": break
    case "isolated", "spot_isolated":
      throw Rejection(
        .notInAccountMode, "You can't complete this request under your current account mode.")
    default: throw Rejection(.parameterInvalid, name: "tdMode", problem: "must be cash")
    }
    if try parameters.flag("reduceOnly") == true {
      throw Rejection(.reduceOnlyNotForSpot, "Reduce-only is not available for spot.")
    }
  }
}
