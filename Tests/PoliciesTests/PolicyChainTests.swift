import Cryptography
import Policies
import Statements
import Testing

@Suite struct PolicyChainTests {
  private let start = PolicyMoment(clock: 1_000_000)

  private func later(_ milliseconds: Int64, chain: Int64 = 0) -> PolicyMoment {
    PolicyMoment(clock: start.clock + milliseconds, chain: chain)
  }

  /// A chain with a first document in force that changes nothing.
  private func begun() throws -> PolicyChain {
    var chain = PolicyChain(configured: Sample.configured)
    let first = Sample.document(Sample.next())
    chain.take(first, wait: try chain.wait(for: first), at: start)
    return chain
  }

  private func take(_ document: PolicyDocument, into chain: inout PolicyChain) throws {
    chain.take(document, wait: try chain.wait(for: document), at: start)
  }

  @Test func `a tightening is in force at once`() throws {
    var chain = try begun()
    let next = Sample.next(after: chain.inForce) { $0.guardian?.budgetHour = 1 }
    try take(Sample.document(next), into: &chain)
    #expect(chain.inForce == next)
    #expect(chain.pending == nil)
  }

  @Test func `a loosening waits for the delay of the policy in force`() throws {
    var chain = try begun()
    let old = chain.inForce
    let next = Sample.next(after: old) {
      $0.guardian?.budgetHour += 1
      $0.changing.delay = 1_000
    }
    try take(Sample.document(next), into: &chain)
    #expect(chain.inForce == old)
    #expect(!chain.isDue(at: later(86_400_000 - 1)))
    #expect(chain.isDue(at: later(86_400_000)))
    chain.enforce()
    #expect(chain.inForce == next)
    #expect(chain.pending == nil)
  }

  @Test func `where headers are followed the chain has to have waited as well`() throws {
    var chain = try begun()
    let next = Sample.next(after: chain.inForce) { $0.guardian?.budgetHour += 1 }
    let document = Sample.document(next)
    chain.take(
      document, wait: try chain.wait(for: document), at: PolicyMoment(clock: 10, chain: 500))
    let day: Int64 = 86_400_000
    #expect(!chain.isDue(at: PolicyMoment(clock: 10 + day, chain: 500 + day - 1)))
    #expect(!chain.isDue(at: PolicyMoment(clock: 9 + day, chain: 500 + day)))
    #expect(chain.isDue(at: PolicyMoment(clock: 10 + day, chain: 500 + day)))
  }

  @Test func `a newer policy cancels the one that waits`() throws {
    var chain = try begun()
    let old = chain.inForce
    let loose = Sample.next(after: old) { $0.guardian?.budgetHour += 1 }
    try take(Sample.document(loose), into: &chain)
    let back = Sample.next(after: loose) { $0.guardian?.budgetHour -= 1 }
    try take(Sample.document(back), into: &chain)
    #expect(chain.pending == nil)
    #expect(chain.inForce == back)
    #expect(!chain.isDue(at: later(10 * 86_400_000)))
  }

  @Test func `a newer loosening in place of one that waits begins to wait anew`() throws {
    var chain = try begun()
    let loose = Sample.next(after: chain.inForce) { $0.guardian?.budgetHour += 1 }
    try take(Sample.document(loose), into: &chain)
    let looser = Sample.document(Sample.next(after: loose) { $0.guardian?.budgetHour += 1 })
    chain.take(looser, wait: try chain.wait(for: looser), at: later(1_000))
    #expect(!chain.isDue(at: later(86_400_000)))
    #expect(chain.isDue(at: later(86_401_000)))
  }

  @Test func `an older version put back is refused`() throws {
    var chain = try begun()
    let first = chain.inForce
    let second = Sample.next(after: first) { $0.guardian?.budgetHour -= 1 }
    try take(Sample.document(second), into: &chain)
    #expect(chain.knows(Sample.document(first)))
    for other in [first, Sample.next(after: first) { $0.guardian?.budgetHour -= 2 }] {
      #expect(throws: PolicyRefusal.rolledBack(version: other.version, newest: 2)) {
        try chain.wait(for: Sample.document(other))
      }
    }
    #expect(throws: PolicyRefusal.gap(version: 4, newest: 2)) {
      try chain.wait(for: Sample.document(Sample.next(after: Sample.next(after: second))))
    }
    let elsewhere = Sample.next(after: second) { $0.previous[0] ^= 1 }
    #expect(throws: PolicyRefusal.anotherPredecessor(version: 3)) {
      try chain.wait(for: Sample.document(elsewhere))
    }
    let foreign = Sample.next(after: second) { $0.chain = "BTC-Lightning" }
    #expect(throws: PolicyRefusal.foreign(asset: "BTC", chain: "BTC-Lightning")) {
      try chain.wait(for: Sample.document(foreign))
    }
  }

  @Test func `too few signatures count for nothing, tighter or looser`() throws {
    let chain = try begun()
    for change in [-1, 1] as [Int64] {
      let next = Sample.next(after: chain.inForce) { $0.guardian?.budgetHour += change }
      for keys in [[], [Sample.dave], [Sample.dave, Sample.dave], [Sample.dave, Sample.stranger]] {
        let known = keys.isEmpty ? 0 : 1
        #expect(throws: PolicyRefusal.tooFewSignatures(have: known, need: 2)) {
          try chain.wait(for: Sample.document(next, by: keys))
        }
      }
    }
  }

  @Test func `a signature over something else is refused, whoever has signed besides`() throws {
    let chain = try begun()
    let next = Sample.next(after: chain.inForce) { $0.guardian?.budgetHour = 1 }
    let honest = Sample.document(next, by: [Sample.dave, Sample.erin, Sample.carol])
    var bytes = honest.bytes
    bytes[4 + 32] ^= 1
    let forged = try PolicyDocument(bytes: bytes)
    #expect(throws: PolicyRefusal.forged(key: forged.signatures[0].publicKey)) {
      try chain.wait(for: forged)
    }
    // The signatures of one document under another.
    let other = Sample.next(after: chain.inForce) { $0.guardian?.budgetHour = 100_000 }
    let count = honest.bytes.count - next.bytes.count
    let moved = try PolicyDocument(bytes: Array(honest.bytes[..<count]) + other.bytes)
    #expect(throws: PolicyRefusal.self) { try chain.wait(for: moved) }
  }

  @Test func `whom a waiting policy would entitle has no say`() throws {
    var chain = try begun()
    let open = Sample.next(after: chain.inForce) {
      $0.changing = ChangeRules(
        people: [
          .init(name: "mallory", publicKey: Sample.stranger.publicKey.bytes),
          .init(name: "dave", publicKey: Sample.dave.publicKey.bytes),
        ], signatures: 2, delay: 1_000)
    }
    try take(Sample.document(open), into: &chain)
    let next = Sample.next(after: open) { $0.guardian?.budgetHour = 1 }
    #expect(throws: PolicyRefusal.tooFewSignatures(have: 1, need: 2)) {
      try chain.wait(for: Sample.document(next, by: [Sample.stranger, Sample.dave]))
    }
    chain.enforce()
    #expect(try chain.wait(for: Sample.document(next, by: [Sample.stranger, Sample.dave])) == 0)
  }

  @Test func `where nobody may change the policy nobody does`() {
    var own = Sample.configured
    own.changing = .nobody
    let chain = PolicyChain(configured: own)
    #expect(throws: PolicyRefusal.self) {
      try chain.wait(for: Sample.document(Sample.next(), by: [Sample.dave, Sample.erin]))
    }
  }
}
