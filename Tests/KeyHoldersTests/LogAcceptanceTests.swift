import KeyHolders
import Statements
import Testing
import Wire

/// Another log in the place of a lost one.
@Suite struct LogAcceptanceTests {
  /// What `name` would sign now, in the place of the log `lost`.
  private func word(
    _ name: String, of company: Company, for lost: Company, signedBy signer: String? = nil,
    spendingKey: String? = nil, change: (inout LogAcceptance) -> Void = { _ in }
  ) throws -> Signed<LogAcceptance> {
    var word = LogAcceptance(
      keptCount: company.state.logCount, keptHead: company.state.logHead,
      lostCount: lost.state.logCount, lostHead: lost.state.logHead,
      policyID: company.state.roster?.keySet(.hot)?.policyID ?? [], person: name)
    change(&word)
    let owner = spendingKey ?? name
    word.proof = Company.proof + Array(("[\(owner)]xpub-\(owner)" + word.text).utf8)
    return try Signed(word, by: company.key(signer ?? name))
  }

  /// A copy of the log, and the log days later, with what happened meanwhile.
  private func lostAndKept() throws -> (lost: Company, kept: Company) {
    var company = try Company()
    _ = try company.pass(Company.day, living: Company.hot)
    let kept = company
    try company.freeze(by: "tom")
    try company.thaw(by: "alice")
    try company.thaw(by: "bob")
    _ = try company.pass(2 * Company.day, living: Company.hot)
    var found = kept
    found.moveClock(by: 12 * Company.day)
    return (company, found)
  }

  @Test func `two of three put a copy in the place of the lost log, and it is frozen`() throws {
    let (lost, copy) = try lostAndKept()
    var kept = copy
    let (head, count) = (lost.state.logHead, lost.state.logCount)
    #expect(!kept.state.had(head, after: count))
    let before = kept.state.logCount
    let events = try kept.take(
      .accept([try word("alice", of: kept, for: lost), try word("bob", of: kept, for: lost)]))
    let found = try #require(kept.state.breaks.first)
    #expect(events.contains(.logAccepted(found)))
    #expect(
      found.keptCount == before && found.lostHead == head && found.people == ["alice", "bob"])
    #expect(kept.state.had(head, after: count))
    #expect(!kept.state.had(kept.state.logHead, after: count))
    #expect(!kept.state.had(head, after: count + 1), "what lies between belongs to no log")
    #expect(kept.state.logCount == found.entry && found.entry > count)

    // Nobody is called silent for what is not known, and nothing leaves before people thaw it.
    #expect(kept.state.isFrozen && kept.state.claims.isEmpty)
    #expect(kept.state.condition(of: "carol") == .awaited)
    #expect(kept.state.standing(of: .hot)?.service == .suspended)
    try kept.block()
    for name in Company.hot { try kept.beat(name) }
    // The thaw of the lost part does not count again.
    for number in [1, lost.state.freezeCount] {
      #expect(throws: KeyHolderRefusal.notFrozen) {
        try kept.take(
          .thaw(Signed(Thaw(freeze: number, person: "alice"), by: kept.key("alice"))))
      }
    }
    try kept.thaw(by: "alice")
    try kept.thaw(by: "carol")
    _ = try kept.pass(Company.day + Company.hour, living: Company.hot)
    #expect(kept.state.standing(of: .hot)?.service == .open)

    // Whoever replays it reaches the same.
    let log = try KeyHolderLog(bytes: kept.log.bytes)
    let again = try log.replay(head: kept.state.logHead) { key, _, text, proof in
      proof == Company.proof + Array((key + text).utf8)
    }
    #expect(again.breaks == kept.state.breaks && again.logCount == kept.state.logCount)
  }

  @Test func `what was signed in the lost part does not count again`() throws {
    let (lost, copy) = try lostAndKept()
    var kept = copy
    let beat = lost.heartbeat("alice")
    let claim = Claim(
      number: lost.state.claimCount + 1, wallet: .hot, person: "bob", reason: .death,
      claimant: "carol")
    try kept.take(
      .accept([try word("alice", of: kept, for: lost), try word("bob", of: kept, for: lost)]))
    let (alice, carol) = (try kept.key("alice"), try kept.key("carol"))
    #expect(throws: KeyHolderRefusal.self) { try kept.take(.beat(Signed(beat, by: alice))) }
    #expect(throws: KeyHolderRefusal.claimNumber(expected: kept.state.claimCount + 1)) {
      try kept.take(.claim(Signed(claim, by: carol)))
    }
  }

  @Test func `a log begun anew takes the place of one of which nothing is left`() throws {
    let (lost, _) = try lostAndKept()
    var fresh = try Company()
    try fresh.take(
      .accept([try word("carol", of: fresh, for: lost), try word("bob", of: fresh, for: lost)]))
    #expect(fresh.state.had(lost.state.logHead, after: lost.state.logCount))
  }

  @Test func `neither one person nor whoever lacks their spending keys can`() throws {
    let (lost, kept) = try lostAndKept()
    func refusal(_ words: [Signed<LogAcceptance>]) throws -> KeyHolderRefusal? {
      var company = kept
      let (head, count) = (company.state.logHead, company.state.logCount)
      do { try company.take(.accept(words)) } catch let error as KeyHolderRefusal {
        #expect(company.state.logHead == head && company.state.logCount == count)
        return error
      }
      return nil
    }
    let alice = try word("alice", of: kept, for: lost)
    let bob = try word("bob", of: kept, for: lost)
    let table: [([Signed<LogAcceptance>], KeyHolderRefusal)] = [
      ([], .noAcceptance),
      ([alice], .acceptancesMissing(.hot, signed: 1, needed: 2)),
      ([alice, alice], .repeated(person: "alice")),
      // A thief with alice's device, and none of the others'.
      (
        [alice, try word("bob", of: kept, for: lost, signedBy: "mallory")],
        .badSignature(person: "bob")
      ),
      // With the devices of both, and one spending key.
      (
        [alice, try word("bob", of: kept, for: lost, spendingKey: "alice")],
        .proofInvalid(person: "bob")
      ),
      // A successor whose key is not in service yet, and a trustee.
      ([alice, try word("bert", of: kept, for: lost)], .notInService(person: "bert")),
      ([alice, try word("tom", of: kept, for: lost)], .notInService(person: "tom")),
      (
        [alice, try word("bob", of: kept, for: lost) { $0.lostCount += 1 }],
        .acceptancesDiffer(person: "bob")
      ),
      (
        [try word("alice", of: lost, for: lost), bob],
        .otherLogAccepted(entries: kept.state.logCount)
      ),
      (
        [alice, try word("bob", of: kept, for: lost) { $0.policyID[0] ^= 1 }], .otherPolicy
      ),
    ]
    for (words, expected) in table { #expect(try refusal(words) == expected) }
    let many = try ["alice", "bob"].map {
      try word($0, of: kept, for: lost) { $0.lostCount = 1 << 40 }
    }
    #expect(try refusal(many) == .entriesOutOfRange(1 << 40))
    #expect(
      try refusal([
        try word("alice", of: kept, for: kept), try word("bob", of: kept, for: kept),
      ]) == .nothingLost)
    #expect(try refusal([alice, bob]) == nil)
  }

  @Test func `every wallet's holders accept it, each for his own`() throws {
    var company = try Company { roster in
      func owner(_ name: String) -> KeyOwner {
        KeyOwner(person: name, key: "[\(name)]xpub-\(name)")
      }
      roster.keySets[0].council = []
      roster.keySets[0].councilThreshold = 0
      roster.keySets.append(
        KeySet(
          wallet: .cold, descriptor: "wsh([dave]xpub-dave,[erin]xpub-erin)", threshold: 1,
          seats: [Seat(holder: owner("dave"), successor: owner("erin"))], confirmations: 2,
          times: .cold))
    }
    var lost = company
    try lost.freeze(by: "tom")
    let hot = try ["alice", "bob"].map { try word($0, of: company, for: lost) }
    #expect(throws: KeyHolderRefusal.acceptancesMissing(.cold, signed: 0, needed: 1)) {
      try company.take(.accept(hot))
    }
    #expect(throws: KeyHolderRefusal.otherPolicy) {
      try company.take(.accept(hot + [try word("dave", of: company, for: lost)]))
    }
    let cold = try #require(company.state.roster?.keySet(.cold)).policyID
    try company.take(
      .accept(hot + [try word("dave", of: company, for: lost) { $0.policyID = cold }]))
    #expect(company.state.breaks.first?.people == ["alice", "bob", "dave"])
  }

  @Test func `words for the log of yesterday do not count for that of today`() throws {
    let (lost, copy) = try lostAndKept()
    var kept = copy
    let words = [try word("alice", of: kept, for: lost), try word("bob", of: kept, for: lost)]
    try kept.block()
    #expect(throws: KeyHolderRefusal.otherLogAccepted(entries: kept.state.logCount)) {
      try kept.take(.accept(words))
    }
    #expect(kept.state.breaks.isEmpty && !kept.state.isFrozen)
  }
}
