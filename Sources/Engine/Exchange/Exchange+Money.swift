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
  }

  /// Gives money that was set aside back.
  mutating func release(_ amount: Amount, of asset: AssetID, account: AccountID, in wallet: Wallet)
  {
    post(
      amount, of: asset, from: customer(account, wallet.held),
      to: customer(account, wallet.available))
  }

  func customer(_ account: AccountID, _ pocket: Pocket) -> LedgerAccount {
    .customer(Int(account.raw) - 1, pocket)
  }

  mutating func post(
    _ amount: Amount, of asset: AssetID, from source: LedgerAccount, to destination: LedgerAccount
  ) {
    box.trading.ledger.post(
      Posting(asset: Int(asset.raw) - 1, amount: amount, from: source, to: destination))
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
          id: BillID(box.trading.nextBill), account: account, wallet: wallet, asset: asset,
          change: change,
          balance: balance(of: account, asset: asset, wallet: wallet).total, reason: reason,
          reference: reference, at: time)))
    box.trading.nextBill += 1
  }

  /// Makes the balance that money will come to, or refuses when the ledger has no room for it.
  mutating func reserve(
    _ asset: AssetID, of account: AccountID, in wallet: Wallet
  ) throws(Refusal) {
    let slot = box.trading.ledger.reserve(
      UInt32(account.raw - 1), asset: Int(asset.raw) - 1, in: wallet.inLedger)
    guard slot != nil else { throw .full(.balances) }
  }

  /// Refuses when the free balance does not cover `needed`.
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
