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
}

/// Builds the transactions that pay released withdrawals. Pure: it knows no node and no key.
public struct PayoutBuilder: Sendable {
  /// The smallest fee rate that nodes relay, in satoshi per virtual byte.
  public static let minimumFeeRate: Int64 = 1
  /// Signals that the transaction may be replaced, with relative lock times off. See BIP-125.
  public static let sequence: UInt32 = 0xFFFF_FFFD

  public let descriptor: Descriptor
  /// Wanted fee rate in satoshi per virtual byte, at least 1.
  public var feeRateSatsPerVByte: Int64
  /// Withdrawals in one transaction.
  public var paymentLimit: Int
  /// Coins in one transaction.
  public var inputLimit: Int
  /// What one transaction must stay within besides.
  public var limits: PayoutLimits

  public init(
    descriptor: Descriptor, feeRateSatsPerVByte: Int64, paymentLimit: Int = 100,
    inputLimit: Int = 50, limits: PayoutLimits = PayoutLimits()
  ) {
    self.descriptor = descriptor
    self.feeRateSatsPerVByte = max(Self.minimumFeeRate, feeRateSatsPerVByte)
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
        return try transaction(asset, batch, coins, changeIndex)
      } catch {
        switch error {
        case .insufficientCoins, .aboveLimit, .badAddress, .dust:
          // Fewer at once: the oldest are served first, the others wait.
          guard batch.count > 1 else { throw error }
          batch.removeLast()
        case .nothingToPay, .feesTooSmall, .descriptor: throw error
        }
      }
    }
  }

  private func transaction(
    _ asset: AssetID, _ withdrawals: [Withdrawal], _ coins: [OwnedOutput], _ changeIndex: UInt32
  ) throws(PayoutError) -> PayoutBuilt {
    let payments = try outputs(withdrawals)
    let change = try script(.change, changeIndex)
    let customersFee = withdrawals.reduce(0) { $0 + $1.fee.units }
    let paid = payments.reduce(0) { $0 + $1.value }
    guard paid <= limits.total else { throw .aboveLimit(needed: paid, limit: limits.total) }
    let allowedFee = min(customersFee, limits.total - paid)
    let size: PayoutSize
    do { size = try PayoutSize(payments: payments, change: change) } catch {
      throw .descriptor(error)
    }
    var rate = max(
      Self.minimumFeeRate, min(feeRateSatsPerVByte, limits.feeRateSatsPerVByte / 10 * 9))
    var missing = PayoutError.insufficientCoins(needed: paid)
    // At the wanted rate if the customers' fees allow it, otherwise at the highest that they do.
    while rate >= Self.minimumFeeRate {
      let selection = CoinSelection(
        inputFee: rate * size.input, changeCost: rate * (size.changeOutput + size.input),
        inputLimit: inputLimit, limits: limits)
      if let exact = selection.withoutChange(paid + rate * size.base, from: coins) {
        let fee = exact.reduce(-paid) { $0 + $1.amount.units }
        let mostFee = limits.fee(for: size.base + size.input * Int64(exact.count))
        if fee <= min(allowedFee, mostFee) {
          return built(asset, withdrawals, exact, payments, nil, fee: fee)
        }
      }
      let base = rate * (size.base + size.changeOutput)
      let dust = TransactionOutput(value: 0, script: change.scriptPubKey).dustThreshold()
      guard let chosen = selection.largestFirst(paid + base + dust, from: coins) else {
        // Whatever the rate, the coins do not reach; a lower one may.
        missing = .insufficientCoins(needed: paid + base + dust)
        rate /= 2
        continue
      }
      let fee = base + rate * size.input * Int64(chosen.count)
      // Two smaller transactions at the wanted rate are better than a large one that waits.
      let ceiling = min(limits.networkFee, limits.total - paid)
      if fee > ceiling, withdrawals.count > 1 { throw .aboveLimit(needed: fee, limit: ceiling) }
      let mostFee = min(allowedFee, limits.networkFee)
      guard fee <= mostFee else {
        missing =
          mostFee < customersFee
          ? .aboveLimit(needed: paid + fee, limit: min(limits.total, paid + mostFee))
          : .feesTooSmall(needed: fee, paid: customersFee)
        rate = min(rate - 1, mostFee / (fee / rate))
        continue
      }
      let value = chosen.reduce(-paid - fee) { $0 + $1.amount.units }
      let output = TransactionOutput(value: value, script: change.scriptPubKey)
      return built(asset, withdrawals, chosen, payments, (changeIndex, output), fee: fee)
    }
    throw missing
  }

  private func outputs(
    _ withdrawals: [Withdrawal]
  ) throws(PayoutError) -> [TransactionOutput] {
    var outputs: [TransactionOutput] = []
    for withdrawal in withdrawals {
      guard let script = try? Address.parse(withdrawal.address, network: descriptor.network) else {
        throw .badAddress(withdrawal.id)
      }
      let output = TransactionOutput(value: withdrawal.amount.units, script: script)
      guard !output.isDust else { throw .dust(withdrawal.id, minimum: output.dustThreshold()) }
      outputs.append(output)
    }
    return outputs
  }

  private func script(
    _ branch: ScriptIndex.Branch, _ index: UInt32
  ) throws(PayoutError) -> DerivedScript {
    do { return try descriptor.script(branch: Int(branch.rawValue), index: index) } catch {
      throw .descriptor(error)
    }
  }

  private func built(
    _ asset: AssetID, _ withdrawals: [Withdrawal], _ coins: [OwnedOutput],
    _ payments: [TransactionOutput], _ change: (index: UInt32, output: TransactionOutput)?,
    fee: Int64
  ) -> PayoutBuilt {
    let transaction = Transaction(
      inputs: coins.compactMap { Outpoint($0.outpoint) }.map {
        TransactionInput(outpoint: $0, sequence: Self.sequence)
      }, outputs: payments + (change.map { [$0.output] } ?? []))
    precondition(transaction.inputs.count == coins.count, "the ledger names 32-byte transactions")
    return PayoutBuilt(
      asset: asset, withdrawals: withdrawals.map(\.id), inputs: coins.map(\.outpoint),
      changeIndex: change?.index, change: Amount(units: change?.output.value ?? 0),
      networkFee: Amount(units: fee), unsigned: transaction.bytes,
      transaction: transaction.id.bytes)
  }
}
