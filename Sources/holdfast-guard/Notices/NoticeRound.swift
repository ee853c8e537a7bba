import Guard
import Logging
import Statements

/// The guard's part in telling owners, once each round.
struct NoticeRound: Sendable {
  /// Older than this, in milliseconds, what is owed is an alarm.
  private static let alarmAfter: Int64 = 300_000
  private static let alarmPause: Duration = .seconds(60)

  private let sender: NoticeSender
  private var folder: AnswerFolder?
  private let logger: Logger
  private var saidAt: ContinuousClock.Instant?

  init(_ settings: NoticeSettings, logger: Logger) {
    sender = NoticeSender(settings, logger: logger)
    folder = settings.answers.map(AnswerFolder.init)
    self.logger = logger
  }

  /// Notices that are not due now, whatever the guard's record says, and whose account had its turn last.
  var standing: (busy: Set<NoticeName>, turn: UInt64) {
    get async { (await sender.busy, await sender.turn) }
  }

  /// Hands over what is due; returns what was taken over since the last round.
  mutating func send(
    _ due: [Notice], owed: (count: Int, waitedMilliseconds: Int64)
  ) async -> [Notice] {
    if owed.waitedMilliseconds > Self.alarmAfter,
      saidAt.map({ $0 + Self.alarmPause < .now }) ?? true
    {
      saidAt = .now
      logger.error(
        "owners have not been told of changes",
        metadata: [
          "changes": "\(owed.count)",
          "oldestMilliseconds": "\(owed.waitedMilliseconds)",
        ])
    }
    return await sender.exchange(due)
  }

  /// Hands each code that came back to `take`.
  mutating func answers<E: Error>(_ take: (NoticeCode) throws(E) -> CancelOutcome) throws(E) {
    guard var folder else { return }
    defer { self.folder = folder }
    let logger = logger
    try folder.read(logger) { code throws(E) in
      let outcome = try take(code)
      logger.notice(
        "an answer to a notice",
        metadata: [
          "account": "\(code.account)", "change": "\(code.change)", "outcome": "\(outcome)",
        ])
    }
  }
}
