import Bitcoin
import KeyHolders
import Liveness
import Testing

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
}
