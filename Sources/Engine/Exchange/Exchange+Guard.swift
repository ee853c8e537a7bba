import Money
import Structures

// What the guard decides on a withdrawal that passed the online rules. It may always be stricter:
// it can refuse whatever is not being signed yet.

extension Exchange {
  mutating func guardHeld(
    _ id: WithdrawalID, until: Timestamp, reason: HoldReason, _ emit: (Event) -> Void
  ) throws(Refusal) {
    let withdrawal = try requireWithdrawal(id)
    try reason.text.require(1...512, bytesFor: "reason")
    guard withdrawal.state.awaitsGuard else { throw .notReleasable }
    move(withdrawal, to: .guardHeld(until: until, reason: reason), emit)
  }

  mutating func guardRefused(
    _ id: WithdrawalID, reason: String, _ emit: (Event) -> Void
  ) throws(Refusal) {
    let withdrawal = try requireWithdrawal(id)
    try reason.require(1...512, bytesFor: "reason")
    guard withdrawal.state.isCancellable else { throw .notReleasable }
    giveBack(withdrawal, as: .refused(reason: reason), emit)
  }

  mutating func guardReleased(
    _ id: WithdrawalID, release: [UInt8], _ emit: (Event) -> Void
  ) throws(Refusal) {
    var withdrawal = try requireWithdrawal(id)
    try release.require(1...4096, bytesFor: "release")
    guard withdrawal.state.awaitsGuard else { throw .notReleasable }
    try requireReleasing(withdrawal.asset)
    withdrawal.release = release
    move(withdrawal, to: .released, emit)
  }
}

extension Withdrawal.State {
  /// Whether it is the guard's turn.
  var awaitsGuard: Bool {
    switch self {
    case .approved, .guardHeld: true
    case .delayed, .inReview, .released, .building, .broadcast, .mined, .confirmed, .refused,
      .canceled:
      false
    }
  }
}
