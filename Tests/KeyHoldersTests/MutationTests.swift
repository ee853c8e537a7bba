import KeyHolders
import Statements
import Structures
import Testing
import Wire

/// Every file of the key holders, changed at random: refused, or read for exactly what it then says.
@Suite struct MutationTests {
  private func mutated(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0...Int.random(in: 0...2, using: &random) {
      guard !bytes.isEmpty else { break }
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0...4, using: &random) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
      case 1: bytes[place] = .random(in: 0...255, using: &random)
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(.random(in: 0...255, using: &random), at: place)
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }

  private func fileBytes(_ record: KeyHolderRecord) -> [UInt8] {
    switch record {
    case .beat(let signed): signed.bytes
    case .claim(let signed): signed.bytes
    case .confirm(let signed): signed.bytes
    case .freeze(let signed): signed.bytes
    case .thaw(let signed): signed.bytes
    case .keyCheck(let signed): signed.bytes
    case .block, .time, .enact, .accept: []
    }
  }

  @Test(arguments: UInt64(0)..<8)
  func `a changed file is refused or says what stands in it`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var company = try Company()
    try company.claim("alice", by: "bob")
    let beat = company.heartbeat("alice") {
      $0.itinerary = [.init(region: "CH", from: 1, until: 2)]
    }
    let log = company.log.bytes
    let brief = try HolderBrief(for: "alice", in: company.state).bytes
    let memory = HolderMemory(of: beat).bytes
    let signature = RosterSignature(person: "alice", signature: [UInt8](repeating: 5, count: 64))
    let record = try Signed(beat, by: company.key("alice")).bytes
    let word = try Signed(
      LogAcceptance(
        keptCount: 1, keptHead: beat.logHead, lostCount: 2, lostHead: beat.previous,
        policyID: beat.policyID, person: "alice", proof: [1, 2, 3]), by: company.key("alice"))
    var accepted = KeyHolderLog()
    accepted.append(.accept([word, word]), at: 5)
    for round in 0..<250 {
      var input = mutated(log, &random)
      if let read = try? KeyHolderLog(bytes: input) {
        #expect(read.bytes == input, "log, seed \(seed), round \(round)")
      }
      input = mutated(brief, &random)
      if let read = try? HolderBrief(bytes: input) {
        #expect(read.bytes == input, "brief, seed \(seed), round \(round)")
      }
      input = mutated(memory, &random)
      if let read = try? HolderMemory(bytes: input) {
        #expect(read.bytes == input, "memory, seed \(seed), round \(round)")
      }
      input = mutated(signature.bytes, &random)
      if let read = try? RosterSignature(bytes: input) {
        #expect(read.bytes == input, "signature, seed \(seed), round \(round)")
      }
      input = mutated(word.bytes, &random)
      if let read = try? Signed<LogAcceptance>(bytes: input) {
        #expect(read.bytes == input, "acceptance, seed \(seed), round \(round)")
      }
      input = mutated(accepted.bytes, &random)
      if let read = try? KeyHolderLog(bytes: input) {
        #expect(read.bytes == input, "accepted log, seed \(seed), round \(round)")
      }
      input = mutated(record, &random)
      if let read = try? KeyHolderRecord(signedFile: input) {
        #expect(fileBytes(read) == input, "record, seed \(seed), round \(round)")
      }
    }
  }
}
