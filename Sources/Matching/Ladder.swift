import Money

/// A place in the book's array of slots, chained to its neighbours at the same price.
struct Slot: Sendable {
  /// No slot.
  static let none = UInt32.max

  var resting: Book.Resting
  var previous = Slot.none
  /// The next order at this price, or the next free slot.
  var next = Slot.none

  init(resting: Book.Resting) { self.resting = resting }
}

/// One price with the chain of orders resting at it.
struct Level: Sendable {
  var price: Price
  var size: Lots
  var orders: UInt32
  var first: UInt32
  var last: UInt32
}

/// The price levels of one side, worst first, so that changes at the best price move nothing.
struct Ladder: Sendable {
  let side: Book.Side
  private(set) var levels: [Level] = []

  init(side: Book.Side) { self.side = side }

  var best: Level? { levels.last }

  func level(at price: Price) -> Level? {
    let index = position(of: price)
    return index < levels.count && levels[index].price == price ? levels[index] : nil
  }

  /// Counts an order that joins the end of its level; returns the order before it.
  mutating func append(_ slot: UInt32, size: Lots, at price: Price) -> UInt32? {
    let index = position(of: price)
    guard index < levels.count, levels[index].price == price else {
      levels.insert(
        Level(price: price, size: size, orders: 1, first: slot, last: slot), at: index)
      return nil
    }
    defer {
      levels[index].size += size
      levels[index].orders += 1
      levels[index].last = slot
    }
    return levels[index].last
  }

  /// Uncounts an order that leaves its level.
  mutating func remove(_ slot: Slot) {
    let index = position(of: slot.resting.price)
    levels[index].size -= slot.resting.size
    levels[index].orders -= 1
    if slot.previous == Slot.none { levels[index].first = slot.next }
    if slot.next == Slot.none { levels[index].last = slot.previous }
    if levels[index].orders == 0 { levels.remove(at: index) }
  }

  /// Takes `lots` off the level at `price`, whose orders all stay.
  mutating func shrink(by lots: Lots, at price: Price) {
    levels[position(of: price)].size -= lots
  }

  /// The index of the first level that is not worse than `price`.
  private func position(of price: Price) -> Int {
    var low = 0
    var high = levels.count
    while low < high {
      let middle = (low + high) / 2
      let worse = side == .bid ? levels[middle].price < price : levels[middle].price > price
      if worse { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
