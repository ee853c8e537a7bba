import Cryptography
import KeyHolders
import Statements
import Testing
import Wire

/// What a person's offline device keeps, is told and refuses.
@Suite struct DeviceTests {
  private static let passes: UInt64 = 1
  private static let memoryBytes: UInt64 = 64 << 20

  private func secret(_ text: String) throws -> SecretBytes {
    try SecretBytes(copying: Array(text.utf8))
  }

  private func file() throws -> (BeatKeyFile, HeartbeatMarkKeys) {
    let keys = try HeartbeatMarkKeys(secret: SecretBytes(copying: SHA256.hash([3])))
    let file = try BeatKeyFile.seal(
      seed: try SecretBytes(copying: SHA256.hash([4])), free: (keys.free, secret("ordinary")),
      duress: (keys.duress, secret("forced")), label: "alice", passes: Self.passes,
      memoryBytes: Self.memoryBytes)
    return (file, keys)
  }

  @Test func `two passphrases open one key and two marks, and no third opens any`() throws {
    let (sealed, keys) = try file()
    let file = try BeatKeyFile(parsing: sealed.bytes)
    let beat = try Company().heartbeat("alice")
    for (passphrase, finding) in [
      ("ordinary", HeartbeatMarkKeys.Finding.free), ("forced", .duress),
    ] {
      let opened = try file.open(passphrase: secret(passphrase))
      #expect(opened.key.publicKey.bytes == file.publicKey)
      var marked = beat
      marked.mark = try HeartbeatMarkKeys.mark(marked, with: opened.markKey)
      #expect(try keys.finding(for: marked) == finding)
    }
    #expect(throws: BeatKeyFile.Failure.wrongPassphrase) {
      try file.open(passphrase: secret("ordinarY"))
    }
    #expect(throws: BeatKeyFile.Failure.samePassphrase) {
      try BeatKeyFile.seal(
        seed: try SecretBytes(copying: SHA256.hash([4])), free: (keys.free, secret("same")),
        duress: (keys.duress, secret("same")), label: "alice", passes: Self.passes,
        memoryBytes: Self.memoryBytes)
    }
  }

  @Test func `a key file that was changed anywhere is refused`() throws {
    let bytes = try file().0.bytes
    for index in stride(from: 0, to: bytes.count, by: 7) {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: BeatKeyFile.Failure.self, "byte \(index)") {
        try BeatKeyFile(parsing: changed)
      }
    }
    for count in [0, 12, 13, 45, bytes.count - 1] {
      #expect(throws: BeatKeyFile.Failure.self) {
        try BeatKeyFile(parsing: Array(bytes.prefix(count)))
      }
    }
    // Whole, but asking for a cost that would hold the device up.
    let body = Array(bytes.dropLast(32))
    var greedy = body
    greedy[13 + 2 + 4 + 5 + 32] = 200
    #expect(throws: BeatKeyFile.Failure.costOutOfRange) {
      try BeatKeyFile(parsing: greedy + SHA256.hash(greedy))
    }
    #expect(throws: BeatKeyFile.Failure.malformed(.trailing(at: body.count))) {
      try BeatKeyFile(parsing: body + [0] + SHA256.hash(body + [0]))
    }
  }

  @Test func `a brief carries all that a heartbeat needs`() throws {
    var company = try Company()
    try company.claim("bob", by: "carol")
    let brief = try HolderBrief(for: "alice", in: company.state)
    let read = try HolderBrief(bytes: brief.bytes)
    #expect(read == brief)
    let claim = try #require(read.claims.first)
    #expect((claim.number, claim.person, claim.claimant) == (1, "bob", "carol"))
    var beat = read.heartbeat(deviceTime: company.now)
    beat.mark = [UInt8](repeating: 1, count: 32)
    try company.take(.beat(Signed(beat, by: company.key("alice"))))
    // Whoever has no seat is told what he can speak about.
    #expect(try HolderBrief(for: "tom", in: company.state).sequence == 0)
    #expect(throws: HolderBrief.Problem.unknownPerson("zoe")) {
      try HolderBrief(for: "zoe", in: company.state)
    }
    for count in stride(from: 0, to: brief.bytes.count, by: 11) {
      #expect(throws: WireError.self) {
        try HolderBrief(bytes: Array(brief.bytes.prefix(count)))
      }
    }
    #expect(throws: WireError.self) { try HolderBrief(bytes: brief.bytes + [0]) }
  }

  @Test func `a device denies a past without its heartbeats, and one with others`() throws {
    var company = try Company()
    let before = try HolderBrief(for: "alice", in: company.state)
    let own = company.heartbeat("alice")
    try company.take(.beat(Signed(own, by: company.key("alice"))))
    let memory = try HolderMemory(bytes: HolderMemory(of: own).bytes)
    let after = try HolderBrief(for: "alice", in: company.state)
    try memory.check(after)
    // It did not arrive: made again under the same number.
    try memory.check(before)
    try company.beat("alice")
    let foreign = try HolderBrief(for: "alice", in: company.state)
    #expect(throws: HolderMemory.Contradiction.foreign(sequence: 3)) { try memory.check(foreign) }
    // Whatever a file says, a device compares and does not stop.
    var last = foreign
    last.sequence = .max
    let full = HolderMemory(sequence: .max, id: own.id, logCount: 0)
    #expect(throws: Never.self) { try full.check(last) }
    let later = HolderMemory(sequence: 4, id: own.id, logCount: foreign.logCount)
    #expect(throws: HolderMemory.Contradiction.lost(sequence: 3)) {
      var lost = after
      lost.logCount = foreign.logCount
      try later.check(lost)
    }
    #expect(
      throws: HolderMemory.Contradiction.shorter(
        entries: after.logCount, before: foreign.logCount)
    ) { try later.check(after) }
    var other = after
    other.previous = before.previous
    #expect(throws: HolderMemory.Contradiction.foreign(sequence: 2)) { try memory.check(other) }
    #expect(throws: HolderMemory.Contradiction.noSeat(person: "tom")) {
      try HolderMemory().check(HolderBrief(for: "tom", in: company.state))
    }
  }

  @Test func `a signed file of any kind is read back as what it is`() throws {
    let company = try Company()
    let key = try company.key("alice")
    let records: [KeyHolderRecord] = [
      .beat(try Signed(company.heartbeat("alice"), by: key)),
      .freeze(try Signed(Freeze(number: 1, person: "alice"), by: key)),
      .thaw(try Signed(Thaw(freeze: 1, person: "alice"), by: key)),
      .confirm(try Signed(Confirmation(claim: 1, person: "alice"), by: key)),
    ]
    for record in records {
      let bytes: [UInt8]
      switch record {
      case .beat(let signed): bytes = signed.bytes
      case .freeze(let signed): bytes = signed.bytes
      case .thaw(let signed): bytes = signed.bytes
      case .confirm(let signed): bytes = signed.bytes
      default: continue
      }
      #expect(try KeyHolderRecord(signedFile: bytes) == record)
      #expect(throws: WireError.self) { try KeyHolderRecord(signedFile: bytes + [0]) }
      #expect(throws: WireError.self) { try KeyHolderRecord(signedFile: Array(bytes.dropLast())) }
    }
    #expect(throws: WireError.self) {
      try KeyHolderRecord(signedFile: company.roster.bytes)
    }
  }
}
