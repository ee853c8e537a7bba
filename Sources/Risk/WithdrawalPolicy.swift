public import Money

/// The limits that the rules hold the figures against. A total or count equal to its limit passes.
public struct WithdrawalPolicy: Equatable, Sendable {
  /// A single withdrawal above this is refused.
  public var refuseAbove: Amount
  /// A single withdrawal above this is reviewed.
  public var reviewAbove: Amount
  /// A single withdrawal above this is delayed.
  public var delayAbove: Amount
  /// How long a delay is, unless its rule says otherwise.
  public var delayMilliseconds: Int64
  /// A customer's total in an hour; above it, review.
  public var customerHour: Amount
  /// A customer's total in 24 hours; above it, refusal.
  public var customerDay: Amount
  /// All customers' total in an hour; above it, delay.
  public var assetHour: Amount
  /// All customers' total in 24 hours; above it, review.
  public var assetDay: Amount
  /// A customer's requests in an hour; above it, delay.
  public var countHour: UInt32
  /// The first use of an address waits this long.
  public var firstUseMilliseconds: Int64
  /// Withdrawals wait this long after a change of credentials.
  public var credentialHoldMilliseconds: Int64

  public init(
    refuseAbove: Amount, reviewAbove: Amount, delayAbove: Amount, delayMilliseconds: Int64,
    customerHour: Amount, customerDay: Amount, assetHour: Amount, assetDay: Amount,
    countHour: UInt32, firstUseMilliseconds: Int64, credentialHoldMilliseconds: Int64
  ) {
    self.refuseAbove = refuseAbove
    self.reviewAbove = reviewAbove
    self.delayAbove = delayAbove
    self.delayMilliseconds = delayMilliseconds
    self.customerHour = customerHour
    self.customerDay = customerDay
    self.assetHour = assetHour
    self.assetDay = assetDay
    self.countHour = countHour
    self.firstUseMilliseconds = firstUseMilliseconds
    self.credentialHoldMilliseconds = credentialHoldMilliseconds
  }
}
