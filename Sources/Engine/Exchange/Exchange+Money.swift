import Ledger
import Money
import Structures

// The engine's hands on the ledger: every movement of money goes through these, which also write
// the bills.

extension Exchange {
  /// Sets money of a wallet aside. The caller has checked that it is there.
  mutating func hold(_ amount: Amount, of asset: AssetID, account: AccountID, in wallet: Wallet) {
    post(
      amount, of: asset, from: customer(account, wallet.available),
      to: customer(account, wallet.held))
    touch(account, asset, wallet)
  }

  /// Gives money that was set aside back.
  mutating func release(_ amount: Amount, of asset: AssetID, account: AccountID, in wallet: Wallet)
  {
    post(
      amount, of: asset, from: customer(account, wallet.held),
      to: customer(account, wallet.available))
    touch(account, asset, wallet)
  }

  func customer(_ account: AccountID, _ pocket: Pocket) -> LedgerAccount {
    .customer(Int(account.raw) - 1, pocket)
  }

  mutating func post(
    _ amount: Amount, of asset: AssetID, from source: LedgerAccount, to destination: LedgerAccount
  ) {
    ledger.post(
      Posting(asset: Int(asset.raw) - 1, amount: amount, from: source, to: destination))
  }

  mutating func touch(_ account: AccountID, _ asset: AssetID, _ wallet: Wallet) {
    touched.balance(.init(account: account, asset: asset, wallet: wallet))
  }

  /// Writes the bill of a change that was just posted.
  mutating func bill(
    _ change: Amount, of asset: AssetID, account: AccountID, wallet: Wallet, reason: Bill.Reason,
    reference: UInt64, _ emit: (Event) -> Void
  ) {
    guard change != .zero else { return }
    emit(
      .bill(
        Bill(
          id: nextBill, account: account, wallet: wallet, asset: asset, change: change,
          balance: balance(of: account, asset: asset, wallet: wallet).total, reason: reason,
          reference: reference, at: time)))
    nextBill = nextBill.next
    touch(account, asset, wallet)
  }

  /// Returns the free balance, or refuses when it does not cover `needed`.
  func require(
    _ needed: Amount, of asset: AssetID, account: AccountID, in wallet: Wallet
  ) throws(Refusal) {
    let available = balance(of: account, asset: asset, wallet: wallet).available
    guard available >= needed else {
      throw .insufficientBalance(asset: asset, needed: needed, available: available)
    }
  }

  func requireAccount(_ id: AccountID) throws(Refusal) -> Account {
    guard let account = account(id) else { throw .unknownAccount }
    return account
  }

  func requireAsset(_ id: AssetID) throws(Refusal) -> Asset {
    guard let asset = asset(id) else { throw .unknownAsset }
    return asset
  }

  func requireInstrument(_ id: InstrumentID) throws(Refusal) -> Instrument {
    guard let instrument = instrument(id) else { throw .unknownInstrument }
    return instrument
  }
}
