import Custody
import Engine
import Money
import SignerProtocol

/// What enough signers together would sign now, by their own word, in satoshi.
///
/// What is built can neither be cancelled nor built again, so it must be what they accept.
struct SignerCapacity {
  /// What one transaction may take, network fee included.
  var perTransaction: Int64
  /// What may leave until a window moves on.
  var budget: Int64
  var networkFee: Int64
  var feeRate: FeeRate

  /// What the next transaction may take.
  var total: Int64 { max(0, min(perTransaction, budget)) }

  /// Counts `withdrawal` in, or returns why it has to wait.
  mutating func take(_ withdrawal: Withdrawal, at now: Timestamp) -> GuardVerdict? {
    let later = now.advanced(byMilliseconds: LimitCheck.hour)
    guard withdrawal.cost <= perTransaction else {
      return .hold(until: later, reason: "the amount is above what the key holders sign at once")
    }
    guard withdrawal.cost <= budget else {
      return .hold(until: later, reason: "the key holders' limit is reached for now")
    }
    budget -= withdrawal.cost
    return nil
  }

  /// Returns those of `withdrawals` that one transaction may take together, the oldest first. One
  /// that does not fit, now or ever, does not keep the smaller ones behind it waiting.
  func fitting(_ withdrawals: [Withdrawal]) -> [Withdrawal] {
    var left = total
    return withdrawals.sorted { $0.id < $1.id }.filter { withdrawal in
      guard withdrawal.cost <= left else { return false }
      left -= withdrawal.cost
      return true
    }
  }
}

extension GuardCore {
  /// Returns what the threshold of `signers` agree on, or `nil` when too few of them answer.
  ///
  /// The same signers allow all of it. A signer that lies about itself neither narrows nor widens
  /// what enough honest ones with the same limits allow.
  func capacity(of signers: [SignerStatus]) -> SignerCapacity? {
    var ready = signers.filter { $0.frozen == nil }
    guard threshold > 0, ready.count >= threshold else { return nil }
    let networkFee = ready.map(\.networkFee).sorted(by: >)[threshold - 1]
    ready.removeAll { $0.networkFee < networkFee }
    let rate = ready.map(\.feeRateSatsPerVByte).sorted(by: >)[threshold - 1]
    ready.removeAll { $0.feeRateSatsPerVByte < rate }
    let roomy = ready.sorted { $0.room > $1.room }.prefix(threshold)
    guard let budget = roomy.map(\.budget).min(),
      let perTransaction = roomy.map(\.perTransaction).min()
    else { return nil }
    return SignerCapacity(
      perTransaction: perTransaction, budget: budget - open.cost(of: .building),
      networkFee: networkFee, feeRate: FeeRate(satsPerVByte: max(0, rate)) ?? .highest)
  }

  /// What is released and in no transaction yet.
  var promised: Int64 { open.cost(of: .released) }
}

extension SignerStatus {
  fileprivate var budget: Int64 { max(0, min(budgetHour, budgetDay)) }
  fileprivate var room: Int64 { min(perTransaction, budget) }
}

extension Withdrawal {
  /// The most that paying it takes out of the wallet, in satoshi.
  var cost: Int64 { amount.units + fee.units }
}
