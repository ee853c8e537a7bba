import Structures

/// An order that has ended, with what the book and the tags knew of it.
struct ClosedOrder: BitwiseCopyable {
  var record = OrderRecord()
  var price: Int64 = 0
  var tag = OrderTag()

  init(_ record: OrderRecord, price: Int64, tag: OrderTag) {
    self.record = record
    self.price = price
    self.tag = tag
  }
}

/// The orders that closed lately: of the orders whose ids end in the same 14 bits, the one that
/// closed last. Nothing is ever searched or taken out.
struct ClosedOrders: ~Copyable, Sendable {
  /// How many places there are.
  static let limit: UInt32 = 1 << 14

  private var entries: Pool<Entry>
  /// What belongs to the entry at the same place, where it says so.
  private var progress: Pool<OrderProgress>
  private var tags: Pool<OrderTag>
  /// The id of the order that closed last with a client's id of this hash.
  private var clientIDs: Pool<UInt64>
  /// While a snapshot is read: the first place that may come next.
  private var restored: UInt32 = 0

  private struct Entry: BitwiseCopyable {
    var record: OpenOrder
    var price: Int64
    var closedAt: Int64
  }

  init() {
    self.init(
      Pool(capacity: Self.limit), Pool(capacity: Self.limit), Pool(capacity: Self.limit),
      Pool(capacity: Self.limit))
  }

  private init(
    _ entries: consuming Pool<Entry>, _ progress: consuming Pool<OrderProgress>,
    _ tags: consuming Pool<OrderTag>, _ clientIDs: consuming Pool<UInt64>
  ) {
    self.entries = entries
    self.progress = progress
    self.tags = tags
    self.clientIDs = clientIDs
  }

  func copy() -> ClosedOrders {
    ClosedOrders(
      entries.copy(first: Self.limit), progress.copy(first: Self.limit),
      tags.copy(first: Self.limit), clientIDs.copy(first: Self.limit))
  }

  /// Remembers an order.
  ///
  /// - Parameters:
  ///   - progress: What the order has, where its record says so.
  ///   - clientHash: The hash of its client's id, if it has one.
  @inline(__always)
  mutating func add(
    _ record: Place<OpenOrder>, _ progress: @autoclosure () -> Place<OrderProgress>, price: Int64,
    at time: Int64, clientHash: UInt64?
  ) {
    let id = record.value.id
    let place = Self.place(id)
    let entry = entries.place(of: place)
    entry.value.record = record.value
    entry.value.price = price
    entry.value.closedAt = time
    if record.value.hasProgress { self.progress.place(of: place).value = progress().value }
    if let clientHash { clientIDs[Self.place(clientHash)] = id }
  }

  /// Remembers the tag of the order with `id`, which was just added.
  mutating func add(_ tag: OrderTag, of id: UInt64) { tags[Self.place(id)] = tag }

  /// Asks for the place of the order with `id`, without waiting for it.
  @inline(__always)
  func prefetch(_ id: UInt64) {
    entries.prefetch(Self.place(id))
  }

  private func order(at place: UInt32) -> ClosedOrder {
    let entry = entries[place]
    var record = OrderRecord(entry.record, entry.record.hasProgress ? progress[place] : nil)
    record.updatedAt = entry.closedAt
    return ClosedOrder(
      record, price: entry.price, tag: record.flags.hasTag ? tags[place] : OrderTag())
  }

  /// The order with `id`, if it is remembered.
  func find(_ id: UInt64) -> ClosedOrder? {
    let order = order(at: Self.place(id))
    return id != 0 && order.record.id == id ? order : nil
  }

  /// The order that closed last of those with this client's id, if it is remembered.
  func find(_ clientOrderID: ClientOrderID, of account: UInt32, _ key: HashKey) -> ClosedOrder? {
    let place = Self.place(OrderRecord.clientHash(account, clientOrderID, key))
    guard !clientOrderID.isEmpty, let order = find(clientIDs[place]),
      order.record.account == account, order.record.clientOrderID == clientOrderID
    else { return nil }
    return order
  }

  /// All that are remembered, in the order of their places.
  func forEach(_ key: HashKey, _ body: (ClosedOrder, _ isNewestOfItsClientID: Bool) -> Void) {
    // No order has the id 0.
    for place in 0..<Self.limit where entries[place].record.id != 0 {
      let order = order(at: place)
      let isNewest =
        !order.record.clientOrderID.isEmpty
        && clientIDs[Self.place(order.record.clientHash(key))] == order.record.id
      body(order, isNewest)
    }
  }

  /// Puts back what ``forEach(_:)`` gave; `false` when it does not come in that order, or the place
  /// of its client's id is taken.
  mutating func restore(
    _ order: ClosedOrder, isNewestOfItsClientID: Bool, _ key: HashKey
  ) -> Bool {
    let place = Self.place(order.record.id)
    guard order.record.id != 0, place >= restored else { return false }
    restored = place + 1
    entries[place] = Entry(
      record: order.record.open, price: order.price, closedAt: order.record.updatedAt)
    progress[place] = order.record.progress
    tags[place] = order.tag
    guard isNewestOfItsClientID else { return true }
    let clientPlace = Self.place(order.record.clientHash(key))
    guard !order.record.clientOrderID.isEmpty, clientIDs[clientPlace] == 0 else { return false }
    clientIDs[clientPlace] = order.record.id
    return true
  }

  @inline(__always)
  private static func place(_ number: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: number) & (limit - 1)
  }
}
