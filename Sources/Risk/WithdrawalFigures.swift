public import Money

/// What the rules look at: one request and the figures around it, gathered by the caller.
///
/// The sums and the count are of what was requested before and not taken back; the rules add the
/// request itself.
public struct WithdrawalFigures: Equatable, Sendable {
  public var now: Timestamp
  /// What the recipient is to get.
  public var amount: Amount
  /// The customer's total in the last hour.
  public var customerHour: Amount
  /// The customer's total in the last 24 hours.
  public var customerDay: Amount
  /// The customer's requests in the last hour.
  public var customerHourCount: UInt32
  /// All customers' total in the last hour.
  public var assetHour: Amount
  /// All customers' total in the last 24 hours.
  public var assetDay: Amount
  /// Whether a withdrawal has gone to this address before.
  public var addressUsedBefore: Bool
  /// When the customer's credentials last changed.
  public var credentialsChangedAt: Timestamp?

  public init(
    now: Timestamp, amount: Amount, customerHour: Amount, customerDay: Amount,
    customerHourCount: UInt32, assetHour: Amount, assetDay: Amount, addressUsedBefore: Bool,
    credentialsChangedAt: Timestamp?
  ) {
    self.now = now
    self.amount = amount
    self.customerHour = customerHour
    self.customerDay = customerDay
    self.customerHourCount = customerHourCount
    self.assetHour = assetHour
    self.assetDay = assetDay
    self.addressUsedBefore = addressUsedBefore
    self.credentialsChangedAt = credentialsChangedAt
  }
}
