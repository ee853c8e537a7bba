import KeyHolders
import Testing

@Suite struct SilenceTests {
  @Test func `one holder gone costs nothing but the margin`() throws {
    var company = try Company()
    #expect(company.state.standing(of: .hot)?.service == .open)
    #expect(company.state.standing(of: .hot)?.margin == 1)
    _ = try company.pass(3 * Company.day, living: ["bob", "carol"])
    #expect(company.state.condition(of: "alice") == .missing)
    #expect(company.state.standing(of: .hot)?.margin == 0)
    #expect(company.state.standing(of: .hot)?.service == .throttled)
    _ = try company.pass(3 * Company.day, living: ["bob", "carol"])
    #expect(company.state.claims.isEmpty)
    let events = try company.pass(Company.day, living: ["bob", "carol"])
    #expect(
      events.contains(.claimOpened(1, person: "alice", .unreachable, claimant: nil)))
  }

  @Test func `two gone: claimed after three days, replaced after six, before the chain's seven`()
    throws
  {
    var company = try Company()
    var events = try company.pass(3 * Company.day, living: ["carol"])
    #expect(company.state.standing(of: .hot)?.service == .suspended)
    #expect(
      events.contains(.claimOpened(1, person: "alice", .unreachable, claimant: nil))
        && events.contains(.claimOpened(2, person: "bob", .unreachable, claimant: nil)))
    // One holder is left, so it takes him and two of three trustees.
    for claim in [1, 2] as [UInt64] {
      try company.confirm(claim, by: "carol")
      try company.confirm(claim, by: "tom")
    }
    events = try company.pass(3 * Company.day, living: ["carol"])
    #expect(company.state.claims.count == 2)
    for claim in [1, 2] as [UInt64] { events += try company.confirm(claim, by: "tina") }
    #expect(events.contains(.claimEnded(1, .activated(successor: "anna"))))
    #expect(events.contains(.claimEnded(2, .activated(successor: "bert"))))
    // A successor counts once he has been heard from.
    #expect(company.state.standing(of: .hot)?.service == .suspended)
    try company.beat("anna")
    #expect(company.state.standing(of: .hot)?.service == .throttled)
    try company.beat("bert")
    #expect(company.state.standing(of: .hot)?.service == .open)
    #expect(company.state.time - Company.start <= 6 * Company.day + Company.hour)
    #expect(company.state.peopleInService(of: .hot) == ["anna", "bert", "carol"])
  }

  @Test func `with nobody left to confirm, nothing is activated: the chain's own tiers remain`()
    throws
  {
    var company = try Company()
    _ = try company.pass(10 * Company.day)
    #expect(company.state.claims.count == 3)
    for name in ["tom", "tina", "theo"] { try company.confirm(1, by: name) }
    _ = try company.pass(60 * Company.day)
    #expect(company.state.claims.count == 3)
    #expect(company.state.peopleInService(of: .hot) == Company.hot)
  }

  @Test func `conditions change at their own instants, however late the next record comes`() throws
  {
    var company = try Company()
    let last = company.state.time
    company.moveClock(by: 8 * Company.day)
    let events = try company.take(.time)
    #expect(
      events.contains(.conditionChanged(person: "alice", .late))
        && events.contains(.conditionChanged(person: "alice", .missing))
        && events.contains(.conditionChanged(person: "alice", .unreachable)))
    #expect(company.state.claims.first?.openedAt == last + 3 * Company.day)
  }

  @Test func `a roster of other people goes on with the chains of those who stay`() throws {
    var company = try Company()
    var roster = company.roster
    roster.keySets[0].seats[0] = Seat(
      holder: KeyOwner(person: "anna", key: "[anna]xpub-anna"),
      successor: KeyOwner(person: "alice", key: "[alice]xpub-alice"))
    #expect(throws: KeyHolderRefusal.quorumMissing(.hot, signed: 1, needed: 2)) {
      try company.enact(roster, by: ["bob"])
    }
    try company.enact(roster, by: ["bob", "carol"])
    #expect(company.state.peopleInService(of: .hot) == ["anna", "bob", "carol"])
    #expect(company.state.nextBeat(of: "bob")?.sequence == 2)
    #expect(company.state.nextBeat(of: "anna")?.sequence == 1)
    #expect(company.state.condition(of: "anna") == .awaited)
    #expect(throws: KeyHolderRefusal.version(expected: 3)) {
      try company.enact(roster, by: ["bob", "carol"])
    }
  }
}
