import Engine
import Money
import Structures
import Views

/// Orders and fills.
enum TradeEndpoints {
  /// Orders in one request.
  static let batchLimit = 20
  private static let day: Int64 = 86_400_000

  static let all: [Endpoint] = [
    .act("trade/order", .trade, nil) { frontend, call throws(Rejection) in
      try await frontend.place([call.parameters], call)
    },
    .act("trade/batch-orders", .trade, nil, .list(batchLimit)) { frontend, call throws(Rejection) in
      try await frontend.place(call.items, call)
    },
    .act("trade/cancel-order", .trade, nil) { frontend, call throws(Rejection) in
      try await frontend.cancel([call.parameters], call)
    },
    .act("trade/cancel-batch-orders", .trade, nil, .list(batchLimit)) {
      frontend, call throws(Rejection) in
      try await frontend.cancel(call.items, call)
    },
    .act("trade/amend-order", .trade, nil) { frontend, call throws(Rejection) in
      try await frontend.amend([call.parameters], call)
    },
    .act("trade/amend-batch-orders", .trade, nil, .list(batchLimit)) {
      frontend, call throws(Rejection) in
      try await frontend.amend(call.items, call)
    },
    .ask("trade/order", .account(60), order),
    .ask("trade/orders-pending", .account(60), pending),
    .ask("trade/orders-history", .account(40)) { frontend, call throws(Rejection) in
      try await finished(frontend, call, days: 7)
    },
    .ask("trade/orders-history-archive", .account(20)) { frontend, call throws(Rejection) in
      try await finished(frontend, call, days: 90)
    },
    .ask("trade/fills", .account(60)) { frontend, call throws(Rejection) in
      try await fills(frontend, call, days: 3)
    },
    .ask("trade/fills-history", .account(10)) { frontend, call throws(Rejection) in
      _ = try call.parameters.required("instType")
      return try await fills(frontend, call, days: 90)
    },
  ]

  private static let order: Endpoint.Handler = { frontend, call throws(Rejection) in
    let market = try call.catalog.market(in: call.parameters)
    guard let reference = try OrderRequest.reference(in: call.parameters) else {
      throw Rejection(.orderNameMissing, "Either client order ID or order ID is required.")
    }
    let account = call.account
    let live = try await frontend.read { $0.order(reference, of: account) }
    let record: OrderRecord?
    if let live {
      record = try await frontend.withLastFills([live]).first
    } else {
      record = try await frontend.history { views async throws(ViewsError) in
        try await views.order(reference, of: account)
      }
    }
    guard let record, record.order.instrument == market.id else {
      throw Rejection(.orderUnknown, "Order does not exist")
    }
    return try await rows([record], frontend, call)
  }

  private static let pending: Endpoint.Handler = { frontend, call throws(Rejection) in
    guard try isOurs(call) else { return Answer([]) }
    let filter = try filter(call)
    let after = try call.parameters.number("after").map { OrderID(UInt64($0)) }
    let before = try call.parameters.number("before").map { OrderID(UInt64($0)) }
    let limit = try call.parameters.limit()
    let account = call.account
    let open = try await frontend.read { $0.openOrders(of: account) }
    let shown = open.filter { order in
      (filter.instrument.map { $0 == order.instrument } ?? true)
        && (filter.type.map { $0 == order.type } ?? true)
        && (filter.state.map { $0 == order.state } ?? true)
        && (after.map { order.id < $0 } ?? true) && (before.map { order.id > $0 } ?? true)
    }
    let page = shown.sorted { $0.id > $1.id }.prefix(limit)
    return try await rows(try await frontend.withLastFills(Array(page)), frontend, call)
  }

  private static func finished(
    _ frontend: Frontend, _ call: Call, days: Int64
  ) async throws(Rejection) -> Answer {
    _ = try call.parameters.required("instType")
    guard try isOurs(call) else { return Answer([]) }
    let filter = try filter(call)
    let page = try page(call, days: days)
    let records = try await frontend.history { views async throws(ViewsError) in
      try await views.finishedOrders(of: call.account, filter, page: page)
    }
    return try await rows(records, frontend, call)
  }

  private static func fills(
    _ frontend: Frontend, _ call: Call, days: Int64
  ) async throws(Rejection) -> Answer {
    guard try isOurs(call) else { return Answer([]) }
    let instrument = try filter(call).instrument
    let order = try call.parameters.number("ordId").map { OrderID(UInt64($0)) }
    let side: Side?
    switch call.parameters.text("subType") {
    case nil: side = nil
    case "1": side = .buy
    case "2": side = .sell
    default: return Answer([])
    }
    let page = try page(call, days: days)
    let records = try await frontend.history { views async throws(ViewsError) in
      try await views.fills(
        of: call.account, instrument: instrument, order: order, side: side, page: page)
    }
    return Answer(
      records.compactMap { record in
        call.catalog.market(record.instrument).map {
          OrderRow.fill(record, market: $0, catalog: call.catalog)
        }
      })
  }

  /// Whether rows of the named instrument type can exist here.
  private static func isOurs(_ call: Call) throws(Rejection) -> Bool {
    if call.parameters.text("instType") == nil { return true }
    return try PublicEndpoints.isSpot(call.parameters)
  }

  private static func filter(_ call: Call) throws(Rejection) -> Views.OrderFilter {
    var filter = Views.OrderFilter()
    if call.parameters.text("instId") != nil {
      filter.instrument = try call.catalog.market(in: call.parameters).id
    }
    if let text = call.parameters.text("ordType") {
      guard let type = OrderType(text: text) else {
        throw Rejection(.parameterInvalid, name: "ordType", problem: "unknown: \(text)")
      }
      filter.type = type
    }
    if let text = call.parameters.text("state") {
      guard let state = OrderState(text: text) else {
        throw Rejection(.parameterInvalid, name: "state", problem: "unknown: \(text)")
      }
      filter.state = state
    }
    return filter
  }

  /// The page that a request names, within the last `days`.
  static func page(_ call: Call, days: Int64, most: Int = 100) throws(Rejection) -> ViewPage {
    let oldest = call.now.advanced(byMilliseconds: -days * day)
    let begin = try call.parameters.time("begin").map { max($0, oldest) } ?? oldest
    return ViewPage(
      after: try call.parameters.number("after"), before: try call.parameters.number("before"),
      begin: begin, end: try call.parameters.time("end"),
      limit: try call.parameters.limit(most: most))
  }

  private static func rows(
    _ records: [OrderRecord], _ frontend: Frontend, _ call: Call
  ) async throws(Rejection) -> Answer {
    let ids = records.map(\.order.id)
    let attached = try await frontend.history { views async throws(ViewsError) in
      try await views.attachedAlgos(to: ids)
    }
    return Answer(
      records.compactMap { record in
        call.catalog.market(record.order.instrument).map {
          OrderRow.rest(
            record, attached: attached[record.order.id] ?? [], market: $0, catalog: call.catalog)
        }
      })
  }
}

extension Frontend {
  /// Returns `orders` with their last fills, in the same order.
  func withLastFills(_ orders: [Order]) async throws(Rejection) -> [OrderRecord] {
    let filled = orders.filter { $0.filled > .zero }.map(\.id)
    var fills: [OrderID: OrderRecord.LastFill] = [:]
    if !filled.isEmpty {
      fills = try await history { views async throws(ViewsError) in
        try await views.lastFills(of: filled)
      }
    }
    return orders.map { OrderRecord(order: $0, lastFill: fills[$0.id]) }
  }
}
