public import Money

/// One step of a ladder: deposits of at least `from` wait for `confirmations` blocks.
///
/// What a reorganisation costs an attacker grows with its depth, so what waits for more blocks may be
/// worth more.
public struct ConfirmationStep: Equatable, Sendable {
  /// In ledger units, at least 1.
  public var from: Amount
  /// Blocks, the containing one included, 1 to 300.
  public var confirmations: UInt32

  public init(from: Amount, confirmations: UInt32) {
    self.from = from
    self.confirmations = confirmations
  }
}

extension Asset {
  /// Steps of one ladder at most.
  static let ladderLimit = 16

  /// Blocks, the containing one included, until a deposit of `amount` is credited. What a customer
  /// deposits at the same time counts together.
  public func confirmations(forDepositOf amount: Amount) -> UInt32 {
    depositLadder.last { $0.from <= amount }?.confirmations ?? depositConfirmations
  }

  /// Blocks, the containing one included, until a deposit of `amount` may leave again; not before
  /// it is credited.
  public func confirmations(forWithdrawalOfDeposit amount: Amount) -> UInt32 {
    max(withdrawableConfirmations, confirmations(forDepositOf: amount))
  }

  /// What is wrong with the ladder, or `nil`.
  func ladderProblem(limit: UInt32) -> String? {
    guard depositLadder.count <= Self.ladderLimit else {
      return "depositLadder: has \(depositLadder.count) steps; at most \(Self.ladderLimit)"
    }
    var below = ConfirmationStep(from: .zero, confirmations: depositConfirmations)
    for step in depositLadder {
      guard step.from > below.from, step.confirmations > below.confirmations,
        step.confirmations <= limit
      else {
        return "depositLadder: the step from \(step.from.units) must have more confirmations than "
          + "the smaller amounts before it, and at most \(limit)"
      }
      below = step
    }
    guard withdrawableConfirmations <= limit else {
      return "withdrawableConfirmations: \(withdrawableConfirmations) is out of range; "
        + "allowed 0 to \(limit)"
    }
    return nil
  }
}
