public import Bitcoin
public import Engine

/// A payout that is in the journal and waits for signatures.
public struct PayoutPlan: Equatable, Sendable {
  public var payout: Payout
  public var transaction: Transaction
  /// What its inputs spend, in order.
  public var coins: [OwnedOutput]

  package init(payout: Payout, transaction: Transaction, coins: [OwnedOutput]) {
    self.payout = payout
    self.transaction = transaction
    self.coins = coins
  }
}
