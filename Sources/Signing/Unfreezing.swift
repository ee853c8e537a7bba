public import Money
import Statements

/// Who lifts a freeze, and how long it takes: never one person, and never at once.
public struct UnfreezeRules: Equatable, Sendable {
  /// How many different people must approve.
  public let approvals: Int
  /// From the approvals to the instant when the signer may sign again, in milliseconds.
  public let delayMilliseconds: Int64
  /// The Ed25519 keys, 32 bytes each, of those who may approve, by name.
  public let people: [String: [UInt8]]

  /// Creates rules, or `nil` unless at least two people must approve, there are as many with different
  /// keys, and the delay is not negative.
  public init?(approvals: Int, delayMilliseconds: Int64, people: [String: [UInt8]]) {
    guard approvals >= 2, people.count >= approvals, delayMilliseconds >= 0,
      Set(people.values).count == people.count, people.values.allSatisfy({ $0.count == 32 })
    else { return nil }
    self.approvals = approvals
    self.delayMilliseconds = delayMilliseconds
    self.people = people
  }

  /// The names of those whose approval of `statement` is among `approvals`.
  func approvers(
    of statement: UnfreezeStatement, among approvals: [Signed<UnfreezeStatement>]
  ) -> Set<String> {
    Set(
      people.filter { _, key in
        approvals.contains { $0.statement == statement && $0.isSigned(by: key) }
      }.keys)
  }
}

/// What came of asking a frozen signer to sign again.
public enum UnfreezeOutcome: Equatable, Sendable {
  /// It was not frozen.
  case notFrozen
  /// These people have approved; so many more are needed, of this statement.
  case needsApprovals(UnfreezeStatement, have: [String], need: Int)
  /// Enough have approved; it may be asked again at this instant.
  case waits(until: Timestamp)
  /// It may be started and will sign.
  case lifted
}
