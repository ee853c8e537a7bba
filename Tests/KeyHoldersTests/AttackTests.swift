import Cryptography
import KeyHolders
import Statements
import Testing

/// What a person, or two, can do against the protocol, and what he gets.
@Suite struct AttackTests {
  @Test func `a fresh sign of life ends a claim`() throws {
    var company = try Company()
    try company.claim("alice", by: "bob")
    try company.confirm(1, by: "carol")
    try company.block()
    let events = try company.beat("alice")
    #expect(events.contains(.claimEnded(1, .vetoed)))
    _ = try company.pass(4 * Company.day, living: Company.hot)
    #expect(company.state.peopleInService(of: .hot) == Company.hot)
  }

  @Test func `a beat that was made before the claim ends none`() throws {
    var company = try Company()
    try company.block()
    let old = company.heartbeat("alice")
    try company.claim("alice", by: "bob")
    try company.block()
    // The thief of one finished beat shows that she lived before the claim, which nobody denies.
    let events = try company.take(.beat(Signed(old, by: company.key("alice"))))
    #expect(events == [.beat(person: "alice", sequence: 2)])
    #expect(company.state.claims.count == 1)
  }

  @Test func `a veto after the challenge comes too late`() throws {
    var company = try Company()
    try company.claim("alice", by: "bob")
    try company.confirm(1, by: "carol")
    let events = try company.pass(3 * Company.day, living: ["bob", "carol"])
    #expect(events.contains(.claimEnded(1, .activated(successor: "anna"))))
    #expect(throws: KeyHolderRefusal.notInService(person: "alice")) {
      try company.beat("alice") { $0.sequence = 2 }
    }
  }

  @Test func `nobody vetoes for ever with a device alone`() throws {
    var company = try Company()
    for round in 1...2 as ClosedRange<UInt64> {
      try company.claim("alice", by: "bob")
      try company.block()
      #expect(try company.beat("alice").contains(.claimEnded(round, .vetoed)))
    }
    try company.claim("alice", by: "bob")
    try company.block()
    #expect(try company.beat("alice").contains(.vetoNeedsKeyCheck(3)))
    #expect(throws: KeyHolderRefusal.proofInvalid(person: "alice")) {
      try company.keyCheck("alice", knowsTheKey: false)
    }
    #expect(company.state.claims.count == 1)
    // Whoever has the spending key, too, is the holder as far as the chain goes.
    #expect(try company.keyCheck("alice").contains(.claimEnded(3, .vetoed)))
  }

  @Test func `a key check counts once, and does not get younger in a drawer`() throws {
    var company = try Company()
    let start = company.now
    try company.keyCheck("alice")
    #expect(company.state.keyCheckTimes(of: .hot) == [start, nil, nil])
    company.moveClock(by: 60_000)
    let height = company.height
    #expect(throws: KeyHolderRefusal.keyCheckRepeated(last: height)) {
      try company.keyCheck("alice")
    }
    // Signed now and shown three blocks later: it is as old as its block.
    let kept = try company.signedKeyCheck("bob")
    company.moveClock(by: 60_000)
    let successor = company.now
    for _ in 0..<3 {
      try company.block()
      company.moveClock(by: 60_000)
    }
    try company.take(.keyCheck(kept))
    #expect(company.state.keyCheckTimes(of: .hot) == [start, successor, nil])
    #expect(throws: KeyHolderRefusal.keyCheckRepeated(last: height)) {
      try company.take(.keyCheck(kept))
    }
    try company.keyCheck("alice")
    #expect(company.state.keyCheckTimes(of: .hot) == [company.now, successor, nil])
  }

  @Test func `vetoes are counted within ninety days`() throws {
    var company = try Company()
    for _ in 0..<2 {
      try company.claim("alice", by: "bob")
      try company.block()
      try company.beat("alice")
    }
    _ = try company.pass(91 * Company.day, living: Company.hot)
    try company.claim("alice", by: "bob")
    try company.block()
    #expect(try company.beat("alice").contains(.claimEnded(3, .vetoed)))
  }

  @Test func `replayed, pre-signed, forked and foreign beats are refused by name`() throws {
    var company = try Company()
    for _ in 0..<10 { try company.block() }
    let used = company.heartbeat("alice")
    let alice = try company.key("alice")
    try company.take(.beat(Signed(used, by: alice)))
    let next = company.heartbeat("alice")
    try company.reorganise(3)
    func refusal(_ beat: Heartbeat, by key: Ed25519.PrivateKey) throws -> KeyHolderRefusal? {
      do {
        var other = company
        try other.take(.beat(Signed(beat, by: key)))
        return nil
      } catch let refusal as KeyHolderRefusal {
        return refusal
      }
    }
    #expect(try refusal(used, by: alice) == .sequence(expected: 3))
    #expect(try refusal(next, by: alice) == .blockUnknown(height: next.blockHeight))
    var beat = company.heartbeat("alice")
    beat.previous = used.previous
    #expect(try refusal(beat, by: alice) == .otherPast)
    beat = company.heartbeat("alice")
    #expect(try refusal(beat, by: company.key("mallory")) == .badSignature(person: "alice"))
    beat.person = "anna"
    #expect(try refusal(beat, by: company.key("anna")) == .notInService(person: "anna"))
    beat.person = "mallory"
    #expect(try refusal(beat, by: company.key("mallory")) == .unknownPerson("mallory"))
    beat = company.heartbeat("alice")
    beat.policyID = SHA256.hash([])
    #expect(try refusal(beat, by: alice) == .otherPolicy)
    beat = company.heartbeat("alice")
    beat.logHead = SHA256.hash([])
    #expect(try refusal(beat, by: alice) == .logUnknown)
    beat = company.heartbeat("alice")
    beat.blockHeight -= 7
    beat.blockHash = company.hash(beat.blockHeight, fork: 0)
    #expect(
      try refusal(beat, by: alice)
        == .blockTooOld(height: beat.blockHeight, oldest: beat.blockHeight + 1))
    // Made today for a block that nobody knows yet.
    beat = company.heartbeat("alice")
    beat.blockHeight += 144
    #expect(try refusal(beat, by: alice) == .blockUnknown(height: beat.blockHeight))
  }

  @Test func `a wrong clock is reported and believed by nobody`() throws {
    var company = try Company()
    try company.block()
    let events = try company.beat("alice") { $0.deviceTime += 5 * Company.hour }
    #expect(events.contains(.clockOff(person: "alice", milliseconds: 5 * Company.hour)))
    let last = try company.beat("alice") { $0.deviceTime = .min }
    #expect(last.contains(.clockOff(person: "alice", milliseconds: .max)))
    let time = company.state.time
    #expect(throws: KeyHolderRefusal.timeRunsBackwards(last: time)) {
      try company.state.apply(.time, at: time - 1)
    }
  }

  @Test func `a claimant alone gets nothing, and the claim lapses`() throws {
    var company = try Company()
    try company.claim("alice", by: "bob")
    #expect(throws: KeyHolderRefusal.repeated(person: "bob")) { try company.confirm(1, by: "bob") }
    for name in ["anna", "dave", "oscar"] {
      #expect(throws: KeyHolderRefusal.mayNotConfirm(person: name)) {
        try company.confirm(1, by: name)
      }
    }
    let events = try company.pass(34 * Company.day, living: ["bob", "carol"])
    #expect(events.contains(.claimEnded(1, .lapsed)))
    #expect(company.state.peopleInService(of: .hot).contains("alice"))
  }

  @Test func `a claimant with all trustees gets nothing while the other holders live`() throws {
    var company = try Company()
    try company.claim("alice", by: "bob")
    for name in ["tom", "tina", "theo"] { try company.confirm(1, by: name) }
    _ = try company.pass(10 * Company.day, living: ["bob", "carol"])
    #expect(company.state.peopleInService(of: .hot).contains("alice"))
  }

  @Test func `a claimant and the successor whom he would bring in get nothing`() throws {
    var company = try Company()
    try company.claim("alice", by: "bob")
    #expect(throws: KeyHolderRefusal.mayNotConfirm(person: "anna")) {
      try company.confirm(1, by: "anna")
    }
    #expect(throws: KeyHolderRefusal.notInService(person: "anna")) { try company.beat("anna") }
  }

  @Test func `a stolen successor's key can do nothing before it is in service`() throws {
    var company = try Company()
    #expect(throws: KeyHolderRefusal.notInService(person: "anna")) {
      try company.claim("alice", by: "anna")
    }
    #expect(throws: KeyHolderRefusal.notInService(person: "anna")) { try company.keyCheck("anna") }
    // All it can do is what any single person may: stop everything.
    try company.freeze(by: "anna")
    #expect(company.state.standing(of: .hot)?.service == .suspended)
    #expect(throws: KeyHolderRefusal.mayNotThaw(person: "anna")) { try company.thaw(by: "anna") }
  }

  @Test func `two claims at once: two about one person are one, two who accuse each other none`()
    throws
  {
    var company = try Company()
    try company.claim("alice", by: "bob")
    #expect(throws: KeyHolderRefusal.claimOpen(1)) { try company.claim("alice", by: "carol") }
    try company.claim("bob", by: "alice")
    try company.confirm(1, by: "carol")
    try company.confirm(2, by: "carol")
    _ = try company.pass(5 * Company.day, living: ["carol"])
    // Each claimant is accused, so neither word counts, and one other is too few.
    #expect(company.state.peopleInService(of: .hot) == Company.hot)
    let veto = try company.beat("bob")
    #expect(veto.contains(.claimEnded(2, .vetoed)))
    // Now his word counts again: carol's and his.
    #expect(veto.contains(.claimEnded(1, .activated(successor: "anna"))))
  }

  @Test func `a claim cannot be sent twice, nor for another`() throws {
    var company = try Company()
    try company.claim("alice", by: "bob")
    try company.block()
    try company.beat("alice")
    #expect(throws: KeyHolderRefusal.claimNumber(expected: 2)) {
      try company.claim("alice", by: "bob", number: 1)
    }
    #expect(throws: KeyHolderRefusal.badSignature(person: "carol")) {
      try company.claim("alice", by: "carol", signedBy: "bob")
    }
  }

  @Test func `who gives up his own key cannot be held back by whoever took his device`() throws {
    var company = try Company()
    try company.claim("alice", by: "alice", .deviceLost)
    #expect(company.state.condition(of: "alice") == .surrendered)
    try company.block()
    #expect(throws: KeyHolderRefusal.surrendered(person: "alice")) { try company.beat("alice") }
    try company.confirm(1, by: "bob")
    try company.confirm(1, by: "carol")
    let events = try company.pass(3 * Company.day, living: ["bob", "carol"])
    #expect(events.contains(.claimEnded(1, .activated(successor: "anna"))))
  }

  @Test func `a frozen exchange replaces nobody until a quorum has ended it and a day has passed`()
    throws
  {
    var company = try Company()
    try company.claim("alice", by: "bob")
    try company.confirm(1, by: "carol")
    try company.freeze(by: Freeze.monitor)
    #expect(throws: KeyHolderRefusal.frozen(1)) { try company.freeze(by: "bob") }
    _ = try company.pass(5 * Company.day, living: ["bob", "carol"])
    #expect(company.state.peopleInService(of: .hot).contains("alice"))
    try company.thaw(by: "bob")
    #expect(throws: KeyHolderRefusal.repeated(person: "bob")) { try company.thaw(by: "bob") }
    _ = try company.pass(2 * Company.day, living: ["bob", "carol"])
    #expect(company.state.isFrozen)
    try company.thaw(by: "carol")
    _ = try company.pass(Company.day - 1, living: [])
    #expect(company.state.isFrozen)
    let events = try company.pass(Company.hour, living: [])
    #expect(events.contains(.thawed(1)))
    #expect(events.contains(.claimEnded(1, .activated(successor: "anna"))))
  }

  @Test func `a mark under duress tells the monitor and nobody else`() throws {
    let company = try Company()
    let free = try SecretBytes(copying: SHA256.hash([1]))
    let duress = try SecretBytes(copying: SHA256.hash([2]))
    let keys = HeartbeatMarkKeys(free: free, duress: duress)
    var beat = company.heartbeat("alice")
    for (key, finding) in [(free, HeartbeatMarkKeys.Finding.free), (duress, .duress)] {
      beat.mark = try HeartbeatMarkKeys.mark(beat, with: key)
      #expect(try keys.finding(for: beat) == finding)
      #expect(beat.mark.count == 32)
      // It belongs to this beat and to no other.
      var other = beat
      other.sequence += 1
      #expect(try keys.finding(for: other) == .unknown)
      var exchange = company
      #expect(throws: Never.self) {
        try exchange.take(.beat(Signed(beat, by: company.key("alice"))))
      }
    }
  }

  @Test
  func `two holders who will be in one place are reported, and all in one place slow it down`()
    throws
  {
    var company = try Company()
    let from = Company.start + Company.day
    let stay = Heartbeat.Stay(region: "CH", from: from, until: from + Company.day)
    try company.beat("alice") { $0.itinerary = [stay] }
    let events = try company.beat("bob") { $0.itinerary = [stay] }
    #expect(events.contains(.itinerariesMeet(person: "bob", other: "alice", region: "CH")))
    try company.beat("carol") { $0.itinerary = [stay] }
    #expect(company.state.standing(of: .hot)?.service == .open)
    _ = try company.pass(25 * Company.hour)
    #expect(company.state.standing(of: .hot)?.service == .throttled)
    #expect(throws: KeyHolderRefusal.itinerary) {
      try company.beat("alice") {
        $0.itinerary = [Heartbeat.Stay(region: "", from: 1, until: 2)]
      }
    }
  }
}
