import Engine
import Guard
import Logging
import Structures

/// Hands notices to the mail program beside the guard's rounds: a slow mail system delays no payment.
///
/// It remembers nothing that counts. What was handed over the guard writes down; what was not is due again
/// in the next round, so that a notice may go out twice and none is lost.
actor NoticeSender {
  private static let atOnce = 4
  private static let timeLimit: Duration = .seconds(60)
  private static let firstPause: Duration = .seconds(2)
  private static let longestPause: Duration = .seconds(900)

  private struct Trial {
    var next: ContinuousClock.Instant
    var pause: Duration
  }

  private let settings: NoticeSettings
  private let logger: Logger
  private var running: Set<NoticeName> = []
  private var trials: [NoticeName: Trial] = [:]
  private var delivered: [NoticeName: Notice] = [:]
  /// The account whose notice was begun last.
  private(set) var turn: UInt64 = 0

  init(_ settings: NoticeSettings, logger: Logger) {
    self.settings = settings
    self.logger = logger
  }

  /// Notices that are on their way, or that are not tried again yet.
  var busy: Set<NoticeName> {
    let now = ContinuousClock.now
    return running.union(delivered.keys).union(trials.filter { $0.value.next > now }.keys)
  }

  /// Begins to hand over what is due, in that order, and returns what has been since the last call.
  func exchange(_ due: [Notice]) -> [Notice] {
    // What could have been tried again for long is due no more.
    let old = ContinuousClock.now - Self.longestPause
    trials = trials.filter { $0.value.next > old || running.contains($0.key) }
    let busy = busy
    for notice in due where running.count < Self.atOnce {
      let name = notice.name
      guard !busy.contains(name), !running.contains(name) else { continue }
      running.insert(name)
      turn = notice.account.raw
      Task { await self.deliver(notice) }
    }
    defer { delivered = [:] }
    return Array(delivered.values)
  }

  private func deliver(_ notice: Notice) async {
    let name = notice.name
    do {
      try await MailProgram.deliver(
        NoticeMessage(notice, settings), by: settings, within: Self.timeLimit)
      delivered[name] = notice
      trials[name] = nil
    } catch {
      let pause = min(trials[name].map { $0.pause * 2 } ?? Self.firstPause, Self.longestPause)
      trials[name] = Trial(next: .now + pause, pause: pause)
      logger.warning(
        "a notice was not taken over",
        metadata: [
          "account": "\(notice.account)", "change": "\(notice.change)",
          "reason": "\(error)",
        ])
    }
    running.remove(name)
  }
}
