public import Engine
import Money

/// What the guard knows of the key holders by the log that it keeps itself.
public struct KeyHolderFacts: Equatable, Sendable {
  /// What is reported for everybody.
  public var report: KeyHoldersReport
  /// Of the wallet that the log's key checks are for.
  public var policyID: [UInt8]
  /// For each seat in service, when its spending key was last proved, milliseconds since 1970.
  public var keyChecks: [Int64?]

  public init(report: KeyHoldersReport, policyID: [UInt8], keyChecks: [Int64?]) {
    self.report = report
    self.policyID = policyID
    self.keyChecks = keyChecks
  }

  /// Whether nothing may leave.
  var isStopped: Bool { report.frozen || report.live < report.threshold }

  /// Whether what leaves is halved: somebody is missing, or the next loss stops everything.
  var isReduced: Bool { report.isShort }
}

/// How withdrawals begin again after a suspension.
public struct ReopeningTerms: Equatable, Sendable {
  /// Withdrawals of the queue that are paid in one hour.
  public var drainPerHour: UInt32

  public init(drainPerHour: UInt32 = 600) { self.drainPerHour = drainPerHour }
}
