import Engine
import Money

/// What one depth channel has published of a book, and how the book has moved on since.
///
/// Every push carries the number of the one before it, so that a reader who misses one notices.
public struct DepthFeed: Sendable {
  /// Levels per side that the channel shows.
  public let depth: Int
  /// What subscribers hold, best first.
  public private(set) var bids: [DepthLevel] = []
  public private(set) var asks: [DepthLevel] = []
  /// Number of the last push.
  public private(set) var sequence: UInt64 = 0

  /// A change of the published levels. A level of size zero is gone.
  public struct Change: Equatable, Sendable {
    public var bids: [DepthLevel]
    public var asks: [DepthLevel]
    public var previous: UInt64
    public var sequence: UInt64

    public init(
      bids: [DepthLevel], asks: [DepthLevel], previous: UInt64, sequence: UInt64
    ) {
      self.bids = bids
      self.asks = asks
      self.previous = previous
      self.sequence = sequence
    }
  }

  /// Creates a feed that has published nothing.
  ///
  /// - Parameter depth: Levels per side, at least 1.
  public init(depth: Int) {
    precondition(depth >= 1, "a depth channel shows at least one level")
    self.depth = depth
  }

  /// Takes the book as it is, without a change to publish: for the first subscriber.
  public mutating func reset(to book: BookMirror) {
    bids = book.levels(.buy, depth: depth)
    asks = book.levels(.sell, depth: depth)
    sequence = book.sequence
  }

  /// Takes the book as it is and returns what changed in the levels shown, or `nil`.
  public mutating func advance(to book: BookMirror) -> Change? {
    guard book.sequence != sequence else { return nil }
    let newBids = book.levels(.buy, depth: depth)
    let newAsks = book.levels(.sell, depth: depth)
    let change = Change(
      bids: Self.difference(from: bids, to: newBids) { $0 > $1 },
      asks: Self.difference(from: asks, to: newAsks) { $0 < $1 },
      previous: sequence, sequence: book.sequence)
    guard !change.bids.isEmpty || !change.asks.isEmpty else { return nil }
    bids = newBids
    asks = newAsks
    sequence = book.sequence
    return change
  }

  private static func difference(
    from old: [DepthLevel], to new: [DepthLevel], better: (Price, Price) -> Bool
  ) -> [DepthLevel] {
    var changes: [DepthLevel] = []
    var left = 0
    var right = 0
    while left < old.count || right < new.count {
      if right == new.count || (left < old.count && better(old[left].price, new[right].price)) {
        changes.append(DepthLevel(price: old[left].price, size: .zero, orders: 0))
        left += 1
      } else if left == old.count || better(new[right].price, old[left].price) {
        changes.append(new[right])
        right += 1
      } else {
        if old[left] != new[right] { changes.append(new[right]) }
        left += 1
        right += 1
      }
    }
    return changes
  }
}
