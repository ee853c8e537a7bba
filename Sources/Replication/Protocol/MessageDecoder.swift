import Wire

/// Why a peer is not understood. Where the next message begins is unknown then: the connection ends.
package enum ReplicationProblem: Error, Equatable, Sendable {
  case noMagic
  case headerChecksum
  case tooLong(bytes: Int, limit: Int)
  case unknownType(UInt8)
  case malformed(type: UInt8)
  /// A message that has no place here, such as a second hello.
  case unexpected(String)
}

extension ReplicationProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noMagic: "a message that does not begin as one"
    case .headerChecksum: "a message whose header does not match its checksum"
    case .tooLong(let bytes, let limit): "a message of \(bytes) bytes; allowed at most \(limit)"
    case .unknownType(let type): "a message of the unknown type \(type)"
    case .malformed(let type): "a message of type \(type) that is not canonical"
    case .unexpected(let what): "\(what), which has no place here"
    }
  }
}

/// Finds messages in a stream of chunks of any size. Pure: it reads no socket.
///
/// It holds at most one message beside the chunk it was given. After an error it stays refused.
package struct MessageDecoder: Sendable {
  private var buffer: [UInt8] = []
  private var start = 0
  private var failure: ReplicationProblem?

  package init() {}

  /// Takes the next chunk and returns the messages that it completes, in order.
  package mutating func receive(
    _ chunk: some Collection<UInt8>
  ) throws(ReplicationProblem) -> [ReplicationMessage] {
    if let failure { throw failure }
    buffer.append(contentsOf: chunk)
    var messages: [ReplicationMessage] = []
    do throws(ReplicationProblem) {
      while let message = try next() { messages.append(message) }
    } catch {
      failure = error
      buffer = []
      throw error
    }
    buffer.removeFirst(start)
    start = 0
    return messages
  }

  private mutating func next() throws(ReplicationProblem) -> ReplicationMessage? {
    let available = buffer.count - start
    for (index, byte) in ReplicationMessage.magic.prefix(available).enumerated()
    where buffer[start + index] != byte {
      throw .noMagic
    }
    guard available >= ReplicationMessage.headerCount else { return nil }
    let header = Array(buffer[start..<(start + ReplicationMessage.headerCount)])
    guard CRC32C.checksum(header[..<12]) == word(header, at: 12),
      header[5...7].allSatisfy({ $0 == 0 })
    else { throw .headerChecksum }
    let count = Int(word(header, at: 8))
    guard count <= ReplicationMessage.payloadLimit else {
      throw .tooLong(bytes: count, limit: ReplicationMessage.payloadLimit)
    }
    let begin = start + ReplicationMessage.headerCount
    guard buffer.count - begin >= count else { return nil }
    let message = try ReplicationMessage(
      type: header[4], payload: Array(buffer[begin..<(begin + count)]))
    start = begin + count
    return message
  }

  private func word(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }
}
