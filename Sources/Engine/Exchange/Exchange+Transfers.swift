import Ledger
import Money
import Structures

extension Exchange {
  /// Moves a customer's money between the wallets.
  mutating func transfer(
    _ amount: Amount, of asset: AssetID, account: AccountID, from: Wallet, to: Wallet,
    _ emit: (Event) -> Void
  ) throws(Refusal) {
    _ = try requireAccount(account)
    _ = try requireAsset(asset)
    guard amount > .zero else { throw .amountNotPositive }
    guard from != to else { throw .sameWallet }
    try require(amount, of: asset, account: account, in: from)

    try reserve(asset, of: account, in: to)
    post(
      amount, of: asset, from: customer(account, from.available),
      to: customer(account, to.available))
    emit(.transferred(account: account, asset: asset, amount: amount, from: from, to: to))
    bill(
      -amount, of: asset, account: account, wallet: from, reason: .transferOut, reference: 0, emit)
    bill(amount, of: asset, account: account, wallet: to, reason: .transferIn, reference: 0, emit)
  }
}
