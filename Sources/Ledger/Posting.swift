public import Money

/// One movement of money: `amount` leaves `source` and arrives at `destination`.
public struct Posting: Equatable, Sendable {
  /// The asset, counted from 0.
  public var asset: Int
  /// Not negative.
  public var amount: Amount
  public var source: LedgerAccount
  public var destination: LedgerAccount

  public init(
    asset: Int, amount: Amount, from source: LedgerAccount, to destination: LedgerAccount
  ) {
    self.asset = asset
    self.amount = amount
    self.source = source
    self.destination = destination
  }
}
