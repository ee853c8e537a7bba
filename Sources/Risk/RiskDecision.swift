public import Money

// Risk owns the online rules on withdrawals. It refuses to know where the figures come from: the
// caller gathers them, the rules judge them.

/// What the rules decide. The result of several rules is the strictest of them; no rule softens
/// another.
public enum RiskOutcome: UInt8, Comparable, Equatable, Sendable {
  case allow = 0
  case delay = 1
  case review = 2
  case refuse = 3

  public static func < (a: RiskOutcome, b: RiskOutcome) -> Bool { a.rawValue < b.rawValue }
}

/// Which rule spoke.
public enum RiskRule: UInt8, Equatable, Sendable, CaseIterable {
  case amountRefused = 0
  case amountReviewed = 1
  case amountDelayed = 2
  case customerHour = 3
  case customerDay = 4
  case assetHour = 5
  case assetDay = 6
  case frequency = 7
  case firstUse = 8
  case credentialChange = 9
}

/// One rule's hit: what was measured, what the limit is, what follows.
public struct RiskHit: Equatable, Sendable {
  public var rule: RiskRule
  public var outcome: RiskOutcome
  /// The measured figure: ledger units, a count, or milliseconds, as the rule has it.
  public var measured: Int64
  /// The limit in the same unit.
  public var limit: Int64
  /// For a delay: the release time it asks for.
  public var releaseAt: Timestamp?

  public init(
    rule: RiskRule, outcome: RiskOutcome, measured: Int64, limit: Int64, releaseAt: Timestamp?
  ) {
    self.rule = rule
    self.outcome = outcome
    self.measured = measured
    self.limit = limit
    self.releaseAt = releaseAt
  }
}

/// The verdict on one withdrawal with everything that led to it.
public struct RiskDecision: Equatable, Sendable {
  public var outcome: RiskOutcome
  /// For a delay: the latest release time that any rule asks for.
  public var releaseAt: Timestamp?
  /// Every rule that did not allow.
  public var hits: [RiskHit]

  public init(outcome: RiskOutcome, releaseAt: Timestamp?, hits: [RiskHit]) {
    self.outcome = outcome
    self.releaseAt = releaseAt
    self.hits = hits
  }
}
