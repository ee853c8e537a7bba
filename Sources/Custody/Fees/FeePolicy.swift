/// What the exchange is willing to pay for confirmation, whatever a node estimates.
public struct FeePolicy: Equatable, Sendable {
  /// Never less, in case that an estimate is too low.
  public var floor: FeeRate
  /// Never more; above it withdrawals wait, with the reason shown.
  public var ceiling: FeeRate
  /// When the node has no estimate.
  public var fallback: FeeRate
  /// What a coin is expected to cost when it is spent some day: below it coins are gathered, above
  /// it spent sparingly.
  public var longTerm: FeeRate

  /// Creates a policy; `nil` unless floor <= fallback <= ceiling and floor <= longTerm <= ceiling.
  public init?(floor: FeeRate, ceiling: FeeRate, fallback: FeeRate, longTerm: FeeRate) {
    guard floor <= fallback, fallback <= ceiling, floor <= longTerm, longTerm <= ceiling else {
      return nil
    }
    self.floor = floor
    self.ceiling = ceiling
    self.fallback = fallback
    self.longTerm = longTerm
  }
}

/// What a node says of fees.
public struct FeeNews: Equatable, Sendable {
  /// Its estimate for the wanted number of blocks, if it has one.
  public var estimate: FeeRate?
  /// The least that its mempool takes now: its relay minimum, or more while it is full.
  public var mempoolMinimum: FeeRate

  public init(estimate: FeeRate?, mempoolMinimum: FeeRate) {
    self.estimate = estimate
    self.mempoolMinimum = mempoolMinimum
  }
}

/// A fee rate with why it is what it is.
public struct FeeQuote: Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    case estimated
    /// The node has no estimate.
    case fallback
    case raisedToFloor
    /// Nothing cheaper enters the node's mempool.
    case raisedToMempoolMinimum
    /// The estimate is above the ceiling: what is paid now may wait long.
    case loweredToCeiling(wanted: FeeRate)
    /// Nothing at or below the ceiling enters the mempool: nothing can be paid now.
    case unaffordable(minimum: FeeRate)
  }

  public var rate: FeeRate
  public var reason: Reason

  public init(rate: FeeRate, reason: Reason) {
    self.rate = rate
    self.reason = reason
  }

  /// Whether a transaction at ``rate`` would be relayed at all.
  public var isPayable: Bool {
    if case .unaffordable = reason { false } else { true }
  }
}

extension FeePolicy {
  /// Returns the rate to pay now.
  public func quote(_ news: FeeNews) -> FeeQuote {
    guard news.mempoolMinimum <= ceiling else {
      return FeeQuote(rate: ceiling, reason: .unaffordable(minimum: news.mempoolMinimum))
    }
    let wanted = news.estimate ?? fallback
    if wanted > ceiling {
      return FeeQuote(rate: ceiling, reason: .loweredToCeiling(wanted: wanted))
    }
    if wanted < news.mempoolMinimum, floor < news.mempoolMinimum {
      return FeeQuote(rate: news.mempoolMinimum, reason: .raisedToMempoolMinimum)
    }
    if wanted < floor { return FeeQuote(rate: floor, reason: .raisedToFloor) }
    return FeeQuote(rate: wanted, reason: news.estimate == nil ? .fallback : .estimated)
  }
}
