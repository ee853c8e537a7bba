public import Bitcoin
public import Engine

/// A payout that is in the journal and waits for signatures.
public struct PayoutPlan: Equatable, Sendable {
  public var payout: Payout
  public var transaction: Transaction
  /// What its inputs spend, in order.
  public var coins: [OwnedOutput]

  /// The transactions whose outputs it spends, each with the height of its block.
  public var previousTransactions: [(id: TransactionID, height: UInt32)] {
    zip(transaction.inputs, coins).map { ($0.outpoint.transaction, $1.height) }
  }
}
