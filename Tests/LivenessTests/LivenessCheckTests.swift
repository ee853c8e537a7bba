import Bitcoin
import Descriptors
import KeyHolders
import Liveness
import Statements
import Testing
import Wire

@Suite struct LivenessCheckTests {
  private func problems(_ company: Company, _ headers: [BlockHeader]) throws -> [LivenessProblem] {
    LivenessCheck.report(
      on: company.log, headers: try HeaderChain(firstHeight: Company.firstHeight, headers: headers),
      policies: [company.descriptor]
    ).problems
  }

  @Test func `a block that the reader's chain has not is found, and proves no life`() throws {
    var company = try Company()
    try company.pass(Company.hour)
    for name in Company.holders { try company.beat(name) }
    var headers = company.headers
    let last = headers.count - 1
    repeat { headers[last].nonce += 1 } while !headers[last].hasProofOfWork
    let height = Company.firstHeight + last
    let found = try problems(company, headers)
    // Entries count from 1: the last three are the beats on that block, before them it.
    #expect(found.contains(.otherBlock(entry: company.log.entries.count - 3, height: height)))
    #expect(found.contains(.tooFew(.hot, inTime: 0, threshold: 2)))
    #expect(try problems(company, company.headers).isEmpty)
  }

  @Test func `a block that the chain left, and the log too, is no problem`() throws {
    var company = try Company()
    try company.pass(Company.hour)
    let height = Company.firstHeight + company.headers.count
    // The log was told of a block that another one replaced.
    try company.take(.block(height: Int32(height), hash: [UInt8](repeating: 1, count: 32)))
    try company.mine()
    for name in Company.holders { try company.beat(name) }
    let report = LivenessCheck.report(
      on: company.log, headers: try company.chain, policies: [company.descriptor])
    #expect(report.problems.isEmpty)
    #expect(report.blocksLeft == 1)
  }

  @Test func `a block cannot be known before its time`() throws {
    let company = try Company()
    let time = Company.start + 600
    for (early, expected) in [(3 * Company.hour, true), (Company.hour, false)] {
      var log = KeyHolderLog()
      log.append(
        .block(height: Int32(Company.firstHeight), hash: company.headers[0].hash.bytes),
        at: (time - early) * 1000)
      let report = LivenessCheck.report(
        on: log, headers: try company.chain, policies: [company.descriptor])
      #expect(
        report.problems.contains(.blockBeforeItsTime(entry: 1, height: Company.firstHeight))
          == expected)
      #expect(report.problems.contains(.noRoster))
    }
  }

  @Test func `the longest silence and the last drill are told`() throws {
    var company = try Company()
    try company.pass(Company.day, living: Company.holders)
    try company.pass(Company.day + 5 * Company.hour, living: ["alice", "bob"])
    for name in Company.holders { try company.beat(name) }
    let report = LivenessCheck.report(
      on: company.log, headers: try company.chain, policies: [company.descriptor])
    let seats = try #require(report.wallets.first?.seats)
    let carol = try #require(seats.first { $0.person == "carol" })
    let alice = try #require(seats.first { $0.person == "alice" })
    #expect(carol.longestSilenceSeconds == Company.day + 5 * Company.hour)
    #expect(alice.longestSilenceSeconds == Company.day)
    #expect(carol.lastDrill == nil && carol.beats == 3)
  }

  @Test func `a log in the place of a lost one shows the break, and who accepted it`() throws {
    var lost = try Company()
    try lost.pass(Company.day, living: Company.holders)
    var kept = lost
    let seen = try marks(of: lost)
    try lost.pass(Company.day, living: Company.holders)
    let between = try marks(of: lost)
    try lost.pass(Company.hour)
    try kept.pass(Company.day + Company.hour, isHidden: true)
    let end = try marks(of: lost)
    let words = try ["carol", "alice"].map { try acceptance(of: $0, kept, in: lost) }
    try kept.take(.accept(words))
    try kept.pass(Company.hour)
    for name in Company.holders { try kept.beat(name) }
    let now = try marks(of: kept)
    let table: [(LivenessReport.Mark?, hides: Bool, isProved: Bool)] = [
      (nil, false, true), (seen, false, true), (between, true, true), (end, false, true),
      (now, false, true),
      // What was published last is named by those who accepted: another head there is another past.
      (.init(entries: end.entries, head: seen.head), false, false),
      (.init(entries: seen.entries, head: end.head), false, false),
    ]
    for (mark, hides, isProved) in table {
      let report = LivenessCheck.report(
        on: kept.log, headers: try kept.chain, policies: [kept.descriptor], before: mark)
      #expect(report.isProved == isProved, "\(report.problems)")
      let found = try #require(report.breaks.first)
      #expect(report.breaks.count == 1 && found.hidesMark == hides)
      #expect(found.keptEntries == seen.entries && found.lostEntries == end.entries)
      #expect(found.lostHead == end.head && found.at == lost.now * 1000)
      #expect(found.acceptedBy == ["carol", "alice"] && found.entry > end.entries)
      #expect(report.suspensions.last?.reason == .frozen && report.suspensions.last?.until == nil)
    }
    // Neither the break nor a head of the lost log is there when nobody accepted anything.
    let cut = LivenessCheck.report(
      on: lost.log, headers: try lost.chain, policies: [lost.descriptor], before: now)
    #expect(cut.problems == [.shorter(entries: end.entries, before: now.entries)])
  }

  private func marks(of company: Company) throws -> LivenessReport.Mark {
    .init(entries: company.state.logCount, head: Hex.text(company.state.logHead))
  }

  private func acceptance(
    of name: String, _ kept: Company, in lost: Company
  ) throws -> Signed<LogAcceptance> {
    var word = LogAcceptance(
      keptCount: kept.state.logCount, keptHead: kept.state.logHead,
      lostCount: lost.state.logCount, lostHead: lost.state.logHead,
      policyID: kept.descriptor.policyID, person: name)
    word.proof = try KeyCheckProof.sign(word.text, with: try #require(kept.accounts[name]).key)
    return try Signed(word, by: kept.key(name))
  }
}
