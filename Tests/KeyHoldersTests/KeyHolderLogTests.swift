import KeyHolders
import Statements
import Testing
import Wire

@Suite struct KeyHolderLogTests {
  private func eventful() throws -> Company {
    var company = try Company()
    try company.claim("alice", by: "bob")
    try company.confirm(1, by: "carol")
    _ = try company.pass(4 * Company.day, living: ["bob", "carol"])
    try company.beat("anna")
    try company.keyCheck("carol")
    try company.freeze(by: "tom")
    try company.thaw(by: "bob")
    return company
  }

  private func replay(
    _ log: KeyHolderLog, head: [UInt8]? = nil
  ) throws(KeyHolderLog.Problem) -> KeyHolders {
    try log.replay(head: head) { key, _, text, proof in
      proof == Company.proof + Array((key + text).utf8)
    }
  }

  @Test func `whoever has the log reaches the same state`() throws {
    let company = try eventful()
    let log = try KeyHolderLog(bytes: company.log.bytes)
    #expect(log == company.log)
    let state = try replay(log, head: company.state.logHead)
    #expect(state.logHead == company.state.logHead)
    #expect(state.peopleInService(of: .hot) == ["anna", "bob", "carol"])
    #expect(state.isFrozen)
  }

  @Test func `a log that was cut back has not the head that was published`() throws {
    let company = try eventful()
    let (head, count) = (company.state.logHead, company.state.logCount)
    #expect(company.state.had(head, after: count))
    var cut = KeyHolderLog()
    for entry in company.log.entries.dropLast() { cut.append(entry.record, at: entry.time) }
    var state = try replay(cut)
    #expect(!state.had(head, after: count))
    // Nor when it has grown again by something else.
    _ = try state.apply(.time, at: state.time + 1)
    #expect(state.logCount == count && !state.had(head, after: count))
    #expect(!(try replay(KeyHolderLog())).had(head, after: count))
    // Weeks later another head at that place is known, and one of long ago is no longer asked for.
    for step in 1...8_190 { _ = try state.apply(.time, at: state.time + Int64(step)) }
    #expect(!state.had(head, after: count))
    for step in 1...2 { _ = try state.apply(.time, at: state.time + Int64(step)) }
    #expect(state.had(head, after: count))
  }

  @Test func `a record left out, changed or moved is found`() throws {
    let company = try eventful()
    let entries = company.log.entries
    let head = company.state.logHead
    let blocks = stride(from: 0, to: entries.count, by: entries.count / 5)
    let others = entries.indices.filter {
      if case .block = entries[$0].record { false } else { true }
    }
    for index in Array(blocks) + others.suffix(7) {
      var without = KeyHolderLog()
      for (other, entry) in entries.enumerated() where other != index {
        without.append(entry.record, at: entry.time)
      }
      #expect(throws: KeyHolderLog.Problem.self, "entry \(index)") {
        try replay(without, head: head)
      }
      var moved = KeyHolderLog()
      for (other, entry) in entries.enumerated() {
        moved.append(entry.record, at: entry.time + (other >= index ? 1 : 0))
      }
      #expect(throws: KeyHolderLog.Problem.self, "entry \(index)") { try replay(moved, head: head) }
    }
  }

  @Test func `a past that was rewritten does not fit the beats that came after it`() throws {
    let company = try eventful()
    // The claim is taken out, and everything after it kept: the heads that devices saw are others.
    var edited = KeyHolderLog()
    for entry in company.log.entries {
      if case .claim = entry.record { continue }
      if case .confirm = entry.record { continue }
      edited.append(entry.record, at: entry.time)
    }
    #expect(throws: KeyHolderLog.Problem.self) { try replay(edited) }
  }

  @Test func `damaged logs are refused at the place of the damage`() throws {
    let company = try Company()
    let bytes = company.log.bytes
    for count in stride(from: 0, to: bytes.count, by: 97) {
      #expect(throws: KeyHolderLog.Problem.self) {
        try KeyHolderLog(bytes: Array(bytes.prefix(count)))
      }
    }
    #expect(throws: KeyHolderLog.Problem.malformed(.trailing(at: bytes.count))) {
      try KeyHolderLog(bytes: bytes + [0])
    }
  }
}
