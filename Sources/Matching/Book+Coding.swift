import Money
import Structures
public import Wire

extension Book {
  /// Appends the canonical form: each side's orders in the order in which they trade.
  public func encode(into writer: inout ByteWriter, in slots: borrowing OrderSlots) {
    writer.write(ladder.leafCapacity)
    writer.write(isCrossingAllowed)
    for side in [Side.bid, .ask] {
      var chain: [UInt32] = []
      walk(side, in: slots) {
        chain.append($0)
        return true
      }
      writer.write(UInt32(chain.count))
      for slot in chain {
        writer.write(slot)
        writer.write(slots[slot].owner)
        writer.write(slots[slot].price)
        writer.write(slots[slot].size)
      }
    }
  }

  /// Reads a book and puts its orders into `slots`, which were read before.
  ///
  /// - Throws: ``WireError`` also when the orders do not make a book: out of order, crossed where
  ///   that is not allowed, in a slot that is not there or not free, or more than fit.
  public init(from reader: inout ByteReader, in slots: inout OrderSlots) throws(WireError) {
    let book = try Self.read(from: &reader, in: &slots)
    self.init(ladder: book.ladder, isCrossingAllowed: book.isCrossingAllowed)
  }

  private static func read(
    from reader: inout ByteReader, in slots: inout OrderSlots
  ) throws(WireError) -> Book {
    let at = reader.offset
    let capacity = try reader.read(UInt32.self)
    guard (1...1 << 20).contains(capacity) else { throw .malformed(at: at) }
    var book = Book(nodeCapacity: capacity)
    book.isCrossingAllowed = try reader.read(Bool.self)
    for side in [Side.bid, .ask] {
      var previous: UInt64 = 0
      for _ in 0..<(try reader.read(UInt32.self)) {
        let at = reader.offset
        let slot = try reader.read(UInt32.self)
        let order = RestingOrder(
          owner: try reader.read(), ticks: try reader.read(), lots: try reader.read())
        guard let order, slots.isVacant(slot) else { throw .malformed(at: at) }
        let rank = Ladder.rank(UInt64(order.price), side)
        let opposite = Ladder.rank(UInt64(order.price), side.opposite)
        guard let price = Price(ticks: order.price), rank >= previous,
          book.isCrossingAllowed || !book.isReached(side.opposite, by: opposite),
          book.hasRoom(for: Lots(order.size), side, at: price)
        else { throw .malformed(at: at) }
        slots[slot] = order
        guard book.add(slot, side, in: &slots) else { throw .malformed(at: at) }
        previous = rank
      }
    }
    book.drainTouched { _, _, _, _ in }
    return book
  }
}

extension RestingOrder {
  fileprivate init?(owner: UInt32, ticks: Int64, lots: Int64) {
    guard ticks > 0, lots > 0 else { return nil }
    size = lots
    price = ticks
    self.owner = owner
  }
}

extension OrderSlots {
  /// Appends which slots are taken, and in which order the others will be. The orders are appended
  /// by their books.
  public func encode(into writer: inout ByteWriter) { list.encode(into: &writer) }

  /// Reads which slots are taken.
  public init(from reader: inout ByteReader) throws(WireError) {
    let list = try SlotList(from: &reader)
    self.init(list: list)
  }

  /// Whether `slot` was taken at some time and has no order in it.
  fileprivate func isVacant(_ slot: UInt32) -> Bool {
    slot < list.fresh && orders[slot].size == 0
  }
}
