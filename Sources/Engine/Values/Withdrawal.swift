public import Money
public import Risk

/// A customer's request to be paid on the chain, and how far it has come.
public struct Withdrawal: Equatable, Sendable {
  public enum State: Equatable, Sendable {
    /// Waits until an instant; the reasons are in the decision.
    case delayed(until: Timestamp)
    /// Waits for people.
    case inReview
    /// Passed the online rules; waits for the guard.
    case approved
    /// The guard waits until an instant, for the reason it gives.
    case guardHeld(until: Timestamp, reason: HoldReason)
    /// The guard signed a release.
    case released
    /// Part of a transaction that is being signed. Cannot be cancelled any more.
    case building
    /// The transaction is signed and being broadcast.
    case broadcast
    /// The transaction is in a block.
    case mined(ChainPoint)
    /// Final; the money has left the ledger.
    case confirmed(ChainPoint)
    /// Stopped by a person or by the guard; the money is back.
    case refused(reason: String)
    /// Taken back by the customer; the money is back.
    case canceled
  }

  public var id: WithdrawalID
  public var account: AccountID
  public var asset: AssetID
  public var entry: AddressEntryID
  public var address: String
  /// What the recipient gets; the fee comes on top.
  public var amount: Amount
  public var fee: Amount
  /// The customer's own id, or empty.
  public var clientID: String
  public var requestedAt: Timestamp
  public var updatedAt: Timestamp
  /// The online rules' verdict at the request.
  public var decision: RiskDecision
  /// Operators that approved it in review.
  public var approvals: [String]
  public var state: State
  /// The guard's signed release, once given.
  public var release: [UInt8]?
  public var payout: PayoutID?
  /// Id of the paying transaction in internal byte order, once signed.
  public var transaction: [UInt8]?

  public init(
    id: WithdrawalID, account: AccountID, asset: AssetID, entry: AddressEntryID, address: String,
    amount: Amount, fee: Amount, clientID: String, requestedAt: Timestamp, updatedAt: Timestamp,
    decision: RiskDecision, approvals: [String], state: State, release: [UInt8]?,
    payout: PayoutID?, transaction: [UInt8]?
  ) {
    self.id = id
    self.account = account
    self.asset = asset
    self.entry = entry
    self.address = address
    self.amount = amount
    self.fee = fee
    self.clientID = clientID
    self.requestedAt = requestedAt
    self.updatedAt = updatedAt
    self.decision = decision
    self.approvals = approvals
    self.state = state
    self.release = release
    self.payout = payout
    self.transaction = transaction
  }
}

/// One transaction that pays withdrawals, gathers coins, or takes some to cold storage.
public struct Payout: Equatable, Sendable {
  public enum State: Equatable, Sendable {
    /// The unsigned transaction is fixed; signatures are being collected.
    case built
    case signed
    case mined(ChainPoint)
    case confirmed(ChainPoint)
    /// No version can ever be in the chain; what it would have paid waits to be paid again.
    case lost(Loss)
  }

  public var id: PayoutID
  public var asset: AssetID
  public var withdrawals: [WithdrawalID]
  public var inputs: [ChainOutpoint]
  /// The first position in the change branch and satoshi in all, when there is change.
  public var changeIndex: UInt32?
  public var change: Amount
  /// What the miners get, in satoshi.
  public var networkFee: Amount
  /// The unsigned transaction in consensus serialisation.
  public var unsigned: [UInt8]
  /// The final transaction in consensus serialisation, once signed.
  public var signed: [UInt8]?
  /// Its id in internal byte order. Segwit spends keep it fixed from `built` on.
  public var transaction: [UInt8]
  public var state: State
  /// Other versions that may have left the house, in the order in which they were put aside. Each
  /// conflicts with each other one and with this, so that at most one of all can be in the chain.
  public var others: [Version] = []
  /// What it brings to cold storage; none when it pays withdrawals.
  public var cold: [ColdPayment] = []
  /// The amounts of several change outputs; empty when there is only one.
  public var split: [Amount] = []
  public var builtAt: Timestamp
  public var updatedAt: Timestamp

  public init(
    id: PayoutID, asset: AssetID, withdrawals: [WithdrawalID], inputs: [ChainOutpoint],
    changeIndex: UInt32?, change: Amount, networkFee: Amount, unsigned: [UInt8],
    signed: [UInt8]?, transaction: [UInt8], state: State, builtAt: Timestamp, updatedAt: Timestamp
  ) {
    self.id = id
    self.asset = asset
    self.withdrawals = withdrawals
    self.inputs = inputs
    self.changeIndex = changeIndex
    self.change = change
    self.networkFee = networkFee
    self.unsigned = unsigned
    self.signed = signed
    self.transaction = transaction
    self.state = state
    self.builtAt = builtAt
    self.updatedAt = updatedAt
  }
}
