import ColdAddresses
import Custody
import Descriptors
public import Engine
import Money
import Statements
import Structures

// How much the hot wallet holds, and what is asked of cold storage.

extension GuardCore {
  /// The terms of now, once the exchange counts the cold wallet that they name. The journal says how the
  /// key holders stand, so that whoever executes it knows why the plan is what it is.
  var float: FloatTerms? {
    guard let terms = policy.float, exchange.coldWallet?.descriptor == terms.cold.text else {
      return nil
    }
    return exchange.keyHolders?.isShort == true ? terms.shrunk : terms
  }

  /// What the hot wallet has beyond what is promised to withdrawals, in satoshi; negative when some
  /// wait for coins.
  var freeFloat: Int64 {
    withdrawals(.guardian).reduce(exchange.hotFloat.units - promised) {
      $1.awaitsRefill ? $0 - $1.cost : $0
    }
  }

  func floatState(_ asset: AssetID, feeRate: FeeRate) -> FloatState {
    let free = exchange.hotFloat.units
    return FloatState(
      free: free, promised: free - freeFloat, liabilities: exchange.owed(asset).units,
      refillUnderWay: exchange.openRefill?.need.amount.units ?? 0,
      sweepUnderWay: exchange.sweepUnderWay.units,
      fees: FeeQuote(rate: feeRate, reason: .estimated))
  }

  /// What released withdrawals leave of the hot wallet for others; `nil` when there is nothing in cold
  /// storage to wait for.
  var roomForPayouts: Int64? {
    guard float != nil, exchange.coldTotal > .zero else { return nil }
    return exchange.hotFloat.units - promised
  }

  /// Returns the plan for the hot wallet, when it differs from the one in the journal.
  ///
  /// A request for a refill is open from when the float falls below its band, or withdrawals wait for
  /// coins, until coins arrive or the float has recovered without them. It never asks for more than
  /// there is.
  public func planFloat() -> Command? {
    guard halted == nil, isCaughtUp, let terms = float,
      let asset = exchange.assetID(code: policy.asset)
    else { return nil }
    let state = floatState(asset, feeRate: .relayed)
    let float = state.free - state.promised
    let open = exchange.openRefill
    let missing = Amount(units: max(0, -float))
    let inCold = exchange.coldTotal.units
    var need: RefillNeed?
    if case .refill(let amount, _) = terms.policy.action(state, sweepBelow: terms.sweepBelow) {
      need = RefillNeed(
        amount: Amount(units: min(state.refillUnderWay + amount, inCold)), missing: missing)
    } else if let open, float < terms.policy.recovered(state.liabilities) {
      need = RefillNeed(amount: open.need.amount, missing: missing)
    }
    if need?.amount == .zero { need = nil }
    let plan = FloatPlan(
      targetBasisPoints: UInt32(clamping: terms.policy.targetBasisPoints),
      usualTargetBasisPoints: UInt32(
        clamping: policy.float?.policy.targetBasisPoints ?? terms.policy.targetBasisPoints),
      lowBasisPoints: UInt32(clamping: terms.policy.lowBasisPoints),
      highBasisPoints: UInt32(clamping: terms.policy.highBasisPoints), refill: need)
    guard plan != exchange.floatPlan || need != open?.need, !isGiving(.plan) else { return nil }
    return .planFloat(plan)
  }

  /// The branches of the cold wallet with the positions after the last that were used, for a scan of
  /// the chain; none when its coins do not count.
  public var coldBranches: [(descriptor: String, end: UInt32)] {
    get throws(DescriptorError) {
      guard let terms = float else { return [] }
      let ends = exchange.coldEnds
      return zip(try terms.cold.branches, [ends.deposit, ends.change]).map { ($0.text, $1) }
    }
  }

  // MARK: What the journal says of cold storage

  /// Why the exchange must not count `wallet`, or `nil`.
  func problem(of wallet: ColdWallet) -> String? {
    guard let terms = policy.float else {
      return "the exchange counts a cold wallet that this guard does not know"
    }
    return wallet.descriptor == terms.cold.text
      ? nil : "the exchange counts another cold wallet than this guard"
  }

  /// Takes in a batch of cold addresses, after deriving all of them; returns why it cannot be one.
  func take(_ batch: ColdBatch) -> String? {
    guard let terms = policy.float else { return "cold addresses of an unknown wallet" }
    do {
      let signed = try Signed<ColdAddressBatch>(bytes: batch.signed)
      let own = try ColdAddressBatch.verify(
        signed, issuedBy: terms.issuerKey, of: terms.cold, following: coldBatches.last)
      guard own.number == batch.number, own.firstIndex == batch.firstIndex,
        own.count == batch.count, own.addressCap == batch.addressCap.units,
        own.epoch == batch.epoch, own.epochCap == batch.epochCap.units
      else { return "batch \(batch.number) of cold addresses is not what was signed" }
      coldBatches.append(own)
      return nil
    } catch {
      return "batch \(batch.number) of cold addresses: \(error)"
    }
  }
}
