/// One part of a message that is sent as a fountain. See BCR-2020-005, "Multipart UR".
package struct FountainPart: Hashable {
  /// From 1; above ``fragmentCount`` the part mixes fragments.
  package let sequence: UInt32
  package let fragmentCount: Int
  package let messageCount: Int
  /// CRC-32 of the whole message.
  package let checksum: UInt32
  package let data: [UInt8]

  init(
    sequence: UInt32, fragmentCount: Int, messageCount: Int, checksum: UInt32, data: [UInt8]
  ) {
    self.sequence = sequence
    self.fragmentCount = fragmentCount
    self.messageCount = messageCount
    self.checksum = checksum
    self.data = data
  }

  /// Reads the CBOR of a part: `[sequence, fragments, message length, checksum, data]`.
  package init(cbor: [UInt8]) throws(AirgapError) {
    var reader = CBORReader(cbor, field: "UR part")
    try reader.array(of: 5, "array")
    sequence = try reader.unsigned("sequence number")
    fragmentCount = Int(try reader.unsigned("number of fragments"))
    messageCount = Int(try reader.unsigned("message length"))
    checksum = try reader.unsigned("checksum")
    data = try reader.byteString("data")
    try reader.finish()
    guard sequence > 0 else { throw .badField("UR part, sequence number", reason: "it is 0") }
    guard (1...CarriedMessage.maximumCount).contains(messageCount) else {
      throw .tooLong(
        "UR part, message length", count: messageCount, limit: CarriedMessage.maximumCount)
    }
    guard (1...Fountain.maximumFragments).contains(fragmentCount) else {
      throw .tooLong(
        "UR part, number of fragments", count: fragmentCount, limit: Fountain.maximumFragments)
    }
    guard !data.isEmpty, (messageCount + data.count - 1) / data.count == fragmentCount else {
      throw .badField(
        "UR part, data",
        reason:
          "\(fragmentCount) fragments of \(data.count) bytes are no message of \(messageCount)"
      )
    }
  }

  package var cbor: [UInt8] {
    CBORReader.head(.array, 5) + CBORReader.head(.unsigned, UInt64(sequence))
      + CBORReader.head(.unsigned, UInt64(fragmentCount))
      + CBORReader.head(.unsigned, UInt64(messageCount))
      + CBORReader.head(.unsigned, UInt64(checksum)) + CBORReader.byteString(data)
  }

  var indices: Set<Int> {
    Fountain.fragmentIndices(sequence: sequence, count: fragmentCount, checksum: checksum)
  }
}

/// Makes parts without end, of which nearly any ``count`` give the message back.
package struct FountainEncoder {
  private let fragments: [[UInt8]]
  private let messageCount: Int
  private let checksum: UInt32
  private var sequence: UInt32

  /// - Parameter first: What the parts are numbered after; 0 to begin with the fragments themselves.
  package init(_ message: [UInt8], maximumLength: Int, minimumLength: Int = 10, first: UInt32 = 0) {
    let length = Fountain.fragmentLength(
      messageCount: message.count, minimum: minimumLength, maximum: maximumLength)
    fragments = Fountain.fragments(of: message, length: length)
    messageCount = message.count
    checksum = Deflate.crc32(message)
    sequence = first
  }

  /// Fragments of the message.
  package var count: Int { fragments.count }

  package mutating func next() -> FountainPart {
    // After 2^32 parts it begins again; 0 is no number.
    sequence = sequence == .max ? 1 : sequence + 1
    let indices = Fountain.fragmentIndices(
      sequence: sequence, count: fragments.count, checksum: checksum)
    let empty = [UInt8](repeating: 0, count: fragments[0].count)
    return FountainPart(
      sequence: sequence, fragmentCount: fragments.count, messageCount: messageCount,
      checksum: checksum, data: indices.reduce(empty) { Fountain.mix($0, fragments[$1]) })
  }
}
