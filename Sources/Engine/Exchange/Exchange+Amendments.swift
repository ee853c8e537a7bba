import Matching
import Money
import Structures

extension Exchange {
  /// Changes the size or price of an open order. It keeps its place only when it shrinks at its
  /// price; otherwise it goes to the end of the line, and trades at once if its new price meets one.
  mutating func amendOrder(_ request: AmendOrder, _ emit: (Event) -> Void) throws(Refusal) {
    _ = try requireAccount(request.account)
    try request.requestID.description.requireAlphanumeric(upTo: 32, field: "requestID")
    let order = try requireOpenOrder(request.order, of: request.account)
    guard order.type == .limit || order.type == .postOnly, case .base(let size) = order.size,
      let price = order.price
    else { throw .typeCannotBeAmended }
    let newSize = request.size ?? size
    let newPrice = request.price ?? price
    guard newSize != size || newPrice != price else { throw .nothingToAmend }
    let needed: Amount
    do {
      needed = try holding(order, size: newSize, price: newPrice)
    } catch {
      guard request.cancelOnFailure else { throw error }
      return close(order, because: .user, emit)
    }

    var amended = order
    amended.size = .base(newSize)
    amended.price = newPrice
    amended.updatedAt = time
    if newSize == order.filled { amended.state = .filled }
    setHeld(of: &amended, to: needed)
    touchLevel(order)
    emit(.order(amended, .amended(requestID: request.requestID)))
    place(amended, insteadOf: order, emit)
  }

  /// Changes the book from `old` to `new`.
  private mutating func place(_ new: Order, insteadOf old: Order, _ emit: (Event) -> Void) {
    let index = Int(old.instrument.raw) - 1
    guard let before = old.remaining, let size = new.remaining else { return }
    guard new.state.isOpen else {
      markets[index].book.remove(old.id.raw)
      return orders.close(new)
    }
    orders.update(new)
    if new.price == old.price, size < before {
      return markets[index].book.reduce(old.id.raw, by: before - size)
    }
    markets[index].book.remove(old.id.raw)
    let taker = Taker(
      owner: new.account.raw, side: new.side.inBook, limit: new.price, size: size)
    rest(match(new, taker, budgetEndsIt: false, emit))
  }

  /// Returns what must be set aside for `order` once it has `size` and `price`, or refuses them.
  private func holding(_ order: Order, size: Lots, price: Price) throws(Refusal) -> Amount {
    let instrument = try requireInstrument(order.instrument)
    guard size >= order.filled else { throw .amendBelowFilled(filled: order.filled) }
    guard size > order.filled || size == .zero else { return .zero }
    try requireSize(size, on: instrument)
    // What a much-amended order has traded in all stays countable.
    guard order.filledQuote <= NotionalScale.ceiling else { throw .notionalTooLarge }
    let needed = try holding(
      order.side, size - order.filled, at: price, on: order.instrument, instrument)
    if needed > order.held {
      try require(
        needed - order.held, of: instrument.spent(by: order.side), account: order.account,
        in: .trading)
    }
    if order.type == .postOnly,
      markets[Int(order.instrument.raw) - 1].book.crosses(order.side.inBook, at: price)
    {
      throw .amendWouldTake
    }
    return needed
  }

  private mutating func setHeld(of order: inout Order, to needed: Amount) {
    guard needed > order.held else { return releaseHeld(of: &order, downTo: needed) }
    guard let instrument = instrument(order.instrument) else { return }
    hold(
      needed - order.held, of: instrument.spent(by: order.side), account: order.account,
      in: .trading)
    order.held = needed
  }
}
