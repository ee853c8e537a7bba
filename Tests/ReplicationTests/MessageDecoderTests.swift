import Replication
import Structures
import Testing
import Wire

@Suite struct MessageDecoderTests {
  static let messages: [ReplicationMessage] =
    [
      .hello(
        .init(
          role: .standby, identity: [UInt8](repeating: 1, count: 32), sequence: 7,
          hash: [UInt8](repeating: 2, count: 32), term: 3, credit: 1 << 20, name: "alice's")),
      .welcome(
        .init(
          identity: [UInt8](repeating: 1, count: 32), head: 9, term: 3, heartbeatMilliseconds: 200,
          fence: "/var/lib/holdfast.fence")),
      .batches([[1, 2, 3], [], [UInt8](repeating: 9, count: 300)]),
      .progress(.init(sequence: 8, credit: 303)),
      .heartbeat(.init(head: 12, term: 3)),
      .checkpoint(.init(sequence: 10, stateHash: [UInt8](repeating: 5, count: 32))),
    ] + refusals.map { .refusal($0) }

  static let refusals: [FollowerRefusal] = [
    .unknownVersion(spoken: 9), .otherJournal, .ahead(follower: 8, head: 7), .forked(at: 3),
    .higherTerm(follower: 5, own: 4), .tooManyFollowers(limit: 16), .pruned(after: 2),
    .unreadable(at: 6), .ending,
  ]

  @Test(arguments: messages)
  func `a message cut at any byte arrives whole`(message: ReplicationMessage) throws {
    let bytes = message.bytes
    for cut in 0...bytes.count {
      var decoder = MessageDecoder()
      let first = try decoder.receive(bytes[..<cut])
      #expect(first == (cut == bytes.count ? [message] : []))
      #expect(try decoder.receive(bytes[cut...]) == (cut == bytes.count ? [] : [message]))
    }
  }

  @Test(arguments: UInt64(0)..<50)
  func `any number of messages arrives in order through chunks of any size`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let sent = (0..<40).compactMap { _ in Self.messages.randomElement(using: &random) }
    var rest = sent.flatMap { $0.bytes }[...]
    var decoder = MessageDecoder()
    var received: [ReplicationMessage] = []
    while !rest.isEmpty {
      let chunk = rest.prefix(.random(in: 1...200, using: &random))
      received += try decoder.receive(chunk)
      rest = rest.dropFirst(chunk.count)
    }
    #expect(received == sent)
  }

  @Test(arguments: messages)
  func `a changed bit in the header is refused, and so is everything after it`(
    message: ReplicationMessage
  ) {
    for bit in 0..<(8 * ReplicationMessage.headerCount) {
      var bytes = message.bytes
      bytes[bit / 8] ^= 1 << (bit % 8)
      var decoder = MessageDecoder()
      #expect(throws: ReplicationProblem.self) { try decoder.receive(bytes) }
      #expect(throws: ReplicationProblem.self) { try decoder.receive(message.bytes) }
    }
  }

  @Test(arguments: UInt64(0)..<200)
  func `a changed payload gives an error or another message, never more than was sent`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    for message in Self.messages {
      var bytes = message.bytes
      guard bytes.count > ReplicationMessage.headerCount else { continue }
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let place = Int.random(in: ReplicationMessage.headerCount..<bytes.count, using: &random)
        bytes[place] = .random(in: 0...255, using: &random)
      }
      var decoder = MessageDecoder()
      if let received = try? decoder.receive(bytes) {
        #expect(received.count == 1)
        // One value has one encoding: what was understood is what was sent.
        #expect(received.first?.bytes == bytes)
      }
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func `noise is refused at its first wrong byte`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var noise = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
    noise[Int.random(in: 0..<4, using: &random)] = 0
    var decoder = MessageDecoder()
    #expect(throws: ReplicationProblem.noMagic) { try decoder.receive(noise) }
  }

  @Test func `a length above the limit is refused before its payload is there`() {
    var writer = ByteWriter()
    writer.write(fixed: ReplicationMessage.magic)
    writer.write(fixed: [4, 0, 0, 0])
    writer.write(UInt32(ReplicationMessage.payloadLimit + 1))
    writer.write(CRC32C.checksum(writer.bytes))
    var decoder = MessageDecoder()
    #expect(
      throws: ReplicationProblem.tooLong(
        bytes: ReplicationMessage.payloadLimit + 1, limit: ReplicationMessage.payloadLimit)
    ) { try decoder.receive(writer.bytes) }
  }
}
