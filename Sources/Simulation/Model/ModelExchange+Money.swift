import Engine
import Money
import Structures

// Purses, bills, receipts and transfers of the model.

extension ModelExchange {
  struct Receipt: Hashable, Sendable {
    var asset: AssetID
    var reference: String
  }

  func purse(_ account: AccountID, _ asset: AssetID, _ wallet: Wallet = .trading) -> Purse {
    Purse(account: account, asset: asset, wallet: wallet)
  }

  func available(_ purse: Purse) -> Int64 { purses[purse]?.available ?? 0 }

  /// Remembers how a purse was before this command touched it.
  private mutating func touch(_ purse: Purse) {
    if outcome.balances[purse] == nil { outcome.balances[purse] = balance(purse) }
  }

  mutating func change(_ purse: Purse, available: Int64 = 0, held: Int64 = 0) {
    touch(purse)
    purses[purse, default: Coins()].available += available
    purses[purse, default: Coins()].held += held
  }

  /// Writes the bill of a change that has just been made.
  mutating func bill(_ purse: Purse, _ change: Int64, _ reason: Bill.Reason, for reference: UInt64)
  {
    guard change != 0 else { return }
    outcome.events.append(
      .bill(
        Bill(
          id: nextBill, account: purse.account, wallet: purse.wallet, asset: purse.asset,
          change: Amount(units: change), balance: balance(purse).total, reason: reason,
          reference: reference, at: time)))
    nextBill = nextBill.next
  }

  func requireFunds(_ needed: Int64, in purse: Purse) throws(Refusal) {
    guard available(purse) >= needed else {
      throw .insufficientBalance(
        asset: purse.asset, needed: Amount(units: needed),
        available: Amount(units: available(purse)))
    }
  }

  func requireAccount(_ id: AccountID) throws(Refusal) {
    guard id.raw >= 1, id.raw <= UInt64(accounts.count) else { throw .unknownAccount }
  }

  mutating func transfer(
    _ account: AccountID, _ asset: AssetID, _ amount: Int64, _ from: Wallet, _ to: Wallet
  ) throws(Refusal) {
    try requireAccount(account)
    guard self.asset(asset) != nil else { throw .unknownAsset }
    guard amount > 0 else { throw .amountNotPositive }
    guard from != to else { throw .sameWallet }
    try requireFunds(amount, in: purse(account, asset, from))
    try reserve(purse(account, asset, to))
    change(purse(account, asset, from), available: -amount)
    change(purse(account, asset, to), available: amount)
    outcome.events.append(
      .transferred(
        account: account, asset: asset, amount: Amount(units: amount), from: from, to: to))
    bill(purse(account, asset, from), -amount, .transferOut, for: 0)
    bill(purse(account, asset, to), amount, .transferIn, for: 0)
  }

  /// The first word of an operator records a payment, the second one's credits it.
  mutating func attest(_ receipt: AttestReceipt) throws(Refusal) {
    guard let asset = asset(receipt.asset) else { throw .unknownAsset }
    guard asset.rail == .manual else { throw .railMismatch }
    guard configuration?.operators.contains(where: { $0.name == receipt.operatorName }) == true
    else { throw .unknownOperator }
    try requireAccount(receipt.account)
    guard receipt.amount > .zero else { throw .amountNotPositive }
    guard receipt.amount >= asset.minimumDeposit else {
      throw .malformed(
        field: "amount",
        problem: "is \(receipt.amount.units) units; the least is \(asset.minimumDeposit.units)")
    }
    let room = (1 << 61) - (custody[receipt.asset] ?? 0)
    guard receipt.amount.units <= room else {
      throw .malformed(field: "amount", problem: "is more than the ledger can hold")
    }
    let key = Receipt(asset: receipt.asset, reference: receipt.reference)
    guard var deposit = receipts[key] else {
      try reserve(purse(receipt.account, receipt.asset, .funding))
      let deposit = Deposit(
        id: nextDeposit, account: receipt.account, asset: receipt.asset, amount: receipt.amount,
        address: "", source: .receipt(receipt.reference),
        state: .attested(by: receipt.operatorName), seenAt: time, updatedAt: time)
      nextDeposit = nextDeposit.next
      receipts[key] = deposit
      outcome.events.append(.deposit(deposit))
      return
    }
    guard case .attested(let first) = deposit.state else { throw .receiptAlreadyCredited }
    guard first != receipt.operatorName else { throw .sameOperatorTwice }
    guard deposit.account == receipt.account, deposit.amount == receipt.amount else {
      throw .receiptMismatch
    }
    deposit.state = .credited(nil)
    deposit.updatedAt = time
    receipts[key] = deposit
    custody[receipt.asset, default: 0] += receipt.amount.units
    let purse = purse(receipt.account, receipt.asset, .funding)
    change(purse, available: receipt.amount.units)
    outcome.events.append(.deposit(deposit))
    bill(purse, receipt.amount.units, .deposit, for: deposit.id.raw)
  }
}
