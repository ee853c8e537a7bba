import Replication
import Wire

/// Messages between the primary and those who follow it.
enum ReplicationTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    let hash = [UInt8](repeating: 2, count: 32)
    let messages: [ReplicationMessage] = [
      .hello(
        .init(
          role: .standby, identity: hash, sequence: 7, hash: hash, term: 3, credit: 1 << 20,
          name: "alice's")),
      .welcome(
        .init(identity: hash, head: 9, term: 3, heartbeatMilliseconds: 200, fence: "/var/lib/fence")
      ), .batches([[1, 2, 3], [], [9]]), .progress(.init(sequence: 8, credit: 303)),
      .heartbeat(.init(head: 12, term: 3)), .checkpoint(.init(sequence: 10, stateHash: hash)),
      .refusal(.forked(at: 3)), .refusal(.ending),
    ]
    return messages.map(\.bytes) + [messages.flatMap(\.bytes)]
  }

  static func check(_ input: [UInt8]) {
    checkStream(input)
    checkStream(mended(input))
  }

  private static func checkStream(_ input: [UInt8]) {
    var whole = MessageDecoder()
    let messages = accepted { () throws(ReplicationProblem) in try whole.receive(input) }
    guard let messages else {
      require((try? whole.receive([0])) == nil, "a refused line stays refused")
      return
    }
    require(
      input.starts(with: messages.flatMap(\.bytes)), "messages are written as they were read")
    var stepwise = MessageDecoder()
    let again = sure("chunks do not matter") { () throws(ReplicationProblem) in
      var all: [ReplicationMessage] = []
      for byte in input { all += try stepwise.receive([byte]) }
      return all
    }
    require(again == messages, "chunks do not matter")
  }

  /// The first message with the length and checksum that its header should have.
  private static func mended(_ input: [UInt8]) -> [UInt8] {
    guard input.count >= 16 else { return input }
    var bytes = Array("HFR1".utf8)
    bytes = Array(input[..<5]) + [0, 0, 0]
    var writer = ByteWriter()
    writer.write(fixed: bytes)
    writer.write(UInt32(input.count - 16))
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes + input[16...]
  }
}
