import ColdStorage
import Cryptography
import Mnemonics
import Testing

@Suite struct SeedSharesTests {
  private func split(_ set: UInt32 = 1) throws -> (
    seed: SecretBytes, record: SharesRecord, sheets: [SeedShares.Printed]
  ) {
    let seed = try SecretBytes(copying: SHA256.hash([7]))
    let (record, sheets) = try SeedShares.split(
      seed, key: "holder-1", account: "the account", set: set, firstBag: 101)
    return (seed, record, sheets)
  }

  private func read(
    _ phrases: [SecretBytes], _ record: SharesRecord, account: String = "the account"
  ) -> SharesReading {
    SharesReading(
      phrases.enumerated().map { ("share \($0.offset + 1)", $0.element) }, of: record
    ) { _ in account }
  }

  @Test func `a record reads back as it was written, and not with a line changed`() throws {
    let record = try split().record
    #expect(try SharesRecord(parsing: record.text) == record)
    #expect(record.groups.map(\.sheets.count) == [3, 2])
    let lines = record.text.split(separator: "\n", omittingEmptySubsequences: false)
    for index in lines.indices.dropLast() {
      var without = lines
      without.remove(at: index)
      // A sheet fewer is another record; of the trustees' copies too.
      if lines[index].hasPrefix("sheet: ") { continue }
      #expect(throws: SharesRecord.Fault.self, "line \(index + 1)") {
        try SharesRecord(parsing: without.joined(separator: "\n"))
      }
      var twice = lines
      twice.insert(lines[index], at: index)
      #expect(throws: SharesRecord.Fault.self, "line \(index + 1) twice") {
        try SharesRecord(parsing: twice.joined(separator: "\n"))
      }
    }
    for needed in ["+\(record.groupsNeeded)", "0\(record.groupsNeeded)"] {
      let changed = record.text.replacing(
        "groups needed: \(record.groupsNeeded)", with: "groups needed: \(needed)")
      #expect(throws: SharesRecord.Fault.self) { try SharesRecord(parsing: changed) }
    }
    #expect(throws: SharesRecord.Fault.self) { try SharesRecord(parsing: record.text + "\n") }
    #expect(throws: SharesRecord.Fault.tooLong(limit: SharesRecord.limit)) {
      try SharesRecord(parsing: String(repeating: "#", count: SharesRecord.limit + 1))
    }
  }

  @Test func `enough right shares give the seed, whatever else is there`() throws {
    let (seed, record, sheets) = try split()
    let old = try split(2).sheets
    let phrases = sheets.map(\.phrase)
    for chosen in [[0, 1, 3], [0, 2, 4], [1, 2, 3], [0, 1, 2, 3, 4]] {
      let reading = read(chosen.map { phrases[$0] }, record)
      let found = try #require(reading.seed)
      #expect(try found.revealed() == seed.revealed())
      #expect(reading.faults.isEmpty)
    }
    let reading = read([phrases[0], old[1].phrase, phrases[2], phrases[3]], record)
    #expect(reading.seed != nil)
    #expect(reading.faults.count == 1)
    guard case .otherSet(let share, _, let wanted)? = reading.faults.first else {
      Issue.record("\(reading.faults)")
      return
    }
    #expect(share == "share 2" && wanted == record.identifier)
  }

  @Test func `too few are told with what would help, and another key is not taken for this one`()
    throws
  {
    let (_, record, sheets) = try split()
    let phrases = sheets.map(\.phrase)
    let reading = read([phrases[1], phrases[4]], record)
    #expect(reading.seed == nil)
    #expect(
      reading.faults == [
        .missing(group: "successor", have: 1, need: 2, bags: ["bag-101", "bag-103"])
      ])
    // The trustees' share is one, on two sheets.
    #expect(reading.right == ["bag-102", "bag-104", "bag-105"])
    let other = read([phrases[0], phrases[1], phrases[3]], record, account: "another")
    #expect(other.seed == nil && other.faults == [.otherKey])
  }

  @Test func `each sheet is a page of its own that says whose share it is`() throws {
    let (_, record, sheets) = try split()
    let pages = try sheets.map { try ShareSheet.pdf($0, of: record) }
    #expect(Set(pages).count == 5)
    #expect(pages.allSatisfy { $0.starts(with: "%PDF-".utf8) })
  }
}
