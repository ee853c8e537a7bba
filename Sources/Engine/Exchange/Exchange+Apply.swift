import Ledger
import Matching
public import Money
import Structures

extension Exchange {
  /// The latest instant that the exchange works with, 9999-12-31, so that adding a wait cannot wrap.
  static let endOfTime = Timestamp(milliseconds: 253_402_300_799_999)

  /// Does what fell due by `time`, then carries out `command`, and says through `emit` what happened.
  ///
  /// A command that cannot be carried out changes nothing and emits `.refused` with the reason.
  ///
  /// - Parameter time: When the command was accepted into the journal. A time before the last one
  ///   counts as the last one.
  public mutating func apply(_ command: Command, at time: Timestamp, emit: (Event) -> Void) {
    self.time = max(self.time, min(time, Self.endOfTime))
    releaseDelayed(emit)
    do throws(Refusal) {
      try carryOut(command, emit)
    } catch {
      emit(.refused(error))
    }
    reportTouched(emit)
    ledger.checkConservation()
  }

  private mutating func carryOut(_ command: Command, _ emit: (Event) -> Void) throws(Refusal) {
    if case .configure(let configuration) = command {
      return try configure(configuration, emit)
    }
    guard configuration != nil else { throw .notConfigured }
    switch command {
    case .configure, .tick: break
    case .openAccount(let name): try openAccount(name: name, emit)
    case .createAPIKey(let key, let account, let label, let permissions, let sealed):
      try createAPIKey(
        APIKey(
          key: key, account: account, label: label, permissions: permissions, sealed: sealed,
          createdAt: time), emit)
    case .revokeAPIKey(let key): try revokeAPIKey(key, emit)
    case .enrolSigningKey(let account, let publicKey, let proof):
      try enrolSigningKey(account, publicKey: publicKey, proof: proof, emit)
    case .addAddress(let request): try addAddress(request, emit)
    case .removeAddress(let account, let entry): try removeAddress(entry, of: account, emit)
    case .transfer(let account, let asset, let amount, let from, let to):
      try transfer(amount, of: asset, account: account, from: from, to: to, emit)
    case .placeOrder(let request): try placeOrder(request, emit)
    case .cancelOrder(let account, let order): try cancelOrder(order, of: account, emit)
    case .amendOrder(let request): try amendOrder(request, emit)
    case .placeOrderWithAlgos, .cancelOrders, .cancelAllAfter, .placeAlgo, .cancelAlgo, .amendAlgo,
      .setSelfTradePrevention, .setFeeTier, .openSubaccount, .transferBetween,
      .setInstrumentState, .proposeAdjustment, .decideAdjustment:
      throw .malformed(field: "command", problem: "is not carried out by this version")
    case .assignDepositAddress(let account, let asset, let index, let address):
      try assignDepositAddress(address, index: index, asset: asset, to: account, emit)
    case .attestReceipt(let receipt): try attestReceipt(receipt, emit)
    case .depositSeen(let outpoint, let script, let amount):
      try depositSeen(outpoint, script: script, amount: amount, emit)
    case .connectBlock(let block): try connectBlock(block, emit)
    case .disconnectBlock(let point): try disconnectBlock(point, emit)
    case .requestWithdrawal(let request): try requestWithdrawal(request, emit)
    case .cancelWithdrawal(let account, let id): try cancelWithdrawal(id, of: account, emit)
    case .reviewWithdrawal(let review): try reviewWithdrawal(review, emit)
    case .guardHeld(let id, let until, let reason):
      try guardHeld(id, until: until, reason: reason, emit)
    case .guardRefused(let id, let reason): try guardRefused(id, reason: reason, emit)
    case .guardReleased(let id, let release): try guardReleased(id, release: release, emit)
    case .payoutBuilt(let payout): try payoutBuilt(payout, emit)
    case .payoutSigned(let id, let transaction):
      try payoutSigned(id, transaction: transaction, emit)
    case .guardReported(let report): try guardReported(report, emit)
    case .reservesObserved(let asset, let point, let onChain):
      try reservesObserved(asset, at: point, onChain: onChain, emit)
    }
  }

  /// Reports every level and balance that the command touched, as it is now.
  private mutating func reportTouched(_ emit: (Event) -> Void) {
    for key in touched.levels {
      let level = markets[Int(key.instrument.raw) - 1].book.level(key.side.inBook, at: key.price)
      emit(
        .level(
          BookLevel(
            instrument: key.instrument, side: key.side, price: key.price, size: level.size,
            orders: level.orders)))
    }
    for key in touched.balances {
      emit(
        .balance(
          account: key.account,
          balance(of: key.account, asset: key.asset, wallet: key.wallet)))
    }
    touched.removeAll()
  }
}
