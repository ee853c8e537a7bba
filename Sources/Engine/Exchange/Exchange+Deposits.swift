import Ledger
import Money
import Structures

// Money on its way in, up to and including the credit.

extension Exchange {
  mutating func assignDepositAddress(
    _ address: String, index: UInt32, asset id: AssetID, to account: AccountID,
    _ emit: (Event) -> Void
  ) throws(Refusal) {
    _ = try requireAccount(account)
    let asset = try requireAsset(id)
    guard asset.rail == .bitcoin else { throw .railMismatch }
    try address.require(1...128, bytesFor: "address")
    guard index == nextDepositIndex, index < 1 << 31 else {
      throw .depositIndexOutOfOrder(expected: nextDepositIndex)
    }
    // What is credited one day has its balance from now on, so that no credit can fail.
    try reserve(id, of: account, in: .funding)
    let assigned = DepositAddress(
      account: account, asset: id, index: index, address: address, assignedAt: time)
    chain.assign(assigned)
    emit(.depositAddressAssigned(assigned))
  }

  /// Takes one operator's word for a payment on the manual rail; the second one's credits it.
  mutating func attestReceipt(_ receipt: AttestReceipt, _ emit: (Event) -> Void) throws(Refusal) {
    let asset = try requireAsset(receipt.asset)
    guard asset.rail == .manual else { throw .railMismatch }
    try requireOperator(receipt.operatorName)
    _ = try requireAccount(receipt.account)
    try receipt.reference.require(1...128, bytesFor: "reference")
    try receipt.signature.require(64...64, bytesFor: "signature")
    guard receipt.amount > .zero else { throw .amountNotPositive }
    guard receipt.amount >= asset.minimumDeposit else {
      throw .malformed(
        field: "amount",
        problem: "is \(receipt.amount.units) units; the least is \(asset.minimumDeposit.units)")
    }
    guard box.trading.ledger.canTakeIn(receipt.amount, of: Int(receipt.asset.raw) - 1) else {
      throw .malformed(field: "amount", problem: "is more than the ledger can hold")
    }
    let known: Deposit
    switch deposits.receipt(receipt.reference, of: receipt.asset) {
    case .waiting(let deposit): known = deposit
    case .credited: throw .receiptAlreadyCredited
    case nil:
      try reserve(receipt.asset, of: receipt.account, in: .funding)
      let deposit = Deposit(
        id: deposits.next, account: receipt.account, asset: receipt.asset, amount: receipt.amount,
        address: "", source: .receipt(receipt.reference),
        state: .attested(by: receipt.operatorName), seenAt: time, updatedAt: time)
      return record(deposit, emit)
    }
    guard known.state != .attested(by: receipt.operatorName) else { throw .sameOperatorTwice }
    guard known.account == receipt.account, known.amount == receipt.amount else {
      throw .receiptMismatch
    }
    credit(known, in: nil, emit)
  }

  mutating func depositSeen(
    _ outpoint: ChainOutpoint, script: ScriptIndex, amount: Amount, _ emit: (Event) -> Void
  ) throws(Refusal) {
    try outpoint.transaction.require(32...32, bytesFor: "outpoint.transaction")
    guard amount > .zero, amount <= Self.everySatoshi else {
      throw .malformed(field: "amount", problem: "is out of range; allowed 1 to 21 million BTC")
    }
    guard script.branch == .deposit, let address = depositAddress(index: script.index) else {
      throw .unknownScript
    }
    guard deposits[outpoint] == nil else { throw .outpointAlreadyKnown }
    record(newDeposit(outpoint, amount: amount, to: address, state: .seen), emit)
  }

  func newDeposit(
    _ outpoint: ChainOutpoint, amount: Amount, to address: DepositAddress, state: Deposit.State
  ) -> Deposit {
    Deposit(
      id: deposits.next, account: address.account, asset: address.asset, amount: amount,
      address: address.address, source: .chain(outpoint), state: state, seenAt: time,
      updatedAt: time)
  }

  /// Records and reports a deposit, new or changed.
  mutating func record(_ deposit: Deposit, _ emit: (Event) -> Void) {
    var deposit = deposit
    deposit.updatedAt = time
    deposits.set(deposit)
    emit(.deposit(deposit))
  }

  /// Gives the customer what arrived. The caller has checked that the ledger has room.
  mutating func credit(_ deposit: Deposit, in point: ChainPoint?, _ emit: (Event) -> Void) {
    var deposit = deposit
    deposit.state = .credited(point)
    post(
      deposit.amount, of: deposit.asset, from: .custody,
      to: customer(deposit.account, .fundingAvailable))
    record(deposit, emit)
    bill(
      deposit.amount, of: deposit.asset, account: deposit.account, wallet: .funding,
      reason: .deposit, reference: deposit.id.raw, emit)
  }
}
