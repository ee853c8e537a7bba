import Ledger
import Matching
import Money
public import Structures

// Sub-accounts have balances, orders and keys of their own, and one master: orders of the same master
// do not trade with each other, and money moves between them at once.

extension Exchange {
  /// How many sub-accounts a master may have: limits for each account are limits for a customer
  /// only as long as he cannot have accounts without end.
  public static let subaccountLimit = 20

  mutating func openSubaccount(
    name: String, of master: AccountID, _ emit: (Event) -> Void
  ) throws(Refusal) {
    guard try requireAccount(master).master == nil else { throw .onlyMaster }
    let masterIndex = Int(master.raw) - 1
    guard customers.subaccounts(of: masterIndex).count < Self.subaccountLimit else {
      throw .malformed(
        field: "subAcct", problem: "the master has \(Self.subaccountLimit) sub-accounts, the most")
    }
    try name.require(1...64, bytesFor: "name")
    try requireNew(name)
    let account = Account(id: customers.nextAccount, name: name, openedAt: time, master: master)
    customers.open(name: name, at: time)
    customers.addSubaccount(Int(account.id.raw) - 1, of: masterIndex)
    box.trading.openAccount()
    box.trading.accounts[UInt32(account.id.raw - 1)].master = UInt32(master.raw - 1)
    emit(.accountOpened(account))
  }

  /// The account's sub-accounts, in the order in which they were opened.
  public func subaccounts(of master: AccountID) -> [Account] {
    guard let index = master.index(in: customers.count) else { return [] }
    return customers.subaccounts(of: index).compactMap(account)
  }

  /// Moves money between accounts of one master.
  mutating func transferBetween(
    _ transfer: TransferBetween, _ emit: (Event) -> Void
  ) throws(Refusal) {
    let from = try requireAccount(transfer.from)
    let to = try requireAccount(transfer.to)
    _ = try requireAsset(transfer.asset)
    guard from.id != to.id else { throw .sameAccount }
    guard from.master ?? from.id == to.master ?? to.id else { throw .notSameMaster }
    let (amount, asset) = (transfer.amount, transfer.asset)
    guard amount > .zero else { throw .amountNotPositive }
    try require(amount, of: asset, account: from.id, in: transfer.fromWallet)
    try reserve(asset, of: to.id, in: transfer.toWallet)

    post(
      amount, of: asset, from: customer(from.id, transfer.fromWallet.available),
      to: customer(to.id, transfer.toWallet.available))
    emit(.transferredBetween(transfer))
    bill(
      -amount, of: asset, account: from.id, wallet: transfer.fromWallet, reason: .subaccountOut,
      reference: to.id.raw, emit)
    bill(
      amount, of: asset, account: to.id, wallet: transfer.toWallet, reason: .subaccountIn,
      reference: from.id.raw, emit)
  }

  mutating func setSelfTradePrevention(
    _ mode: SelfTradePrevention, of id: AccountID, _ emit: (Event) -> Void
  ) throws(Refusal) {
    var account = try requireAccount(id)
    account.selfTrade = mode
    change(account, emit)
  }

  mutating func setFeeTier(
    _ tier: UInt8, of id: AccountID, by operatorName: String, _ emit: (Event) -> Void
  ) throws(Refusal) {
    try requireOperator(operatorName)
    var account = try requireAccount(id)
    let count = 1 + (configuration?.instruments.map(\.feeTiers.count).max() ?? 0)
    guard tier < count else { throw .unknownFeeTier(count: count) }
    account.feeTier = tier
    change(account, emit)
  }

  private mutating func change(_ account: Account, _ emit: (Event) -> Void) {
    let index = account.id.raw - 1
    box.trading.accounts[UInt32(index)].selfTrade = account.selfTrade
    box.trading.accounts[UInt32(index)].feeTier = account.feeTier
    emit(.accountChanged(account))
  }
}
