public import Money

/// A transfer between two accounts of one master (OKX `subaccount/transfer`).
public struct TransferBetween: Equatable, Sendable {
  public var from: AccountID
  public var to: AccountID
  public var asset: AssetID
  public var amount: Amount
  public var fromWallet: Wallet
  public var toWallet: Wallet

  public init(
    from: AccountID, to: AccountID, asset: AssetID, amount: Amount, fromWallet: Wallet,
    toWallet: Wallet
  ) {
    self.from = from
    self.to = to
    self.asset = asset
    self.amount = amount
    self.fromWallet = fromWallet
    self.toWallet = toWallet
  }
}
