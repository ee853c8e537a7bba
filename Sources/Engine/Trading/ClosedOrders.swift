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

  private var records: Pool<OpenOrder>
  /// What belongs to the record at the same place, where it says so.
  private var progress: Pool<OrderProgress>
  /// What belongs to the record at the same place.
  private var terms: Pool<Terms>
  /// The id of the order that closed last with a client's id of this hash.
  private var clientIDs: Pool<UInt64>
  /// While a snapshot is read: the first place that may come next.
  private var restored: UInt32 = 0

  private struct Terms: BitwiseCopyable {
    var price: Int64
    var closedAt: Int64
    var tag: OrderTag
  }

  init() {
    self.init(
      Pool(capacity: Self.limit), Pool(capacity: Self.limit), Pool(capacity: Self.limit),
      Pool(capacity: Self.limit))
  }

  private init(
    _ records: consuming Pool<OpenOrder>, _ progress: consuming Pool<OrderProgress>,
    _ terms: consuming Pool<Terms>,
    _ clientIDs: consuming Pool<UInt64>
  ) {
    self.records = records
    self.progress = progress
    self.terms = terms
    self.clientIDs = clientIDs
  }

  func copy() -> ClosedOrders {
    ClosedOrders(
      records.copy(first: Self.limit), progress.copy(first: Self.limit),
      terms.copy(first: Self.limit),
      clientIDs.copy(first: Self.limit))
  }

  /// Remembers the order in `slot` of `open`.
  ///
  /// - Parameter clientHash: The hash of its client's id, if it has one.
  @inline(__always)
  mutating func add(
    _ slot: UInt32, of open: borrowing Pool<OpenOrder>,
    _ openProgress: borrowing Pool<OrderProgress>, id: UInt64, price: Int64, tag: OrderTag,
    at time: Int64, clientHash: UInt64?
  ) {
    let place = Self.place(id)
    records.copySlot(slot, of: open, to: place)
    if records[place].hasProgress { progress.copySlot(slot, of: openProgress, to: place) }
    terms.place(of: place).value = Terms(price: price, closedAt: time, tag: tag)
    if let clientHash { clientIDs[Self.place(clientHash)] = id }
  }

  /// Asks for the place of the order with `id`, without waiting for it.
  @inline(__always)
  func prefetch(_ id: UInt64) {
    let place = Self.place(id)
    records.prefetch(place)
    terms.prefetch(place)
  }

  private func order(at place: UInt32) -> ClosedOrder {
    var record = OrderRecord(
      records[place], records[place].hasProgress ? progress[place] : nil)
    record.updatedAt = terms[place].closedAt
    return ClosedOrder(record, price: terms[place].price, tag: terms[place].tag)
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
    for place in 0..<Self.limit where records[place].id != 0 {
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
    records[place] = order.record.open
    progress[place] = order.record.progress
    terms[place] = Terms(
      price: order.price, closedAt: order.record.updatedAt, tag: order.tag)
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
