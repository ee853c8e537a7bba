import Money
public import Wire

extension Book {
  /// Appends the canonical form: each side's orders in the order in which they trade.
  public func encode(into writer: inout ByteWriter) {
    for side in [Side.bid, .ask] {
      var orders: [Resting] = []
      walk(side) {
        orders.append($0)
        return true
      }
      writer.write(list: orders) { writer, order in
        writer.write(order.id)
        writer.write(order.owner)
        writer.write(order.price.ticks)
        writer.write(order.size.count)
      }
    }
  }

  /// Reads a book.
  ///
  /// - Throws: ``WireError`` also when the orders do not make a book: out of order, crossed, or an
  ///   id twice.
  public init(from reader: inout ByteReader) throws(WireError) {
    self.init()
    for side in [Side.bid, .ask] {
      let count = try reader.read(UInt32.self)
      var previous: Price?
      for _ in 0..<count {
        let at = reader.offset
        let id = try reader.read(UInt64.self)
        let owner = try reader.read(UInt64.self)
        guard let price = Price(ticks: try reader.read()) else { throw .malformed(at: at) }
        let size = Lots(try reader.read())
        let inOrder = previous.map { side == .bid ? price <= $0 : price >= $0 } ?? true
        guard inOrder, size > .zero, order(id) == nil, !crosses(side, at: price),
          hasRoom(for: size, side, at: price)
        else { throw .malformed(at: at) }
        add(Resting(id: id, owner: owner, side: side, price: price, size: size))
        previous = price
      }
    }
  }
}
