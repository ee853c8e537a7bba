public import Money
public import Structures

/// Names an adjustment.
public typealias AdjustmentID = Identifier<Adjustment>

/// Money that operators move between a customer and the house's fee account: one operator proposes
/// it and another one approves it.
public struct Adjustment: Equatable, Sendable {
  public enum Kind: UInt8, Equatable, Sendable {
    /// Puts an error right, in either direction.
    case correction = 0
    /// Paid out of fees that the house earned, never out of other customers' money.
    case reward = 1
  }

  public enum State: UInt8, Equatable, Sendable {
    case proposed = 0
    case applied = 1
    case declined = 2
  }

  public var id: AdjustmentID
  public var kind: Kind
  public var account: AccountID
  public var asset: AssetID
  public var wallet: Wallet
  /// Positive when the customer gets it.
  public var amount: Amount
  /// Shown to the customer.
  public var reason: String
  public var state: State
  public var proposedBy: String
  /// Who approved or declined it.
  public var decidedBy: String?
  public var proposedAt: Timestamp
  public var decidedAt: Timestamp?

  public init(
    id: AdjustmentID, kind: Kind, account: AccountID, asset: AssetID, wallet: Wallet,
    amount: Amount, reason: String, state: State, proposedBy: String, decidedBy: String?,
    proposedAt: Timestamp, decidedAt: Timestamp?
  ) {
    self.id = id
    self.kind = kind
    self.account = account
    self.asset = asset
    self.wallet = wallet
    self.amount = amount
    self.reason = reason
    self.state = state
    self.proposedBy = proposedBy
    self.decidedBy = decidedBy
    self.proposedAt = proposedAt
    self.decidedAt = decidedAt
  }
}

/// One operator's proposal of an adjustment.
public struct ProposeAdjustment: Equatable, Sendable {
  /// The operator's name in the configuration.
  public var operatorName: String
  public var kind: Adjustment.Kind
  public var account: AccountID
  public var asset: AssetID
  public var wallet: Wallet
  public var amount: Amount
  public var reason: String
  /// Ed25519 over the operator's request, by the operator's key.
  public var signature: [UInt8]

  public init(
    operatorName: String, kind: Adjustment.Kind, account: AccountID, asset: AssetID,
    wallet: Wallet, amount: Amount, reason: String, signature: [UInt8]
  ) {
    self.operatorName = operatorName
    self.kind = kind
    self.account = account
    self.asset = asset
    self.wallet = wallet
    self.amount = amount
    self.reason = reason
    self.signature = signature
  }
}

/// Another operator's decision on a proposed adjustment.
public struct DecideAdjustment: Equatable, Sendable {
  /// The operator's name in the configuration. Who proposed it may decline it, not approve it.
  public var operatorName: String
  public var adjustment: AdjustmentID
  public var approves: Bool
  /// Ed25519 over the operator's request, by the operator's key.
  public var signature: [UInt8]

  public init(
    operatorName: String, adjustment: AdjustmentID, approves: Bool, signature: [UInt8]
  ) {
    self.operatorName = operatorName
    self.adjustment = adjustment
    self.approves = approves
    self.signature = signature
  }
}
