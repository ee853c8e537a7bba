import Engine
import Money
import SignerProtocol

/// What enough signers together would sign now, in satoshi: of the holders with the most room, as
/// many as are needed.
///
/// What is built can neither be cancelled nor built again, so it must be what they accept.
struct SignerCapacity {
  /// What one transaction may take, network fee included.
  var perTransaction: Int64
  /// What may leave until a window moves on.
  var budget: Int64
  var networkFee: Int64
  var feeRateSatsPerVByte: Int64

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
}

extension GuardCore {
  /// Returns what `signers` would sign, or `nil` when too few of them answer.
  func capacity(of signers: [SignerStatus]) -> SignerCapacity? {
    let roomy = signers.filter { $0.frozen == nil }.sorted { $0.room > $1.room }.prefix(threshold)
    guard roomy.count == threshold, let room = roomy.map(\.budget).min(),
      let perTransaction = roomy.map(\.perTransaction).min(),
      let networkFee = roomy.map(\.networkFee).min(),
      let rate = roomy.map(\.feeRateSatsPerVByte).min()
    else { return nil }
    return SignerCapacity(
      perTransaction: perTransaction, budget: room - promised(to: .building),
      networkFee: networkFee, feeRateSatsPerVByte: rate)
  }

  /// What is released and in no transaction yet.
  var promised: Int64 { promised(to: .released) }

  private func promised(to state: Withdrawal.State) -> Int64 {
    exchange.openWithdrawals.reduce(0) { $0 + ($1.state == state ? $1.cost : 0) }
  }
}

extension SignerStatus {
  fileprivate var budget: Int64 { min(budgetHour, budgetDay) }
  fileprivate var room: Int64 { min(perTransaction, budget) }
}

extension Withdrawal {
  /// The most that paying it takes out of the wallet, in satoshi.
  var cost: Int64 { amount.units + fee.units }
}
