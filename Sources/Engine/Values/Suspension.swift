public import Money

/// A public reason why withdrawals of an asset wait or are closed. See DESIGN, "what is never
/// true": no suspension without a reason and a time.
public struct Suspension: Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    /// The chain shows less than is owed.
    case reservesBelowLiabilities(owed: Amount, covered: Amount, at: ChainPoint)
    /// A coin of ours was spent by a transaction that is not a payout.
    case unexplainedOutflow(ChainOutpoint)
    /// A credited deposit was taken out of the chain.
    case reorganisationBeyondFinality(DepositID)
    /// Too few signers answer.
    case signersUnavailable(reachable: UInt32, threshold: UInt32)
    /// The guard has not been connected.
    case guardUnreachable
    /// The guard stopped itself.
    case guardHalted(String)
    /// The nodes do not agree on the chain, or it changed deeper than can be followed. Deposits are
    /// not credited meanwhile.
    case chainUnreliable(String)
    /// The hot wallet cannot pay everything that was asked for, and people have been asked to bring
    /// coins from cold storage. What is waited for.
    case refillAwaited(missing: Amount)
  }

  public var asset: AssetID
  public var reason: Reason
  public var since: Timestamp
  /// Whether new withdrawals are refused (true), or accepted and queued (false).
  public var closes: Bool

  public init(asset: AssetID, reason: Reason, since: Timestamp, closes: Bool) {
    self.asset = asset
    self.reason = reason
    self.since = since
    self.closes = closes
  }
}
