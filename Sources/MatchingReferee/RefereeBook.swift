import CReferee
import Matching
import Money
import Structures

/// A book with the order numbers of its clients, which speaks the referee's messages.
///
/// An order that cannot be: no lots, no positive price, or a number that rests already, is left out
/// without a report; the referee sends none.
struct RefereeBook: ~Copyable {
  /// What the book does not keep of an order.
  struct Ticket: BitwiseCopyable {
    var id: UInt64
    var side: Book.Side
  }

  private var book = Book(nodeCapacity: 1 << 18)
  private var slots = OrderSlots(capacity: 1 << 22)
  private var tickets = Pool<Ticket>(capacity: 1 << 22)
  private var table = IndexTable(capacity: 1 << 22)
  private let scale: NotionalScale
  private let outlet: ReportOutlet

  init?(outlet: ReportOutlet) {
    guard let scale = NotionalScale(tickUnits: 1, lotUnits: 1, baseDecimals: 0) else { return nil }
    self.scale = scale
    self.outlet = outlet
  }

  // MARK: Messages

  mutating func enter(_ order: referee_new_order) {
    guard let price = Price(ticks: order.price_ticks), order.quantity > 0,
      find(order.order_id) == nil
    else { return }
    let side = Book.Side(referee: order.side)
    report(REFEREE_ORDER_ACK, order.sequence_number, order.order_id, side, price, order.quantity)
    let rest = trade(
      order.order_id, order.sequence_number, side, price, Lots(Int64(order.quantity)))
    guard rest > .zero else { return }
    if order.ioc != 0 || !self.rest(order.order_id, side, price, rest) {
      report(
        REFEREE_CANCEL_ACK, order.sequence_number, order.order_id, side, price, UInt32(rest.count))
    }
    book.drainTouched { _, _, _, _ in }
  }

  mutating func cancel(_ cancel: referee_cancel) {
    guard let slot = find(cancel.order_id) else {
      outlet.reject(REFEREE_CANCEL_REJECT, cancel.sequence_number, cancel.order_id)
      return
    }
    let (order, side) = (slots[slot], tickets[slot].side)
    takeOut(slot)
    if let price = Price(ticks: order.price) {
      report(
        REFEREE_CANCEL_ACK, cancel.sequence_number, cancel.order_id, side, price,
        UInt32(order.size))
    }
    book.drainTouched { _, _, _, _ in }
  }

  mutating func modify(_ modify: referee_modify) {
    guard let slot = find(modify.order_id), modify.new_quantity > 0,
      let price = Price(ticks: modify.new_price_ticks)
    else {
      outlet.reject(REFEREE_MODIFY_REJECT, modify.sequence_number, modify.order_id)
      return
    }
    let side = tickets[slot].side
    takeOut(slot)
    let rest = trade(
      modify.order_id, modify.sequence_number, side, price, Lots(Int64(modify.new_quantity)))
    if rest > .zero, !self.rest(modify.order_id, side, price, rest) {
      report(
        REFEREE_CANCEL_ACK, modify.sequence_number, modify.order_id, side, price,
        UInt32(rest.count))
    }
    report(
      REFEREE_MODIFY_ACK, modify.sequence_number, modify.order_id, side, price,
      modify.new_quantity)
    book.drainTouched { _, _, _, _ in }
  }

  // MARK: Questions

  func best(_ side: Book.Side) -> Int64? { book.best(side)?.ticks }

  func depth(_ side: Book.Side, at ticks: Int64) -> UInt64 {
    Price(ticks: ticks).map { UInt64(book.level(side, at: $0).size.count) } ?? 0
  }

  // MARK: Doing it

  private func find(_ id: UInt64) -> UInt32? {
    table.find(hash: Mix64.hash(id)) { tickets[$0].id == id }
  }

  /// Trades what crosses; returns what is left.
  private mutating func trade(
    _ id: UInt64, _ sequence: UInt64, _ side: Book.Side, _ price: Price, _ size: Lots
  ) -> Lots {
    var taker = Taker(owner: 1, side: side, limit: price, size: size)
    while case .traded(let slot, let lots, let price, _, let leaves) = book.step(
      &taker, scale: scale, in: &slots)
    {
      outlet.trade(
        sequence, maker: tickets[slot].id, taker: id, at: price, UInt32(lots.count))
      if leaves { forget(slot) }
    }
    return taker.size
  }

  /// Puts an order into the book, if there is room.
  private mutating func rest(
    _ id: UInt64, _ side: Book.Side, _ price: Price, _ size: Lots
  ) -> Bool {
    guard let slot = slots.take(RestingOrder(price: price, size: size, owner: 0)) else {
      return false
    }
    guard book.add(slot, side, in: &slots) else {
      slots.give(slot)
      return false
    }
    tickets[slot] = Ticket(id: id, side: side)
    table.insert(hash: Mix64.hash(id), slot: slot)
    return true
  }

  private mutating func takeOut(_ slot: UInt32) {
    book.remove(slot, tickets[slot].side, in: &slots)
    forget(slot)
  }

  private mutating func forget(_ slot: UInt32) {
    table.remove(hash: Mix64.hash(tickets[slot].id), slot: slot)
    slots.give(slot)
  }

  private func report(
    _ type: Int, _ sequence: UInt64, _ id: UInt64, _ side: Book.Side, _ price: Price,
    _ quantity: UInt32
  ) {
    outlet.push(
      referee_report(
        type: UInt8(type), side: side.rawValue, reserved: (0, 0, 0, 0, 0, 0),
        sequence_number: sequence, order_id: id, price_ticks: price.ticks, quantity: quantity,
        reserved2: 0, maker_order_id: 0, taker_order_id: 0, reserved3: 0))
  }
}

extension Book.Side {
  init(referee side: UInt8) { self = side == 0 ? .bid : .ask }
}
