public import Money
public import Structures

/// An order in a book, in exactly 32 bytes: what matching touches and nothing else.
public struct RestingOrder: BitwiseCopyable, Equatable, Sendable {
  /// No order, no level.
  @inlinable public static var none: UInt32 { .max }

  /// The limit price, in ticks. Before the size, as commands and events have them.
  public var price: Int64
  /// Lots left to trade; 0 when nothing rests.
  public var size: Int64
  /// The next order at this price.
  @usableFromInline var next: UInt32 = Self.none
  /// The order before it at this price.
  @usableFromInline var previous: UInt32 = Self.none
  /// The book's level it rests at.
  @usableFromInline var level: UInt32 = Self.none
  /// Whose it is. Orders of one owner do not trade with each other.
  public var owner: UInt32

  /// Makes it the last one of a level.
  @inlinable @inline(__always)
  mutating func hang(at level: UInt32, behind previous: UInt32) {
    next = Self.none
    self.previous = previous
    self.level = level
  }

  /// Makes it the last one of a level.
  @inlinable @inline(__always)
  init(
    size: Int64, price: Int64, owner: UInt32, at level: UInt32, behind previous: UInt32
  ) {
    self.size = size
    self.price = price
    self.previous = previous
    self.level = level
    self.owner = owner
  }

  /// The same of a price and a size that were seen to be positive.
  @inlinable @inline(__always)
  package init(plain price: Int64, size: Int64, owner: UInt32) {
    self.size = size
    self.price = price
    self.owner = owner
  }

  /// Creates an order that does not rest yet.
  @inlinable public init(price: Price, size: Lots, owner: UInt32) {
    self.size = size.count
    self.price = price.ticks
    self.owner = owner
  }
}

/// The resting orders of all books of an exchange, by slot number.
///
/// An exchange keeps its own record of an order at the same number. A slot is taken before its order
/// enters a book and given back after it left.
public struct OrderSlots: ~Copyable, Sendable {
  @usableFromInline let inPlace = InPlace()
  @usableFromInline var orders: Pool<RestingOrder>
  @usableFromInline var list: SlotList

  /// Creates room for `capacity` orders.
  public init(capacity: UInt32) {
    orders = Pool(capacity: capacity, isDense: true)
    list = SlotList(capacity: capacity)
  }

  private init(orders: consuming Pool<RestingOrder>, list: consuming SlotList) {
    self.orders = orders
    self.list = list
  }

  /// Creates slots that are taken as `list` says, with nothing in them yet.
  init(list: consuming SlotList) {
    orders = Pool(capacity: list.capacity, isDense: true)
    self.list = list
  }

  /// How many slots there are.
  @inlinable public var capacity: UInt32 { orders.capacity }

  /// How many slots are taken.
  @inlinable public var count: UInt32 { list.count }

  /// Slots from here on were never taken.
  @inlinable public var fresh: UInt32 { list.fresh }

  /// Whether no slot is left.
  @inlinable public var isFull: Bool { list.isFull }

  /// The order in `slot`.
  @inlinable public subscript(slot: UInt32) -> RestingOrder {
    get { orders[slot] }
    _modify { yield &orders[slot] }
  }

  /// Takes a slot for `order`, or returns `nil` when none is left.
  @inlinable @inline(__always) public mutating func take(_ order: RestingOrder) -> UInt32? {
    guard let slot = list.take() else { return nil }
    orders[slot] = order
    return slot
  }

  /// The place of the order in `slot`.
  @inlinable @inline(__always)
  package func place(of slot: UInt32) -> Place<RestingOrder> { orders.place(of: slot) }

  /// The slot that the next order takes, or `nil` when none is left.
  @inlinable @inline(__always) package var next: UInt32? { list.next }

  /// Takes the slot that ``next`` named.
  @inlinable @inline(__always) package mutating func take(next slot: UInt32) {
    list.take(next: slot)
  }

  /// Asks for the order in `slot`, without waiting for it.
  @inlinable @inline(__always) public func prefetch(_ slot: UInt32) { orders.prefetch(slot) }

  /// Asks for the orders before and after the one in `slot`, without waiting for them.
  @inlinable @inline(__always) public func prefetchNeighbours(of slot: UInt32) {
    orders.prefetch(orders[slot].previous)
    orders.prefetch(orders[slot].next)
  }

  /// Gives back the slot of an order that left its book.
  @inlinable @inline(__always)
  public mutating func give(_ slot: UInt32) {
    orders[slot].size = 0
    list.give(slot)
  }

  /// Gives back the slot of an order that left its book and lies at `place`.
  @inlinable @inline(__always)
  package mutating func give(_ slot: UInt32, at place: Place<RestingOrder>) {
    place.value.size = 0
    list.give(slot)
  }

  /// Whether no order lies in a slot that is free.
  package var freeSlotsAreEmpty: Bool {
    var areEmpty = true
    list.forEachGiven { if orders[$0].size != 0 { areEmpty = false } }
    return areEmpty
  }

  /// Returns equal slots.
  public func copy() -> OrderSlots {
    OrderSlots(orders: orders.copy(first: list.fresh), list: list.copy())
  }
}
