import Wire

/// What one side tells the other: a type and a payload that belongs to it.
public struct LinkMessage: Equatable, Sendable {
  /// Longest payload in bytes: what fits into a frame beside the tags of the session.
  public static let payloadLimit = 16 * NoiseSession.pieceCount - headerCount
  /// Bytes of type, request id and length.
  static let headerCount = 9

  public var type: UInt8
  public var payload: [UInt8]

  public init(type: UInt8, payload: [UInt8]) {
    self.type = type
    self.payload = payload
  }

  /// The plaintext in the frame of `request`. The length tells a message that was cut between two
  /// pieces from a whole one.
  func plain(_ request: UInt32) throws(LinkError) -> [UInt8] {
    guard payload.count <= Self.payloadLimit else {
      throw .frameTooLong(bytes: payload.count, limit: Self.payloadLimit)
    }
    var writer = ByteWriter()
    writer.write(type)
    writer.write(request)
    writer.write(payload)
    return writer.bytes
  }

  /// Reads the plaintext that was in the frame of `request`.
  init(plain: [UInt8], in request: UInt32) throws(LinkError) {
    var reader = ByteReader(plain)
    do {
      type = try reader.read()
      guard try reader.read(UInt32.self) == request else { throw LinkError.notAuthentic }
      payload = try reader.read(limit: Self.payloadLimit)
      try reader.finish()
    } catch {
      throw .notAuthentic
    }
  }
}
