// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Cryptography
import Foundation
import Money
import SignerProtocol
import Signing
import Statements
import Testing

@Suite struct FreezeTests {
  typealias F = SigningFixture

  static let dave = F.key(110)
  static let erin = F.key(111)
  static let frank = F.key(112)
  static let delay: Int64 = 3_600_000
  static let rules = UnfreezeRules(
    approvals: 2, delayMilliseconds: delay,
    people: [
      "dave": dave.publicKey.bytes, "erin": erin.publicKey.bytes, "frank": frank.publicKey.bytes,
    ])!

  /// What has to be approved.
  private func statement(_ signer: Signer) throws -> UnfreezeStatement {
    guard
      case .needsApprovals(let statement, let have, 2) = try signer.unfreeze(
        Self.rules, approvals: [])
    else { throw SignerRefusal(.internalFault, "not frozen") }
    #expect(have == [])
    return statement
  }

  @Test func `two people and the delay lift a freeze, and a start opens the key again`() throws {
    let bench = try SignerBench()
    do {
      let signer = try bench.signer()
      #expect(signer.answer(.freeze(reason: "drill")) == .status(signer.status))
      #expect(signer.status.frozen == "drill")
    }
    do {
      let signer = try bench.signer()
      #expect(signer.refusal(F.usual) == .frozen)
      let statement = try statement(signer)
      let approvals = [try Signed(statement, by: Self.dave), try Signed(statement, by: Self.erin)]
      let until = bench.now.advanced(byMilliseconds: Self.delay)
      #expect(try signer.unfreeze(Self.rules, approvals: approvals) == .waits(until: until))
      #expect(signer.refusal(F.usual) == .frozen)
      bench.now = bench.now.advanced(byMilliseconds: Self.delay - 1)
      #expect(try signer.unfreeze(Self.rules, approvals: approvals) == .waits(until: until))
    }
    bench.now = bench.now.advanced(byMilliseconds: 1)
    do {
      let signer = try bench.signer()
      #expect(try signer.unfreeze(Self.rules, approvals: []) == .lifted)
      #expect(try signer.unfreeze(Self.rules, approvals: []) == .notFrozen)
      #expect(signer.refusal(F.usual) != nil, "its key is gone until it is opened again")
    }
    #expect(try bench.signer().refusal(F.usual) == nil)
  }

  @Test func `one person, the same person twice, and a stranger are not enough`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    try signer.freeze(reason: "drill")
    let statement = try statement(signer)
    let (dave, again) = (try Signed(statement, by: Self.dave), try Signed(statement, by: Self.dave))
    let stranger = try Signed(statement, by: F.alice)
    for (approvals, need) in [
      ([dave], 1), ([dave, again], 1), ([dave, stranger], 1), ([stranger], 2),
    ] {
      #expect(
        try signer.unfreeze(Self.rules, approvals: approvals)
          == .needsApprovals(statement, have: need == 1 ? ["dave"] : [], need: need))
    }
    bench.now = bench.now.advanced(byMilliseconds: 10 * Self.delay)
    #expect(signer.refusal(F.usual) == .frozen)
  }

  @Test func `approvals of another signer or an earlier freeze do not count`() throws {
    let (bench, other) = (try SignerBench(), try SignerBench())
    let first = try bench.signer()
    try first.freeze(reason: "first")
    let old = try statement(first)
    let approvals = [try Signed(old, by: Self.dave), try Signed(old, by: Self.erin)]
    #expect(try first.unfreeze(Self.rules, approvals: approvals) != .notFrozen)
    // Somebody freezes it again while the delay runs.
    try FreezeFile.write(reason: "second", forRecord: bench.record + "0")
    bench.now = bench.now.advanced(byMilliseconds: 2 * Self.delay)
    guard
      case .needsApprovals(let new, have: [], need: 2) = try first.unfreeze(
        Self.rules, approvals: approvals)
    else {
      Issue.record("lifted by approvals of another freeze")
      return
    }
    #expect(new != old)
    #expect(first.status.frozen == "second")
    let second = try other.signer(1)
    try second.freeze(reason: "first")
    guard
      case .needsApprovals(_, have: [], need: 2) = try second.unfreeze(
        Self.rules, approvals: approvals)
    else {
      Issue.record("lifted by approvals of another signer")
      return
    }
  }

  @Test func `approvals count though the frozen signer has gone on writing`() throws {
    let bench = try SignerBench()
    let statement: UnfreezeStatement
    do {
      let signer = try bench.signer()
      try signer.freeze(reason: "drill")
      statement = try self.statement(signer)
      let id = [UInt8](repeating: 7, count: 32)
      #expect(signer.answer(.withdraw(transaction: id)) == .status(signer.status))
    }
    let signer = try bench.signer()
    #expect(try self.statement(signer) == statement)
    let approvals = [try Signed(statement, by: Self.dave), try Signed(statement, by: Self.erin)]
    let until = bench.now.advanced(byMilliseconds: Self.delay)
    #expect(try signer.unfreeze(Self.rules, approvals: approvals) == .waits(until: until))
  }

  @Test func `setting the clock back and forth does not shorten the delay of a restarted signer`()
    throws
  {
    let bench = try SignerBench()
    do {
      let signer = try bench.signer()
      try signer.freeze(reason: "drill")
      let statement = try statement(signer)
      _ = try signer.unfreeze(
        Self.rules,
        approvals: [try Signed(statement, by: Self.dave), try Signed(statement, by: Self.frank)])
    }
    bench.now = bench.now.advanced(byMilliseconds: -10 * Self.delay)
    let signer = try bench.signer()
    #expect(
      try signer.unfreeze(Self.rules, approvals: [])
        == .waits(until: F.now.advanced(byMilliseconds: Self.delay)))
  }

  @Test func `a freeze file stops a running signer, and taking it away frees nothing`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    let record = bench.record + "0"
    try FreezeFile.write(reason: "by dave", forRecord: record)
    #expect(signer.refusal(F.usual) == .frozen)
    #expect(!FileManager.default.fileExists(atPath: FreezeFile.path(ofRecord: record)))
    #expect(signer.refusal(F.usual) == .frozen)
    #expect(signer.status.frozen == "by dave")
  }

  @Test(arguments: [(1, 2), (3, 2), (0, 2)])
  func `rules by which one person could do it, or nobody, are none`(approvals: Int, people: Int) {
    let keys = [Self.dave, Self.erin].prefix(people).map(\.publicKey.bytes)
    #expect(
      UnfreezeRules(
        approvals: approvals, delayMilliseconds: 0,
        people: Dictionary(uniqueKeysWithValues: zip(["a", "b"], keys))) == nil)
    #expect(
      UnfreezeRules(
        approvals: 2, delayMilliseconds: 0, people: ["a": keys[0], "b": keys[0]]) == nil)
  }
}
