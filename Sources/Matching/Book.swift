public import Money

// Matching owns the order book of one market: who is first in line at which price, and what an
// incoming order meets. It refuses to know about balances, fees and names.

/// A price-time order book: the best price trades first, and at one price whoever came first.
///
/// Orders live in a flat array of slots; the orders of a price level are chained first to last. An
/// order is found by its id at once, a level by halving. A book is never crossed.
public struct Book: Sendable {
  public enum Side: UInt8, Equatable, Sendable {
    case bid = 0
    case ask = 1

    public var opposite: Side { self == .bid ? .ask : .bid }
  }

  /// An order in the book.
  public struct Resting: Equatable, Sendable {
    public var id: UInt64
    public var owner: UInt64
    public var side: Side
    public var price: Price
    /// Lots left to trade, at least 1.
    public var size: Lots

    public init(id: UInt64, owner: UInt64, side: Side, price: Price, size: Lots) {
      self.id = id
      self.owner = owner
      self.side = side
      self.price = price
      self.size = size
    }
  }

  private var slots: [Slot] = []
  private var free = Slot.none
  private var slotOf: [UInt64: UInt32] = [:]
  private var bids = Ladder(side: .bid)
  private var asks = Ladder(side: .ask)

  /// Creates an empty book.
  public init() {}

  /// How many orders rest.
  public var count: Int { slotOf.count }

  /// The best price on `side`.
  public func best(_ side: Side) -> Price? { self[side].best?.price }

  /// Returns the order with `id`, if it rests here.
  public func order(_ id: UInt64) -> Resting? { slotOf[id].map { slots[Int($0)].resting } }

  /// Returns the order that trades next on `side`.
  public func front(_ side: Side) -> Resting? {
    self[side].best.map { slots[Int($0.first)].resting }
  }

  /// Returns the lots and orders resting at `price`; zero when none do.
  public func level(_ side: Side, at price: Price) -> (size: Lots, orders: UInt32) {
    self[side].level(at: price).map { ($0.size, $0.orders) } ?? (.zero, 0)
  }

  /// Returns up to `depth` levels of `side`, best first.
  public func levels(
    _ side: Side, depth: Int
  ) -> [(price: Price, size: Lots, orders: UInt32)] {
    self[side].levels.reversed().prefix(max(depth, 0)).map { ($0.price, $0.size, $0.orders) }
  }

  /// Returns whether an order of `side` with limit `price` would trade at once.
  public func crosses(_ side: Side, at price: Price) -> Bool {
    guard let opposite = best(side.opposite) else { return false }
    return side == .bid ? opposite <= price : opposite >= price
  }

  /// Calls `body` for the orders of `side` in the order in which they trade, until it says false.
  public func walk(_ side: Side, _ body: (Resting) -> Bool) {
    for level in self[side].levels.reversed() {
      var index = level.first
      while index != Slot.none {
        guard body(slots[Int(index)].resting) else { return }
        index = slots[Int(index)].next
      }
    }
  }

  /// Whether `size` more lots fit at `price`.
  public func hasRoom(for size: Lots, _ side: Side, at price: Price) -> Bool {
    !level(side, at: price).size.count.addingReportingOverflow(size.count).overflow
  }

  /// Puts an order at the end of its level.
  ///
  /// - Precondition: It does not cross, its id is new, it has lots, and there is room.
  public mutating func add(_ order: Resting) {
    precondition(order.size > .zero && slotOf[order.id] == nil, "an order rests once, with lots")
    precondition(!crosses(order.side, at: order.price), "a book is never crossed")
    let index = takeSlot(for: order)
    slotOf[order.id] = index
    let previousLast = self[order.side].append(index, size: order.size, at: order.price)
    if let previousLast {
      slots[Int(index)].previous = previousLast
      slots[Int(previousLast)].next = index
    }
  }

  /// Takes an order out of the book and returns it.
  @discardableResult
  public mutating func remove(_ id: UInt64) -> Resting? {
    guard let index = slotOf.removeValue(forKey: id) else { return nil }
    let slot = slots[Int(index)]
    if slot.previous != Slot.none { slots[Int(slot.previous)].next = slot.next }
    if slot.next != Slot.none { slots[Int(slot.next)].previous = slot.previous }
    self[slot.resting.side].remove(slot)
    slots[Int(index)].next = free
    free = index
    return slot.resting
  }

  /// Takes `lots` off an order, which keeps its place; it leaves the book when none remain.
  public mutating func reduce(_ id: UInt64, by lots: Lots) {
    guard let index = slotOf[id] else { preconditionFailure("only a resting order shrinks") }
    let resting = slots[Int(index)].resting
    precondition(lots >= .zero && lots <= resting.size, "an order shrinks by what it has")
    if lots == resting.size {
      remove(id)
    } else {
      slots[Int(index)].resting.size -= lots
      self[resting.side].shrink(by: lots, at: resting.price)
    }
  }

  private mutating func takeSlot(for order: Resting) -> UInt32 {
    let slot = Slot(resting: order)
    guard free != Slot.none else {
      slots.append(slot)
      return UInt32(slots.count - 1)
    }
    let index = free
    free = slots[Int(index)].next
    slots[Int(index)] = slot
    return index
  }

  private subscript(side: Side) -> Ladder {
    get { side == .bid ? bids : asks }
    _modify { if side == .bid { yield &bids } else { yield &asks } }
  }
}
