import Bitcoin
public import Descriptors
public import KeyHolders
public import Statements
import Wire

/// Replays a key holders' log from its first entry against the chain and the registered policies.
///
/// The log's own clock is believed in nothing that counts: who is alive is told by the times of the
/// blocks that were signed, and a heartbeat that was old when it was taken is found by the blocks that
/// the chain had by then.
public struct LivenessCheck {
  /// How far a block's time may be ahead of the world's, in seconds; consensus allows as much.
  public static let clockTolerance: Int64 = 2 * 3600

  let headers: HeaderChain
  let policies: [Descriptor]
  let before: LivenessReport.Mark?

  var report = LivenessReport()
  var state = KeyHolders(verifyKeyCheck: KeyCheckProof.verifier)
  /// By person.
  var beats: [String: BeatHistory] = [:]
  /// The log's last word on each height, with the entry that said it.
  private var blocks: [Int: (entry: Int, hash: [UInt8])] = [:]
  private var open: [KeySet.Wallet: (reason: LivenessReport.Suspension.Reason, since: Int64)] = [:]

  struct BeatHistory {
    var count = 0
    var last: Heartbeat
    var longestSilence: Int64 = 0
  }

  /// - Parameters:
  ///   - before: What the log was when it was looked at last.
  ///   - published: Heartbeats that holders have shown elsewhere; the log must have them.
  public static func report(
    on log: KeyHolderLog, headers: HeaderChain, policies: [Descriptor],
    before: LivenessReport.Mark? = nil, published: [Signed<Heartbeat>] = []
  ) -> LivenessReport {
    var check = LivenessCheck(headers: headers, policies: policies, before: before)
    check.replay(log)
    check.lookFor(published, in: log)
    check.finish()
    return check.report
  }

  private init(headers: HeaderChain, policies: [Descriptor], before: LivenessReport.Mark?) {
    self.headers = headers
    self.policies = policies
    self.before = before
  }

  private mutating func replay(_ log: KeyHolderLog) {
    for (index, entry) in log.entries.enumerated() {
      // Over a break nothing comes about by time alone.
      if case .accept = entry.record {} else { passTime(until: entry.time) }
      do throws(KeyHolderRefusal) {
        let events = try state.apply(entry.record, at: entry.time)
        note(events, at: entry.time)
      } catch {
        report.problems.append(.refused(entry: index + 1, error))
        return
      }
      noteStandings(of: state, at: entry.time)
      compareWithBefore()
      note(entry, number: index + 1)
    }
  }

  /// What time alone brought about before the next entry, each at its own time.
  private mutating func passTime(until end: Int64) {
    var probe = state
    while let deadline = probe.nextDeadline, deadline < end {
      guard let events = try? probe.apply(.time, at: deadline) else { return }
      note(events.filter(\.isOfAClaim), at: deadline)
      noteStandings(of: probe, at: deadline)
    }
  }

  private mutating func compareWithBefore() {
    guard let before, state.logCount == before.entries else { return }
    if Hex.text(state.logHead) != before.head.lowercased() {
      report.problems.append(.otherPast(entries: before.entries))
    }
  }

  private mutating func note(_ entry: KeyHolderLog.Entry, number: Int) {
    switch entry.record {
    case .block(let height, let hash):
      let height = Int(height)
      for left in blocks.keys where left >= height {
        blocks[left] = nil
        report.blocksLeft += 1
      }
      blocks[height] = (number, hash)
      if let time = headers.time(at: height), headers.hash(at: height)?.bytes == hash,
        entry.time / 1000 < time - Self.clockTolerance
      {
        report.problems.append(.blockBeforeItsTime(entry: number, height: height))
      }
    case .enact(let roster, _):
      report.problems += RosterPolicy.mismatches(of: roster, with: policies).map {
        .roster(entry: number, $0)
      }
    case .beat(let signed):
      report.beats += 1
      note(signed.statement)
      checkFreshness(of: signed.statement, at: entry.time, number: number)
    case .accept: if let found = state.breaks.last { note(found) }
    case .time, .claim, .confirm, .freeze, .thaw, .keyCheck: break
    }
  }

  private mutating func note(_ found: LogBreak) {
    var hidesMark = false
    if let before, (found.keptCount + 1..<found.entry).contains(before.entries) {
      if before.entries != found.lostCount {
        hidesMark = true
      } else if before.head.lowercased() != Hex.text(found.lostHead) {
        report.problems.append(.otherPast(entries: before.entries))
      }
    }
    report.breaks.append(
      .init(
        keptEntries: found.keptCount, lostEntries: found.lostCount,
        lostHead: Hex.text(found.lostHead), entry: found.entry, at: found.time,
        acceptedBy: found.people, hidesMark: hidesMark))
    // What the lost part said of a holder's beats is not known.
    beats = [:]
  }

  private mutating func note(_ beat: Heartbeat) {
    guard var history = beats[beat.person] else {
      beats[beat.person] = BeatHistory(count: 1, last: beat)
      return
    }
    if let from = headers.time(at: Int(history.last.blockHeight)),
      let until = headers.time(at: Int(beat.blockHeight))
    {
      history.longestSilence = max(history.longestSilence, until - from)
    }
    history.count += 1
    history.last = beat
    beats[beat.person] = history
  }

  private mutating func checkFreshness(of beat: Heartbeat, at time: Int64, number: Int) {
    guard
      let wallet = state.roster?.keySets.first(where: { $0.policyID == beat.policyID }),
      let tip = headers.tip(at: time / 1000 - Self.clockTolerance)
    else { return }
    if Int(beat.blockHeight) < tip - Int(wallet.times.blockAge) {
      report.problems.append(
        .stale(entry: number, person: beat.person, height: Int(beat.blockHeight), tip: tip))
    }
  }

  private mutating func lookFor(_ published: [Signed<Heartbeat>], in log: KeyHolderLog) {
    for beat in published {
      let isThere = log.entries.contains {
        if case .beat(let signed) = $0.record { signed == beat } else { false }
      }
      guard !isThere else { continue }
      report.problems.append(
        .omitted(person: beat.statement.person, sequence: beat.statement.sequence))
    }
  }

  // MARK: What became of claims and of service

  private mutating func note(_ events: [KeyHolderEvent], at time: Int64) {
    for event in events {
      switch event {
      case .claimOpened(let number, let person, _, _):
        guard !report.activations.contains(where: { $0.number == number }) else { continue }
        report.activations.append(
          .init(
            number: number, person: person, openedAt: time, endedAt: nil, outcome: "open",
            successor: nil))
      case .claimEnded(let number, let outcome):
        guard let index = report.activations.firstIndex(where: { $0.number == number }),
          report.activations[index].endedAt == nil
        else { continue }
        let claim = report.activations[index]
        report.activations[index] = .init(
          number: number, person: claim.person, openedAt: claim.openedAt, endedAt: time,
          outcome: outcome.word, successor: outcome.successor)
      default: break
      }
    }
  }

  private mutating func noteStandings(of state: KeyHolders, at time: Int64) {
    for wallet in KeySet.Wallet.allCases {
      let standing = state.standing(of: wallet)
      let reason: LivenessReport.Suspension.Reason? = standing.flatMap {
        $0.isFrozen ? .frozen : $0.margin < 0 ? .holdersMissing : nil
      }
      guard reason != open[wallet]?.reason else { continue }
      if let (reason, since) = open[wallet] {
        report.suspensions.append(
          .init(wallet: "\(wallet)", reason: reason, since: since, until: time))
      }
      open[wallet] = reason.map { ($0, time) }
    }
  }

  private mutating func finish() {
    report.mark = .init(entries: state.logCount, head: Hex.text(state.logHead))
    report.chainTime = headers.time
    report.chainHeight = headers.tipHeight
    let now = headers.time * 1000
    report.reminders = RemindersReport(
      state.reminders.filter { $0.isSoon(at: now) }, at: now)
    if let before, report.mark.entries < before.entries {
      report.problems.append(.shorter(entries: report.mark.entries, before: before.entries))
    }
    for (height, (entry, hash)) in blocks.sorted(by: { $0.key < $1.key }) {
      if height > headers.tipHeight || height < headers.firstHeight {
        report.problems.append(.headersMissing(height: height))
        break
      }
      if headers.hash(at: height)?.bytes != hash {
        report.problems.append(.otherBlock(entry: entry, height: height))
        break
      }
    }
    for wallet in KeySet.Wallet.allCases {
      guard let (reason, since) = open[wallet] else { continue }
      report.suspensions.append(
        .init(wallet: "\(wallet)", reason: reason, since: since, until: nil))
    }
    guard let roster = state.roster else { return report.problems.append(.noRoster) }
    for keySet in roster.keySets {
      let wallet = wallet(of: keySet)
      report.wallets.append(wallet)
      if wallet.margin < 0 {
        report.problems.append(
          .tooFew(keySet.wallet, inTime: wallet.inTime, threshold: wallet.threshold))
      }
    }
  }
}

extension KeyHolderEvent {
  fileprivate var isOfAClaim: Bool {
    switch self {
    case .claimOpened, .claimEnded: true
    default: false
    }
  }
}

extension ClaimOutcome {
  fileprivate var word: String {
    switch self {
    case .vetoed: "vetoed"
    case .activated: "activated"
    case .lapsed: "lapsed"
    case .superseded: "superseded"
    }
  }
  fileprivate var successor: String? {
    if case .activated(let successor) = self { successor } else { nil }
  }
}

extension KeyHolderLog {
  /// The lowest block that the log names: how far back the headers must reach.
  public var firstHeight: Int {
    let heights = entries.compactMap { entry in
      if case .block(let height, _) = entry.record { Int(height) } else { nil }
    }
    return heights.min() ?? 0
  }
}
