import Bitcoin
import Descriptors
import Foundation
import KeyHolders
import Liveness
import Statements
import Testing

/// `holdfast-verify liveness` as anybody runs it, on logs that are right and logs that are not.
@Suite struct LivenessCommandTests {
  struct Answer {
    let code: Int32
    let output: String
    let errors: String
  }

  private func verify(_ arguments: [String]) throws -> Answer {
    let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let process = Process()
    process.executableURL = folder.appending(path: "holdfast-verify")
    process.arguments = arguments
    let (outward, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = outward
    process.standardError = errors
    try process.run()
    let output = try outward.fileHandleForReading.readToEnd() ?? Data()
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Answer(
      code: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: complaint, as: UTF8.self))
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "holdfast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  /// Runs the program on `log` and the chain of `company`.
  private func liveness(
    _ company: Company, log: KeyHolderLog? = nil, policy: Descriptor? = nil, in folder: String,
    _ more: String...
  ) throws -> Answer {
    try Data((log ?? company.log).bytes).write(to: URL(filePath: "\(folder)/log"))
    try Data(DescriptorFile(policy ?? company.descriptor).text.utf8)
      .write(to: URL(filePath: "\(folder)/hot.policy"))
    try Data(try company.chain.text.utf8).write(to: URL(filePath: "\(folder)/headers"))
    return try verify(
      [
        "liveness", "\(folder)/log", "--policy", "\(folder)/hot.policy", "--headers",
        "\(folder)/headers",
      ] + more)
  }

  private func expectRefused(
    _ answer: Answer, _ problem: String, _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(answer.code == 1, "\(answer.errors)", sourceLocation: location)
    #expect(answer.output.contains(problem), "\(answer.output)", sourceLocation: location)
    #expect(answer.output.contains("NOT PROVED"), sourceLocation: location)
  }

  @Test func `three who sign are proved to be one more than it takes`() throws {
    var company = try Company()
    try company.pass(2 * Company.day, living: Company.holders)
    try withFolder { folder in
      let answer = try liveness(company, in: folder)
      #expect(answer.code == 0, "\(answer.output)\(answer.errors)")
      #expect(answer.output.contains("3 signed a block in the last 36 h, 1 more than it takes"))
      #expect(answer.output.contains("PROVED: every entry"))
      let machine = try liveness(company, in: folder, "--json")
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(machine.output.utf8)) as? [String: Any])
      #expect(object["isProved"] as? Bool == true)
      let wallet = try #require((object["wallets"] as? [[String: Any]])?.first)
      #expect(wallet["margin"] as? Int == 1)
      #expect((wallet["seats"] as? [Any])?.count == 3)
    }
  }

  @Test func `a forged heartbeat is found`() throws {
    var company = try Company()
    try company.pass(Company.day + Company.hour, living: ["alice", "bob"])
    // The operator makes carol's, whose key he has not.
    let beat = try company.heartbeat("carol").statement
    var log = company.log
    log.append(
      .beat(try Signed(beat, by: company.key("mallory"))), at: company.now * 1000)
    try withFolder { folder in
      expectRefused(
        try liveness(company, log: log, in: folder), "signature: it is not carol's")
    }
    // One bit of a true one is another.
    let entries = company.log.entries
    let index = try #require(
      entries.lastIndex { if case .beat = $0.record { true } else { false } })
    var changed = KeyHolderLog()
    for (other, entry) in entries.enumerated() {
      guard other == index, case .beat(var signed) = entry.record else {
        changed.append(entry.record, at: entry.time)
        continue
      }
      signed.signature[10] ^= 1
      changed.append(.beat(signed), at: entry.time)
    }
    try withFolder { folder in
      expectRefused(
        try liveness(company, log: changed, in: folder), "entry \(index + 1) was never taken")
    }
  }

  @Test func `silence shows on the chain, whatever the log's own clock says`() throws {
    var company = try Company()
    try company.pass(Company.day, living: Company.holders)
    // The log ends here; the chain goes on.
    try company.pass(2 * Company.day, isHidden: true)
    try withFolder { folder in
      expectRefused(
        try liveness(company, in: folder),
        "0 signed a block within the promised time; it takes 2")
    }
  }

  @Test func `a heartbeat made before its time and kept for later is found to be stale`() throws {
    var company = try Company()
    try company.pass(Company.day, living: Company.holders)
    let kept = try company.heartbeat("carol")
    // The log is told of no block for a day, so that the old beat looks fresh to it.
    try company.pass(Company.day, isHidden: true)
    try company.take(.beat(kept))
    for name in ["alice", "bob"] { try company.beat(name) }
    try withFolder { folder in
      let answer = try liveness(company, in: folder)
      expectRefused(answer, "the heartbeat of carol names block")
      #expect(answer.output.contains("the heartbeat of alice names block"))
    }
  }

  @Test func `a heartbeat that was left out is found`() throws {
    var company = try Company()
    try company.pass(2 * Company.day, living: Company.holders)
    let entries = company.log.entries
    let beats = entries.indices.filter {
      if case .beat(let signed) = entries[$0].record {
        signed.statement.person == "bob"
      } else {
        false
      }
    }
    let middle = try #require(beats.dropLast().last)
    var without = KeyHolderLog()
    for (index, entry) in entries.enumerated() where index != middle {
      without.append(entry.record, at: entry.time)
    }
    try withFolder { folder in
      expectRefused(try liveness(company, log: without, in: folder), "was never taken")
    }
    // The last one of all has nothing after it: only who saw it before can tell.
    let last = try #require(beats.last)
    guard case .beat(let published) = entries[last].record else { return }
    var short = KeyHolderLog()
    for entry in entries[..<last] { short.append(entry.record, at: entry.time) }
    try withFolder { folder in
      let first = try liveness(company, in: folder, "--remember", "\(folder)/mark")
      #expect(first.code == 0, "\(first.output)")
      expectRefused(
        try liveness(company, log: short, in: folder, "--remember", "\(folder)/mark"),
        "entries; it had \(entries.count) before")
      try Data(published.bytes).write(to: URL(filePath: "\(folder)/bob.beat"))
      expectRefused(
        try liveness(company, log: short, in: folder, "--published", "\(folder)/bob.beat"),
        "the log lacks heartbeat 3 of bob, which was published")
    }
  }

  @Test func `a suspension is told with its times, and cannot be edited away`() throws {
    var company = try Company()
    try company.pass(Company.day, living: Company.holders)
    let before = company.log.entries.count
    try company.freeze(by: "frank")
    try company.pass(2 * Company.hour)
    try company.thaw(by: "alice")
    try company.thaw(by: "bob")
    try company.pass(Company.day, living: Company.holders)
    try withFolder { folder in
      let answer = try liveness(company, in: folder, "--remember", "\(folder)/mark")
      #expect(answer.code == 0, "\(answer.output)")
      #expect(answer.output.contains(", 26 h  frozen"), "\(answer.output)")

      // Taken out with everything that belongs to it; the beats that came later named a log with it.
      var edited = KeyHolderLog()
      for entry in company.log.entries {
        switch entry.record {
        case .freeze, .thaw: continue
        default: edited.append(entry.record, at: entry.time)
        }
      }
      expectRefused(
        try liveness(company, log: edited, in: folder), "the head is not one that this log had")

      // Made an hour shorter.
      var shorter = KeyHolderLog()
      for entry in company.log.entries {
        if case .freeze = entry.record {
          shorter.append(entry.record, at: entry.time)
          continue
        }
        shorter.append(entry.record, at: entry.time)
      }
      shorter = KeyHolderLog()
      var shift: Int64 = 0
      for (index, entry) in company.log.entries.enumerated() {
        if index == before { shift = 540_000 }
        if case .thaw = entry.record { shift = 0 }
        shorter.append(entry.record, at: entry.time + shift)
      }
      expectRefused(try liveness(company, log: shorter, in: folder), "was never taken")

      // Cut off before it, with beats of its own time that nobody made: too old by then.
      var cut = KeyHolderLog()
      for entry in company.log.entries[..<before] { cut.append(entry.record, at: entry.time) }
      expectRefused(
        try liveness(company, log: cut, in: folder, "--remember", "\(folder)/mark"), "it had")
    }
  }

  @Test func `too few alive is a suspension by itself, with a claim and its end`() throws {
    var company = try Company()
    try company.pass(3 * Company.day + Company.hour, living: ["carol"])
    try company.take(
      .confirm(Signed(Confirmation(claim: 1, person: "carol"), by: company.key("carol"))))
    for name in ["tom", "tina"] {
      try company.take(
        .confirm(Signed(Confirmation(claim: 1, person: name), by: company.key(name))))
    }
    try company.pass(3 * Company.day, living: ["carol"])
    try company.beat("anna")
    try withFolder { folder in
      let answer = try liveness(company, in: folder)
      #expect(answer.code == 0, "\(answer.output)")
      #expect(answer.output.contains("too few holders"))
      #expect(answer.output.contains("activated (anna took the place)"), "\(answer.output)")
      #expect(answer.output.contains("2 signed a block in the last 36 h, 0 more than it takes"))
    }
  }

  @Test func `another policy, another chain and a roster of strangers are found`() throws {
    let company = try Company()
    try withFolder { folder in
      let taproot = try Company.descriptor(company.accounts, form: .tr)
      expectRefused(
        try liveness(company, policy: taproot, in: folder), "is not among those given")
    }
    var other = try Company()
    try other.pass(Company.hour)
    var fork = try Company()
    try fork.pass(1)
    try withFolder { folder in
      expectRefused(try liveness(fork, log: other.log, in: folder), "the headers do not reach")
    }
    // The operator says that a key of the policy is somebody else's.
    var roster = try company.roster(version: 2)
    roster.keySets[0].seats[2].holder.key = try company.owner("dave").key
    roster.keySets[0].council[0].key = try company.owner("carol").key
    #expect(
      RosterPolicy.mismatches(of: roster, with: [company.descriptor]) == [.otherHolders(.hot)])
    roster = try company.roster(version: 2)
    roster.keySets[0].council.removeLast()
    #expect(
      RosterPolicy.mismatches(of: roster, with: [company.descriptor])
        == [.nobodysKey(.hot, key: try company.owner("hugo").key)])
    // A holder with another's successor would be two of the policy's seats.
    roster = try company.roster(version: 2)
    let (first, second) = (roster.keySets[0].seats[0], roster.keySets[0].seats[1])
    roster.keySets[0].seats[0].successor = second.successor
    roster.keySets[0].seats[1].successor = first.successor
    #expect(
      RosterPolicy.mismatches(of: roster, with: [company.descriptor])
        == ["bert", "anna"].map { .otherSuccessor(.hot, person: $0) })
    roster = try company.roster(version: 2)
    roster.keySets[0].council.removeLast()
    roster.keySets[0].threshold = 3
    roster.keySets[0].council.append(try company.owner("mallory"))
    #expect(
      RosterPolicy.mismatches(of: roster, with: [company.descriptor]).contains(
        .foreignKey(.hot, person: "mallory")))
  }

  @Test func `a file that cannot be read is no proof and no disproof`() throws {
    let company = try Company()
    try withFolder { folder in
      _ = try liveness(company, in: folder)
      let parts = ["--policy", "\(folder)/hot.policy", "--headers", "\(folder)/headers"]
      #expect(try verify(["liveness", "\(folder)/none"] + parts).code == 2)
      try Data(company.log.bytes.dropLast()).write(to: URL(filePath: "\(folder)/torn"))
      let torn = try verify(["liveness", "\(folder)/torn"] + parts)
      #expect(torn.code == 2 && torn.errors.contains("torn"), "\(torn.errors)")
      #expect(try verify(["liveness"] + parts).code == 64)
      let help = try verify(["liveness", "--help"])
      #expect(help.code == 0 && help.output.contains("--remember"))
    }
  }
}
