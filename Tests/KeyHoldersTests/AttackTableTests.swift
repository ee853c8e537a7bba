import Cryptography
import KeyHolders
import Statements
import Testing

/// Every attack on the protocol in one table: carried out, with what came of it and the most that it
/// can cost, measured where it is a time.
@Suite struct AttackTableTests {
  struct Row {
    let attack: String
    let outcome: String
    let bound: String
  }

  @Test func `no attack gets a key into service or keeps one there, and each delay has a bound`()
    throws
  {
    let rows = [
      try veto(), try lateVeto(), try vetoForEver(), try replayed(), try preSigned(), try onAFork(),
      try clockSkew(), try claimantAlone(), try claimantWithSuccessor(), try twoHolders(),
      try twoClaims(), try stolenSuccessorKey(), try duress(), try anotherLog(),
    ]
    let width = rows.map(\.attack.count).max() ?? 0
    let middle = rows.map(\.outcome.count).max() ?? 0
    for row in rows {
      print(
        row.attack + String(repeating: " ", count: width - row.attack.count + 2) + row.outcome
          + String(repeating: " ", count: middle - row.outcome.count + 2) + row.bound)
    }
    #expect(rows.count == 14)
  }

  /// Time until `body` says so, in hours; at most 60 days.
  private func hours(
    _ company: inout Company, living: [String], until body: (Company) -> Bool
  ) throws -> Int64 {
    let start = company.now
    while !body(company), company.now - start < 60 * Company.day {
      _ = try company.pass(Company.hour, living: [])
      if (company.now - start) % (12 * Company.hour) == 0 {
        for name in living where company.state.peopleInService(of: .hot).contains(name) {
          try company.beat(name)
        }
      }
    }
    return (company.now - start) / Company.hour
  }

  private func refusal(
    _ company: Company, _ beat: Heartbeat, by name: String = "alice"
  ) throws -> KeyHolderRefusal? {
    var copy = company
    do { try copy.take(.beat(Signed(beat, by: company.key(name)))) } catch {
      return error as? KeyHolderRefusal
    }
    return nil
  }

  private func veto() throws -> Row {
    var company = try Company()
    try company.claim("alice", by: "bob")
    try company.confirm(1, by: "carol")
    try company.block()
    #expect(try company.beat("alice").contains(.claimEnded(1, .vetoed)))
    return Row(
      attack: "claim about a living holder, confirmed", outcome: "his next beat ends it",
      bound: "one beat within 72 h")
  }

  private func lateVeto() throws -> Row {
    var company = try Company()
    try company.claim("alice", by: "bob")
    try company.confirm(1, by: "carol")
    let hours = try hours(&company, living: ["bob", "carol"]) {
      !$0.state.peopleInService(of: .hot).contains("alice")
    }
    #expect(hours == 72)
    #expect(throws: KeyHolderRefusal.notInService(person: "alice")) {
      try company.beat("alice") { $0.sequence = 2 }
    }
    return Row(
      attack: "late veto", outcome: "refused: the successor serves",
      bound: "\(hours) h to veto in")
  }

  /// A thief with the device alone vetoes at the last hour each time; the others claim again at once.
  private func vetoForEver() throws -> Row {
    var company = try Company()
    let start = company.now
    for number in 1...10 as ClosedRange<UInt64> {
      guard company.state.peopleInService(of: .hot).contains("alice") else { break }
      try company.claim("alice", by: "bob")
      try company.confirm(number, by: "carol")
      for hour in 1...72 where !company.state.claims.isEmpty {
        _ = try company.pass(Company.hour, living: [])
        if hour % 24 == 0 { for name in ["bob", "carol"] { try company.beat(name) } }
        if hour == 71 { try company.beat("alice") }
      }
    }
    #expect(!company.state.peopleInService(of: .hot).contains("alice"))
    let hours = (company.now - start) / Company.hour
    // Two vetoes after 71 hours each, and a challenge that no beat ends any more.
    #expect(hours == 71 + 71 + 72)
    return Row(
      attack: "veto for ever with a stolen device",
      outcome: "third claim stands without a key check",
      bound: "\(hours) h")
  }

  private func replayed() throws -> Row {
    var company = try Company()
    let beat = company.heartbeat("alice")
    try company.take(.beat(Signed(beat, by: company.key("alice"))))
    #expect(try refusal(company, beat) == .sequence(expected: 3))
    return Row(attack: "replayed beat", outcome: "refused: sequence", bound: "nothing")
  }

  /// Made ahead, it names no block that will be there; kept, its block grows old.
  private func preSigned() throws -> Row {
    var company = try Company()
    let kept = company.heartbeat("alice")
    var ahead = kept
    ahead.blockHeight += 144
    #expect(try refusal(company, ahead) == .blockUnknown(height: ahead.blockHeight))
    var blocks: Int64 = 0
    while try refusal(company, kept) == nil {
      try company.block()
      blocks += 1
    }
    #expect(blocks == 7)
    return Row(
      attack: "pre-signed beat", outcome: "refused: block unknown, or too old",
      bound: "\(blocks - 1) blocks, an hour")
  }

  private func onAFork() throws -> Row {
    var company = try Company()
    for _ in 0..<6 { try company.block() }
    let beat = company.heartbeat("alice")
    try company.reorganise(2)
    #expect(try refusal(company, beat) == .blockUnknown(height: beat.blockHeight))
    #expect(try refusal(company, company.heartbeat("alice")) == nil)
    return Row(
      attack: "beat on a fork", outcome: "refused: block unknown; the next one counts",
      bound: "one beat")
  }

  private func clockSkew() throws -> Row {
    var company = try Company()
    let events = try company.beat("alice") { $0.deviceTime += 400 * Company.day }
    #expect(
      events.contains(.clockOff(person: "alice", milliseconds: 400 * Company.day)))
    let hours = try hours(&company, living: ["bob", "carol"]) {
      $0.state.condition(of: "alice") == .missing
    }
    #expect(hours == 72)
    return Row(
      attack: "device's clock a year ahead", outcome: "reported, and counts for nothing",
      bound: "missing after \(hours) h as ever")
  }

  private func claimantAlone() throws -> Row {
    var company = try Company()
    try company.claim("alice", by: "bob")
    _ = try company.pass(34 * Company.day, living: ["bob", "carol"])
    // Silent for so long she is under the monitor's claim, which nobody confirmed either.
    #expect(company.state.claims.map(\.claimant) == [nil])
    #expect(company.state.peopleInService(of: .hot) == Company.hot)
    return Row(attack: "claimant alone", outcome: "the claim lapses", bound: "nothing, after 33 d")
  }

  private func claimantWithSuccessor() throws -> Row {
    var company = try Company()
    try company.claim("alice", by: "bob")
    #expect(throws: KeyHolderRefusal.mayNotConfirm(person: "anna")) {
      try company.confirm(1, by: "anna")
    }
    for name in ["tom", "tina", "theo"] { try company.confirm(1, by: name) }
    _ = try company.pass(34 * Company.day, living: ["bob", "carol"])
    #expect(company.state.peopleInService(of: .hot) == Company.hot)
    return Row(
      attack: "claimant with the successor and all trustees", outcome: "the claim lapses",
      bound: "nothing while two others live")
  }

  private func twoHolders() throws -> Row {
    var company = try Company()
    try company.claim("alice", by: "bob")
    try company.confirm(1, by: "carol")
    _ = try company.pass(2 * Company.day, living: ["bob", "carol"])
    #expect(company.state.peopleInService(of: .hot).contains("alice"))
    try company.block()
    #expect(try company.beat("alice").contains(.claimEnded(1, .vetoed)))
    return Row(
      attack: "two holders against the third",
      outcome: "she vetoes; silent, she is replaced in 72 h",
      bound: "the hot float, which two can spend anyway")
  }

  private func twoClaims() throws -> Row {
    var company = try Company()
    try company.claim("alice", by: "bob")
    #expect(throws: KeyHolderRefusal.claimOpen(1)) { try company.claim("alice", by: "carol") }
    try company.claim("bob", by: "alice")
    for claim in [1, 2] as [UInt64] { try company.confirm(claim, by: "carol") }
    _ = try company.pass(4 * Company.day, living: ["carol"])
    #expect(company.state.peopleInService(of: .hot) == Company.hot)
    return Row(
      attack: "two claims at once, each about the other's claimant",
      outcome: "neither word counts until vetoed", bound: "nothing")
  }

  private func stolenSuccessorKey() throws -> Row {
    var company = try Company()
    #expect(throws: KeyHolderRefusal.notInService(person: "anna")) {
      try company.claim("alice", by: "anna")
    }
    try company.freeze(by: "anna")
    for name in ["alice", "bob"] { try company.thaw(by: name) }
    let hours = try hours(&company, living: Company.hot) { !$0.state.isFrozen }
    #expect(hours == 24)
    return Row(
      attack: "stolen successor's key", outcome: "can freeze, and nothing else",
      bound: "\(hours) h each time, until a roster without it")
  }

  private func duress() throws -> Row {
    let company = try Company()
    let keys = try HeartbeatMarkKeys(secret: SecretBytes(copying: SHA256.hash([9])))
    let monitor = LogKeeper.Monitor(
      key: try company.key(Freeze.monitor), marks: ["alice": keys])
    var free = company.heartbeat("alice")
    free.mark = try HeartbeatMarkKeys.mark(free, with: keys.free)
    var forced = company.heartbeat("alice")
    forced.mark = try HeartbeatMarkKeys.mark(forced, with: keys.duress)
    for (beat, isFrozen) in [(free, false), (forced, true)] {
      var keeper = try LogKeeper(company.log) { _, _, _, _ in false }
      let events = try keeper.take(
        .beat(Signed(beat, by: company.key("alice"))), at: company.now, monitor: monitor)
      #expect(events.contains(.beat(person: "alice", sequence: 2)))
      #expect(keeper.state.isFrozen == isFrozen)
      #expect(keeper.state.time == company.now)
      // The public replays the same without the monitor's secrets.
      let state = try keeper.log.replay(head: keeper.state.logHead) { _, _, _, _ in false }
      #expect(state.isFrozen == isFrozen)
    }
    return Row(
      attack: "holder under duress", outcome: "looks like any beat; frozen in the same instant",
      bound: "no withdrawal after it")
  }

  /// Somebody with the disk of the guard and the devices of all three holders, but none of their spending
  /// keys, puts an older copy in the place of a log with a freeze.
  private func anotherLog() throws -> Row {
    var company = try Company()
    var copy = company
    try company.freeze(by: "alice")
    let (head, count) = (company.state.logHead, company.state.logCount)
    let words = try Company.hot.map { name in
      var word = LogAcceptance(
        keptCount: copy.state.logCount, keptHead: copy.state.logHead, lostCount: count,
        lostHead: head, policyID: copy.state.roster?.keySet(.hot)?.policyID ?? [], person: name)
      word.proof = Company.proof + Array(("guess" + word.text).utf8)
      return try Signed(word, by: copy.key(name))
    }
    #expect(throws: KeyHolderRefusal.proofInvalid(person: "alice")) {
      try copy.take(.accept(words))
    }
    #expect(!copy.state.had(head, after: count))
    return Row(
      attack: "older log without the freeze, all devices stolen",
      outcome: "refused: no proof by the spending keys; the guard stays stopped", bound: "nothing")
  }
}
