import Matching
public import Money
import Structures

// Orders are accepted first and meet the book then. See OKX v5, "order semantics".

extension Exchange {
  mutating func placeOrder(_ request: PlaceOrder, _ emit: (Event) -> Void) throws(Refusal) {
    let plan = try plan(request)
    let instrument = try requireInstrument(request.instrument)
    let order = Order(
      id: orders.nextOrder, account: request.account, instrument: request.instrument,
      clientOrderID: request.clientOrderID, tag: request.tag, side: request.side,
      type: request.type, selfTrade: request.selfTrade ?? .cancelMaker, price: request.price,
      size: plan.size, filled: .zero,
      filledQuote: .zero, fee: .zero, feeAsset: instrument.received(by: request.side),
      held: plan.hold, state: .live, cancelSource: nil, createdAt: time, updatedAt: time)
    orders.nextOrder = order.id.next
    hold(
      plan.hold, of: instrument.spent(by: order.side), account: order.account, in: .trading)
    orders.insert(order)
    emit(.order(order, .placed))
    run(order, plan, emit)
  }

  mutating func cancelOrder(
    _ reference: OrderReference, of account: AccountID, _ emit: (Event) -> Void
  ) throws(Refusal) {
    _ = try requireAccount(account)
    close(try requireOpenOrder(reference, of: account), because: .user, emit)
  }

  func requireOpenOrder(
    _ reference: OrderReference, of account: AccountID
  ) throws(Refusal) -> Order {
    guard let order = order(reference, of: account) else { throw .unknownOrder }
    guard order.state.isOpen else { throw .orderAlreadyClosed }
    return order
  }

  /// Does with an accepted order what its type says.
  private mutating func run(_ order: Order, _ plan: OrderPlan, _ emit: (Event) -> Void) {
    switch order.type {
    case .limit:
      rest(match(order, plan.taker, budgetEndsIt: false, emit))
    case .postOnly:
      if crosses(order) {
        close(order, because: .postOnlyWouldTake, emit)
      } else {
        rest(order)
      }
    case .fok:
      guard preview(plan.taker, on: order.instrument).size == plan.taker.size else {
        return close(order, because: .fokNotFillable, emit)
      }
      _ = match(order, plan.taker, budgetEndsIt: false, emit)
    case .ioc, .market, .optimalLimitIOC:
      let left = match(order, plan.taker, budgetEndsIt: plan.budgetEndsIt, emit)
      if left.state.isOpen { close(left, because: .iocRemainder, emit) }
    }
  }

  /// Whether a limit order would trade at once.
  private func crosses(_ order: Order) -> Bool {
    guard let price = order.price else { return false }
    return markets[Int(order.instrument.raw) - 1].book.crosses(order.side.inBook, at: price)
  }

  /// What `taker` would trade now.
  func preview(_ taker: Taker, on instrument: InstrumentID) -> Fillable {
    let market = markets[Int(instrument.raw) - 1]
    return market.book.preview(taker, scale: market.scale)
  }

  /// Puts what is left of an order into the book.
  mutating func rest(_ order: Order) {
    guard order.state.isOpen, let price = order.price, let size = order.remaining else { return }
    markets[Int(order.instrument.raw) - 1].book.add(
      Book.Resting(
        id: order.id.raw, owner: order.account.raw, side: order.side.inBook, price: price,
        size: size))
    touchLevel(order)
  }

  /// Ends an open order before it is filled: out of the book, and its money free again.
  mutating func close(_ order: Order, because source: CancelSource, _ emit: (Event) -> Void) {
    markets[Int(order.instrument.raw) - 1].book.remove(order.id.raw)
    touchLevel(order)
    var closed = order
    releaseHeld(of: &closed, downTo: .zero)
    closed.state = .canceled
    closed.cancelSource = source
    closed.updatedAt = time
    orders.close(closed)
    emit(.order(closed, .canceled))
  }

  /// Frees what is set aside for `order` beyond `needed`.
  mutating func releaseHeld(of order: inout Order, downTo needed: Amount) {
    guard order.held > needed, let instrument = instrument(order.instrument) else { return }
    release(
      order.held - needed, of: instrument.spent(by: order.side), account: order.account,
      in: .trading)
    order.held = needed
  }

  /// Notes that the level of a limit order changed.
  mutating func touchLevel(_ order: Order) {
    guard let price = order.price, order.type == .limit || order.type == .postOnly else { return }
    touched.level(.init(instrument: order.instrument, side: order.side, price: price))
  }
}

extension Order {
  /// Lots left to trade; `nil` for an order by budget.
  public var remaining: Lots? {
    guard case .base(let size) = size else { return nil }
    return size - filled
  }
}

extension Instrument {
  /// What an order of `side` gives away.
  func spent(by side: Side) -> AssetID { side == .buy ? quote : base }
  /// What an order of `side` gets, and pays its fee in.
  func received(by side: Side) -> AssetID { side == .buy ? base : quote }
}
