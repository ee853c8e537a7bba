import Bitcoin
public import Descriptors
public import Engine
import Money
public import Structures

/// Why no transaction can be built now.
public enum PayoutError: Error, Equatable, Sendable {
  case nothingToPay
  /// An address that is not of this network.
  case badAddress(WithdrawalID)
  /// An amount that nodes would not relay.
  case dust(WithdrawalID, minimum: Int64)
  /// The coins do not suffice for even the first withdrawal.
  case insufficientCoins(needed: Int64)
  /// The customers' fees do not pay for the smallest fee rate that nodes relay.
  case feesTooSmall(needed: Int64, paid: Int64)
  /// Even a withdrawal alone is more than the signers let go now.
  case aboveLimit(needed: Int64, limit: Int64)
  /// The wallet's descriptor has no script there.
  case descriptor(DescriptorError)
  /// A new version of a payout would not take the old one's place.
  case replacement(ReplacementError)
}

/// Builds the transactions that pay released withdrawals. Pure: it knows no node and no key.
public struct PayoutBuilder: Sendable {
  /// The smallest fee rate that we make transactions with, one satoshi per virtual byte.
  public static let minimumFeeRate = FeeRate.relayed
  /// Signals that the transaction may be replaced, with relative lock times off. See BIP-125.
  public static let sequence: UInt32 = 0xFFFF_FFFD

  public let descriptor: Descriptor
  /// Wanted fee rate, at least ``minimumFeeRate``.
  public var feeRate: FeeRate
  /// What spending a coin will usually cost.
  public var longTermRate: FeeRate
  /// Withdrawals in one transaction.
  public var paymentLimit: Int
  /// Coins in one transaction.
  public var inputLimit: Int
  /// What one transaction must stay within besides.
  public var limits: PayoutLimits
  /// Coins that are not to be spent.
  public var frozen: Set<ChainOutpoint> = []
  /// Which coins the wallet wants to hold: change is split into those that it lacks.
  public var ladder: CoinLadder?
  /// Change that is on its way, in satoshi: coins that the wallet will have besides.
  public var changeUnderWay: [Int64] = []

  public init(
    descriptor: Descriptor, feeRate: FeeRate, longTermRate: FeeRate = .usual,
    paymentLimit: Int = 100, inputLimit: Int = 50, limits: PayoutLimits = PayoutLimits()
  ) {
    self.descriptor = descriptor
    self.feeRate = max(Self.minimumFeeRate, feeRate)
    self.longTermRate = longTermRate
    self.paymentLimit = paymentLimit
    self.inputLimit = inputLimit
    self.limits = limits
  }

  /// Returns the transaction that pays as many of `withdrawals` as coins and limits allow, oldest
  /// first.
  ///
  /// The network fee is never above what the customers paid for their withdrawals, nor above
  /// ``limits``; when the wanted rate would cost more, the rate is lowered.
  ///
  /// - Parameters:
  ///   - withdrawals: Released withdrawals of one asset.
  ///   - coins: Coins that may be spent now.
  ///   - changeIndex: The next free position of the change branch.
  public func build(
    asset: AssetID, withdrawals: [Withdrawal], coins: [OwnedOutput], changeIndex: UInt32
  ) throws(PayoutError) -> PayoutBuilt {
    var waiting = withdrawals.sorted { $0.id < $1.id }[...]
    var failure = PayoutError.nothingToPay
    while !waiting.isEmpty {
      do { return try oldest(asset, waiting.prefix(paymentLimit), coins, changeIndex) } catch {
        // One that cannot be paid now must not hold up those behind it; it stays the first.
        if failure == .nothingToPay { failure = error }
        waiting.removeFirst()
      }
    }
    throw failure
  }

  /// Returns the transaction that pays the first of `withdrawals` and as many more as possible.
  private func oldest(
    _ asset: AssetID, _ withdrawals: ArraySlice<Withdrawal>, _ coins: [OwnedOutput],
    _ changeIndex: UInt32
  ) throws(PayoutError) -> PayoutBuilt {
    var batch = Array(withdrawals)
    while true {
      do {
        return try transaction(
          asset, PaymentPlan(batch, changeIndex: changeIndex, in: descriptor), coins)
      } catch {
        switch error {
        case .insufficientCoins, .aboveLimit, .badAddress, .dust:
          // Fewer at once: the oldest are served first, the others wait.
          guard batch.count > 1 else { throw error }
          batch.removeLast()
        case .nothingToPay, .feesTooSmall, .descriptor, .replacement: throw error
        }
      }
    }
  }

  func transaction(
    _ asset: AssetID, _ plan: PaymentPlan, _ coins: [OwnedOutput]
  ) throws(PayoutError) -> PayoutBuilt {
    guard plan.paid <= limits.total else {
      throw .aboveLimit(needed: plan.paid, limit: limits.total)
    }
    var rate = max(Self.minimumFeeRate, min(feeRate, limits.cautiousRate))
    var missing = PayoutError.insufficientCoins(needed: plan.paid)
    // At the wanted rate if the customers' fees allow it, otherwise at the highest that they do.
    while rate >= Self.minimumFeeRate {
      let ceiling = min(limits.networkFee, limits.total - plan.paid)
      let mostFee = min(plan.customersFee, ceiling)
      guard let selection = select(plan, rate, coins, mostFee: mostFee) else {
        // Whatever the rate, the coins do not reach; a lower one may.
        missing = .insufficientCoins(needed: plan.paid + rate.fee(forVBytes: plan.size.base))
        rate = FeeRate(clamping: Int128(rate.satsPerKVByte) / 2)
        continue
      }
      let chosen = selection.positions.map { coins[$0] }
      let fee = chosen.reduce(-plan.paid - selection.change) { $0 + $1.amount.units }
      let vbytes = plan.vbytes(inputs: chosen.count, changes: selection.change > 0 ? 1 : 0)
      // Two smaller transactions at the wanted rate are better than a large one that waits.
      if fee > ceiling, plan.withdrawals.count > 1 {
        throw .aboveLimit(needed: fee, limit: ceiling)
      }
      guard fee <= min(mostFee, limits.fee(forVBytes: vbytes)) else {
        missing =
          mostFee < plan.customersFee
          ? .aboveLimit(needed: plan.paid + fee, limit: plan.paid + mostFee)
          : .feesTooSmall(needed: fee, paid: plan.customersFee)
        let lower = FeeRate(atMost: mostFee, for: vbytes)
        // In few steps, each of which looks at all coins.
        rate = lower < rate ? lower : FeeRate(clamping: Int128(rate.satsPerKVByte) * 9 / 10)
        continue
      }
      let pieces = split(
        selection.change, plan, rate, besides: coins, without: chosen, fee: fee,
        ceiling: { vbytes in min(mostFee, limits.fee(forVBytes: vbytes)) })
      let extra = selection.change - pieces.reduce(0, +)
      return try plan.built(asset, chosen, changes: pieces, fee: fee + extra)
    }
    throw missing
  }

  /// Splits `change` into coins that the ladder lacks, as far as the fee stays below its ceiling.
  ///
  /// - Parameters:
  ///   - fee: With one change output.
  ///   - ceiling: The most that so many virtual bytes may cost.
  func split(
    _ change: Int64, _ plan: PaymentPlan, _ rate: FeeRate, besides coins: [OwnedOutput],
    without chosen: [OwnedOutput], fee: Int64, ceiling: (Int64) -> Int64
  ) -> [Int64] {
    guard change > 0 else { return [] }
    guard let ladder else { return [change] }
    let spent = Set(chosen.map(\.outpoint))
    let besides = coins.lazy.filter { !spent.contains($0.outpoint) }.map(\.amount.units)
    let outputFee = rate.fee(forVBytes: plan.size.changeOutput)
    let spendChange = longTermRate.fee(forVBytes: plan.size.input)
    var limit = Payout.changeLimit
    while limit > 1 {
      let pieces = ladder.split(
        change, besides: besides + changeUnderWay, outputFee: outputFee,
        smallest: max(plan.dust, spendChange), limit: limit)
      let cost = fee + change - pieces.reduce(0, +)
      let vbytes = plan.vbytes(inputs: chosen.count, changes: pieces.count)
      if cost <= ceiling(vbytes), 4 * vbytes <= limits.weight { return pieces }
      limit = min(limit, pieces.count) - 1
    }
    return [change]
  }

  private func select(
    _ plan: PaymentPlan, _ rate: FeeRate, _ coins: [OwnedOutput], mostFee: Int64
  ) -> CoinSelection? {
    let base = rate.fee(forVBytes: plan.size.base)
    let changeFee = rate.fee(forVBytes: plan.size.changeOutput)
    let spendChange = longTermRate.fee(forVBytes: plan.size.input)
    let pool = CoinPool(
      coins,
      terms: CoinPool.Terms(
        rate: rate, longTerm: longTermRate, inputWeight: 4 * plan.size.input, dust: plan.dust,
        frozen: frozen),
      evidence: { limits.evidenceOf[$0.outpoint] ?? 0 })
    let fixed = 4 * (plan.size.base + plan.size.changeOutput)
    return pool.select(
      for: CoinRequest(
        target: plan.paid + base, changeFee: changeFee, changeCost: changeFee + spendChange,
        smallestChange: max(plan.dust, spendChange),
        excessLimit: max(0, min(changeFee + spendChange, mostFee - base)),
        limit: CoinLoad(
          weight: max(0, limits.weight - fixed), evidence: Int64(limits.evidence),
          count: Int64(inputLimit)),
        seed: plan.seed))
  }
}

/// The outputs of one payout, and how large it will be.
struct PaymentPlan {
  let withdrawals: [WithdrawalID]
  /// What goes to cold storage, if that is what it is for.
  let cold: [ColdPayment]
  let payments: [TransactionOutput]
  let changeIndex: UInt32
  let changeScript: Script
  private let descriptor: Descriptor
  let size: PayoutSize
  /// Satoshi that recipients get.
  let paid: Int64
  /// What the customers paid for the network fee, or the house has for a sweep.
  let customersFee: Int64

  init(
    _ list: [Withdrawal], changeIndex: UInt32, in descriptor: Descriptor
  ) throws(PayoutError) {
    var payments: [TransactionOutput] = []
    for withdrawal in list {
      guard let script = try? Address.parse(withdrawal.address, network: descriptor.network) else {
        throw .badAddress(withdrawal.id)
      }
      let output = TransactionOutput(value: withdrawal.amount.units, script: script)
      guard !output.isDust else { throw .dust(withdrawal.id, minimum: output.dustThreshold()) }
      payments.append(output)
    }
    try self.init(
      payments, of: list.map(\.id), fee: list.reduce(0) { $0 + $1.fee.units },
      changeIndex: changeIndex, in: descriptor)
  }

  init(
    _ payments: [TransactionOutput], of withdrawals: [WithdrawalID] = [],
    cold: [ColdPayment] = [], fee: Int64, changeIndex: UInt32, in descriptor: Descriptor
  ) throws(PayoutError) {
    self.payments = payments
    self.changeIndex = changeIndex
    self.descriptor = descriptor
    self.withdrawals = withdrawals
    self.cold = cold
    paid = payments.reduce(0) { $0 + $1.value }
    customersFee = fee
    do {
      let change = try descriptor.script(
        branch: Int(ScriptIndex.Branch.change.rawValue), index: changeIndex)
      changeScript = change.scriptPubKey
      size = try PayoutSize(payments: payments, change: change)
    } catch { throw .descriptor(error) }
  }

  /// Satoshi below which change is not relayed.
  var dust: Int64 { TransactionOutput(value: 0, script: changeScript).dustThreshold() }

  /// The same payments choose the same coins, and nobody can foretell them who does not know those.
  var seed: UInt64 {
    Transaction(inputs: [], outputs: payments, lockTime: changeIndex).id.bytes.prefix(8)
      .reduce(0) { $0 << 8 | UInt64($1) }
  }

  func vbytes(inputs: Int, changes: Int) -> Int64 {
    size.base + size.input * Int64(inputs) + size.changeOutput * Int64(changes)
  }

  /// Puts the transaction together, with `changes` at ``changeIndex`` and the places behind it.
  func built(
    _ asset: AssetID, _ coins: [OwnedOutput], changes: [Int64], fee: Int64
  ) throws(PayoutError) -> PayoutBuilt {
    var outputs = payments
    for (place, amount) in changes.enumerated() {
      let script: Script
      do {
        script =
          place == 0
          ? changeScript
          : try descriptor.script(
            branch: Int(ScriptIndex.Branch.change.rawValue), index: changeIndex + UInt32(place)
          ).scriptPubKey
      } catch { throw .descriptor(error) }
      outputs.append(TransactionOutput(value: amount, script: script))
    }
    let transaction = Transaction(
      inputs: coins.compactMap { Outpoint($0.outpoint) }.map {
        TransactionInput(outpoint: $0, sequence: PayoutBuilder.sequence)
      },
      outputs: outputs)
    precondition(transaction.inputs.count == coins.count, "the ledger names 32-byte transactions")
    return PayoutBuilt(
      asset: asset, withdrawals: withdrawals, inputs: coins.map(\.outpoint),
      changeIndex: changes.isEmpty ? nil : changeIndex,
      change: Amount(units: changes.reduce(0, +)), networkFee: Amount(units: fee),
      unsigned: transaction.bytes, transaction: transaction.id.bytes, cold: cold,
      split: changes.count > 1 ? changes.map(Amount.init(units:)) : [])
  }
}
