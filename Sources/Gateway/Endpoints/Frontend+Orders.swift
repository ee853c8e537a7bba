import Engine
import JSON
import Journal
import Money
import Structures

/// Placing, cancelling and amending, for HTTP and WebSocket alike.
extension Frontend {
  /// Places orders in their order, in one batch of the journal.
  func place(_ items: [Parameters], _ call: Call) async throws(Rejection) -> Answer {
    let request = OrderRequest(catalog: call.catalog, account: call.account)
    return try await perform(items, call, .place, bucket: "order") { item throws(Rejection) in
      let (order, market) = try request.placement(item)
      let attached = try request.attached(item, to: market)
      return (
        attached.isEmpty ? .placeOrder(order) : .placeOrderWithAlgos(order, attached: attached),
        market
      )
    }
  }

  /// Cancels orders.
  func cancel(_ items: [Parameters], _ call: Call) async throws(Rejection) -> Answer {
    let request = OrderRequest(catalog: call.catalog, account: call.account)
    return try await perform(items, call, .cancel, bucket: "cancel") { item throws(Rejection) in
      let (reference, market) = try request.cancellation(item)
      return (.cancelOrder(account: call.account, order: reference), market)
    }
  }

  /// Amends orders.
  func amend(_ items: [Parameters], _ call: Call) async throws(Rejection) -> Answer {
    let request = OrderRequest(catalog: call.catalog, account: call.account)
    return try await perform(items, call, .amend, bucket: "amend") { item throws(Rejection) in
      let (amendment, market) = try request.amendment(item)
      return (.amendOrder(amendment), market)
    }
  }

  private typealias Reading = (Parameters) throws(Rejection) -> (Command, MarketSpec)

  private func perform(
    _ items: [Parameters], _ call: Call, _ attempt: Attempt, bucket: String, _ read: Reading
  ) async throws(Rejection) -> Answer {
    guard !items.isEmpty else { throw Rejection(.parameterEmpty, name: "args") }
    if let expires = call.expires, attempt != .cancel, expires < call.now {
      throw Rejection(.expired, "The expTime of the request has passed.")
    }
    var outcomes = items.map { RowOutcome<Order>($0, read) }
    try limitOrders(outcomes, call, bucket: bucket)
    try await carryOut(&outcomes) { $0.take($1, attempt, catalog: call.catalog) }
    return Answer(outcomes, isTimed: true) { $0.row(attempt, now: call.now) }
  }

  /// OKX's limits: single orders 60, batches 300 orders in two seconds, for each instrument.
  private func limitOrders(
    _ outcomes: [RowOutcome<Order>], _ call: Call, bucket: String
  ) throws(Rejection) {
    var counts: [String: Int] = [:]
    for outcome in outcomes { counts[outcome.market?.symbol ?? "", default: 0] += 1 }
    let isSingle = outcomes.count == 1
    for (symbol, count) in counts {
      try limiter.take(
        count, of: .orders(isSingle ? 60 : 300), bucket: isSingle ? bucket : bucket + "-batch",
        subject: "\(call.account) \(symbol)", now: call.now.milliseconds)
    }
  }
}

extension RowOutcome<Order> {
  fileprivate mutating func take(_ committed: Committed, _ attempt: Attempt, catalog: Catalog) {
    if let refusal = committed.refusal {
      rejection = RefusalTable(catalog: catalog).rejection(
        for: refusal, in: attempt, market: market)
      return
    }
    for case .order(let order, let change) in committed.events where isOwn(order, change, attempt) {
      subject = order
      return
    }
  }

  private func isOwn(_ order: Order, _ change: OrderChange, _ attempt: Attempt) -> Bool {
    switch attempt {
    case .place: return change == .placed
    default:
      // An amendment that takes brings events of other orders too.
      if let id = item.text("ordId") { return String(order.id.raw) == id }
      return order.clientOrderID.description == item.text("clOrdId")
    }
  }

  fileprivate func row(_ attempt: Attempt, now: Timestamp) -> JSON {
    var row = Row()
    row.set("ordId", subject.map { String($0.id.raw) } ?? item.text("ordId") ?? "")
    row.set("clOrdId", subject?.clientOrderID.description ?? item.text("clOrdId") ?? "")
    if attempt == .place { row.set("tag", subject?.tag.description ?? item.text("tag") ?? "") }
    row.set("ts", (subject?.updatedAt ?? now).milliseconds)
    if attempt == .amend { row.set("reqId", item.text("reqId") ?? "") }
    row.set("sCode", rejection.map { String($0.code.rawValue) } ?? "0")
    row.set("sMsg", rejection?.message ?? "")
    row.set("subCode", "")
    return row.json
  }
}
