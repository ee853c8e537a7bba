public import Money

/// An incoming order as the book sees it.
public struct Taker: Equatable, Sendable {
  public var owner: UInt64
  public var side: Book.Side
  /// The worst acceptable price, or `nil` to take any.
  public var limit: Price?
  /// The most lots to trade.
  public var size: Lots
  /// The most quote units to spend, for a buyer who has one.
  public var budget: Amount?

  public init(
    owner: UInt64, side: Book.Side, limit: Price?, size: Lots, budget: Amount? = nil
  ) {
    self.owner = owner
    self.side = side
    self.limit = limit
    self.size = size
    self.budget = budget
  }

  fileprivate func accepts(_ price: Price) -> Bool {
    guard let limit else { return true }
    return side == .bid ? price <= limit : price >= limit
  }
}

/// What an incoming order met.
public enum Meeting: Equatable, Sendable {
  /// It traded `size` lots for `quote` units with `maker`, given as it was before.
  case traded(maker: Book.Resting, size: Lots, quote: Amount)
  /// It met an order of its own owner, which left the book (OKX `cancel_maker`).
  case selfTrade(maker: Book.Resting)
}

/// What an incoming order could get.
public struct Fillable: Equatable, Sendable {
  public var size: Lots
  public var quote: Amount
  /// Whether the budget, not the book or the size, was what ended it.
  public var budgetSpent: Bool
}

extension Book {
  /// Trades `taker` against the other side until its size, its budget, its limit or the book ends.
  ///
  /// A trade's quote is rounded down: the buyer pays and the seller gets the same number of units.
  public mutating func match(_ taker: Taker, scale: NotionalScale) -> [Meeting] {
    var meetings: [Meeting] = []
    var rest = taker
    while rest.size > .zero, let maker = front(taker.side.opposite), taker.accepts(maker.price) {
      if maker.owner == taker.owner {
        remove(maker.id)
        meetings.append(.selfTrade(maker: maker))
        continue
      }
      guard let (size, quote) = trade(of: rest, with: maker, scale: scale) else { break }
      reduce(maker.id, by: size)
      meetings.append(.traded(maker: maker, size: size, quote: quote))
      rest.size -= size
      rest.budget = rest.budget.map { $0 - quote }
    }
    return meetings
  }

  /// Returns what ``match(_:scale:)`` would trade, changing nothing.
  public func preview(_ taker: Taker, scale: NotionalScale) -> Fillable {
    var result = Fillable(size: .zero, quote: .zero, budgetSpent: false)
    var rest = taker
    walk(taker.side.opposite) { maker in
      guard rest.size > .zero, taker.accepts(maker.price) else { return false }
      guard maker.owner != taker.owner else { return true }
      guard let (size, quote) = trade(of: rest, with: maker, scale: scale) else {
        result.budgetSpent = true
        return false
      }
      result.size += size
      result.quote += quote
      result.budgetSpent = size < min(rest.size, maker.size)
      rest.size -= size
      rest.budget = rest.budget.map { $0 - quote }
      return !result.budgetSpent
    }
    return result
  }

  /// The next trade, or `nil` when the budget does not buy one lot.
  private func trade(
    of taker: Taker, with maker: Resting, scale: NotionalScale
  ) -> (size: Lots, quote: Amount)? {
    var size = min(taker.size, maker.size)
    if let budget = taker.budget { size = min(size, scale.lots(for: budget, at: maker.price)) }
    guard size > .zero else { return nil }
    guard let quote = scale.notional(of: size, at: maker.price, rounding: .down) else {
      preconditionFailure("a resting order's notional was checked when it came")
    }
    return (size, quote)
  }
}
