public import Money

/// What happens when an incoming order meets a resting one of the same owner. See OKX v5,
/// `acctStpMode`.
public enum SelfTradePrevention: UInt8, Equatable, Sendable, BitwiseCopyable, CaseIterable {
  /// The resting order is cancelled, and the incoming one goes on.
  case cancelMaker = 0
  /// The rest of the incoming order is cancelled.
  case cancelTaker = 1
  /// Both are cancelled.
  case cancelBoth = 2
}

/// An incoming order as the book sees it.
public struct Taker: Equatable, Sendable, BitwiseCopyable {
  public var owner: UInt32
  public var side: Book.Side
  public var selfTrade: SelfTradePrevention
  /// The worst acceptable price, or `nil` to take any.
  public var limit: Price?
  /// Lots left to trade.
  public var size: Lots
  /// Quote units left to spend, for a buyer who has a budget.
  public var budget: Amount?

  @inlinable public init(
    owner: UInt32, side: Book.Side, limit: Price?, size: Lots, budget: Amount? = nil,
    selfTrade: SelfTradePrevention = .cancelMaker
  ) {
    self.owner = owner
    self.side = side
    self.selfTrade = selfTrade
    self.limit = limit
    self.size = size
    self.budget = budget
  }

  /// The worst rank on the other side that it accepts.
  @inlinable @inline(__always) package var limitRank: UInt64 {
    guard let limit else { return .max }
    return Ladder.rank(UInt64(limit.ticks), side.opposite)
  }
}

/// What an incoming order met.
public enum Meeting: Equatable, Sendable, BitwiseCopyable {
  /// It traded with the order in `slot`, at that order's price. The maker has left the book, with
  /// size 0, or stays with what is left.
  case traded(slot: UInt32, lots: Lots, price: Price, quote: Amount, makerLeaves: Bool)
  /// The order in `slot`, of the same owner, was taken out of the book; its size stands. The taker
  /// goes on.
  case makerCanceled(slot: UInt32)
  /// It met an order of its own owner, which stays: what is left of it does not trade.
  case takerCanceled
  /// The order in `slot`, of the same owner, was taken out of the book; its size stands. What is
  /// left of the taker does not trade.
  case bothCanceled(slot: UInt32)
  /// Nothing more to trade: its size, budget or limit, or the book, is at its end.
  case ended
}

/// What an incoming order could get.
public struct Fillable: Equatable, Sendable, BitwiseCopyable {
  public var size: Lots
  public var quote: Amount
  /// Whether the budget, not the book or the size, is what would end it.
  public var isBudgetSpent: Bool
}
