public import Engine
public import Money

/// A price and what rests at it.
public struct DepthLevel: Equatable, Sendable {
  public var price: Price
  public var size: Lots
  /// Orders resting at this price.
  public var orders: UInt32

  public init(price: Price, size: Lots, orders: UInt32) {
    self.price = price
    self.size = size
    self.orders = orders
  }
}

/// A copy of one book's levels, kept from the core's events.
public struct BookMirror: Sendable {
  /// Best last, so that the busy end is the cheap end of the array.
  private var bids: [DepthLevel] = []
  private var asks: [DepthLevel] = []
  /// Batch of the journal that last changed the book, 0 before the first.
  public private(set) var sequence: UInt64 = 0

  init() {}

  /// The highest price that someone wants to buy at.
  public var bestBid: DepthLevel? { bids.last }
  /// The lowest price that someone wants to sell at.
  public var bestAsk: DepthLevel? { asks.last }

  /// Returns the best `depth` levels of a side, best first.
  public func levels(_ side: Side, depth: Int) -> [DepthLevel] {
    Array((side == .buy ? bids : asks).suffix(depth).reversed())
  }

  mutating func set(side: Side, price: Price, size: Lots, orders: UInt32, sequence: UInt64) {
    self.sequence = max(self.sequence, sequence)
    let level = DepthLevel(price: price, size: size, orders: orders)
    switch side {
    case .buy: Self.set(level, in: &bids) { $0 < $1 }
    case .sell: Self.set(level, in: &asks) { $0 > $1 }
    }
  }

  private static func set(
    _ level: DepthLevel, in levels: inout [DepthLevel], worse: (Price, Price) -> Bool
  ) {
    var low = 0
    var high = levels.count
    while low < high {
      let middle = (low + high) / 2
      if worse(levels[middle].price, level.price) { low = middle + 1 } else { high = middle }
    }
    let isKnown = low < levels.count && levels[low].price == level.price
    switch (isKnown, level.size == .zero) {
    case (true, true): levels.remove(at: low)
    case (true, false): levels[low] = level
    case (false, true): break
    case (false, false): levels.insert(level, at: low)
    }
  }
}
