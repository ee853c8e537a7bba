import Cryptography
import Policies
import Statements
import Structures
import Testing
import Wire

@Suite struct PolicyDocumentTests {
  @Test func `a document is read as it was written`() throws {
    let document = Sample.document(Sample.next())
    #expect(try PolicyDocument(bytes: document.bytes) == document)
    #expect(document.forgedKeys.isEmpty)
    #expect(document.signers(among: Sample.rules.people) == ["dave", "erin"])
  }

  @Test func `signing twice is one signature`() throws {
    var document = Sample.document(Sample.next(), by: [Sample.dave])
    #expect(try document.sign(by: Sample.dave))
    #expect(document.signatures.count == 1)
  }

  @Test func `signatures in another order, or one of them twice, are no document`() throws {
    let document = Sample.document(Sample.next())
    let bytes = document.bytes
    let (first, second) = (bytes[4..<100], bytes[100..<196])
    for wrong in [[second, first], [first, first]] {
      #expect(throws: WireError.malformed(at: 0)) {
        try PolicyDocument(bytes: Array(bytes[..<4]) + wrong.joined() + Array(bytes[196...]))
      }
    }
  }

  @Test func `what is left over, cut off or too long is no document`() {
    let bytes = Sample.document(Sample.next()).bytes
    for count in 0..<bytes.count {
      #expect(throws: WireError.self) { try PolicyDocument(bytes: Array(bytes[..<count])) }
    }
    #expect(throws: WireError.trailing(at: bytes.count)) { try PolicyDocument(bytes: bytes + [0]) }
    #expect(throws: WireError.tooLong(at: 0, limit: PolicyDocument.limit)) {
      try PolicyDocument(bytes: [UInt8](repeating: 0, count: PolicyDocument.limit + 1))
    }
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let word: String
    let change: @Sendable (inout PolicyStatement) -> Void
    var testDescription: String { word }
  }

  static let faults: [Fault] = [
    .init(word: "version") { $0.version = 0 },
    .init(word: "previous") { $0.previous[0] = 1 },
    .init(word: "asset") { $0.asset = "" },
    .init(word: "chain") { $0.chain = "BTC Bitcoin" },
    .init(word: "guard: is missing") { $0.guardian = nil },
    .init(word: "signers: is missing") { $0.signers = nil },
    .init(word: "perWithdrawal") { $0.guardian?.perWithdrawal = 0 },
    .init(word: "budgetDay") { $0.guardian?.budgetDay = 2_100_000_000_000_001 },
    .init(word: "newAddress") { $0.guardian?.newAddress = -1 },
    .init(word: "maximumAge") { $0.guardian?.sanctions?.maximumAge = 59_999 },
    .init(word: "refusals") { $0.signers?.refusals = 0 },
    .init(word: "twice") { $0.signers?.approvals.append(Sample.signers.approvals[0]) },
    .init(word: "timeout") { $0.signers?.approvals[0].timeout = 0 },
    .init(word: "signatures") { $0.changing.signatures = 1 },
    .init(word: "signatures") { $0.changing.signatures = 4 },
    .init(word: "delay") { $0.changing.delay = 999 },
    .init(word: "delay") { $0.changing.delay = 91 * 86_400_000 },
    .init(word: "people: 1") { $0.changing.people.removeLast(2) },
    .init(word: "not in order") { $0.changing.people.reverse() },
    .init(word: "one key") { $0.changing.people[0].publicKey = $0.changing.people[1].publicKey },
  ]

  @Test(arguments: faults)
  func `a statement that cannot be is refused with what is wrong`(_ fault: Fault) throws {
    var statement = Sample.next()
    fault.change(&statement)
    let problem = try #require(statement.problem)
    #expect(problem.contains(fault.word), "\(problem)")
    #expect(throws: WireError.self) { try PolicyStatement(bytes: statement.bytes) }
  }

  @Test(arguments: UInt64(0)..<16)
  func `no changed byte passes under the same signatures`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let document = Sample.document(Sample.next())
    for _ in 0..<20 {
      var bytes = document.bytes
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] ^= UInt8.random(in: 1...255, using: &random)
      guard let read = try? PolicyDocument(bytes: bytes) else { continue }
      #expect(!read.forgedKeys.isEmpty, "seed \(seed), byte \(place)")
    }
  }
}
