import Engine
import Money
import SignerProtocol

/// What enough signers together would sign now, by their own word.
struct SigningRoom: Equatable {
  /// What may leave with one transaction, its network fee included, in satoshi.
  var amount: Int64
  /// The most that the network may get of it, in satoshi.
  var networkFee: Int64

  /// The room that `threshold` of `signers` agree on; `nil` when there are fewer. A signer that lies
  /// about its own room neither narrows nor widens that of enough honest ones.
  init?(of signers: [SignerStatus], threshold: Int) {
    let fees = signers.map(\.networkFee).sorted(by: >).prefix(threshold)
    guard threshold > 0, fees.count == threshold, let fee = fees.last else { return nil }
    // The same signers must allow both.
    let rooms = signers.filter { $0.networkFee >= fee }.map(\.room).sorted(by: >)
    networkFee = fee
    amount = rooms[threshold - 1]
  }

  /// Returns those of `withdrawals` that fit together, the oldest first. One that does not fit, now
  /// or ever, does not keep the smaller ones behind it waiting.
  func admit(_ withdrawals: [Withdrawal]) -> [Withdrawal] {
    var left = amount
    return withdrawals.sorted { $0.id < $1.id }.filter { withdrawal in
      // The network gets at most what the customers paid for it.
      let (needed, overflow) = withdrawal.amount.units
        .addingReportingOverflow(withdrawal.fee.units)
      guard !overflow, needed <= left else { return false }
      left -= needed
      return true
    }
  }
}
