// Link owns the line between guard and signer: frames over a Unix-domain socket or a serial line, a
// Noise session inside them, one request in flight, every wait with a deadline. There is no IP in
// here, and no way to speak without a session. It refuses to know what the messages say.
import Wire

/// One frame on the line: "HFLK", version, kind, request id, length, payload, and CRC-32C (the
/// Castagnoli polynomial 0x1EDC6F41, see RFC 3720, appendix B.4) of all before it.
///
/// Integers are little-endian. The checksum catches accidents on a serial line; who wrote the frame is
/// proved by the session inside.
public struct Frame: Equatable, Sendable {
  /// What the payload is.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// The guard's message of the handshake.
    case handshake = 1
    /// The signer's message of the handshake.
    case handshakeAnswer = 2
    /// A sealed message of the guard's.
    case request = 3
    /// A sealed message of the signer's.
    case answer = 4
  }

  /// The four bytes every frame begins with.
  public static let magic: [UInt8] = [0x48, 0x46, 0x4C, 0x4B]
  /// The one version there is: what version 1 said was not encrypted.
  public static let version: UInt8 = 2
  /// Longest payload in bytes.
  public static let payloadLimit = 1 << 20
  /// Bytes before the payload.
  static let headerCount = 14
  /// Bytes after it.
  static let trailerCount = 4

  public var kind: Kind
  /// Chosen by the asking side; the answer repeats it.
  public var request: UInt32
  public var payload: [UInt8]

  public init(kind: Kind, request: UInt32, payload: [UInt8]) {
    self.kind = kind
    self.request = request
    self.payload = payload
  }

  /// The frame as it goes over the line.
  ///
  /// - Throws: ``LinkError/frameTooLong(bytes:limit:)`` above ``payloadLimit``.
  public func encoded() throws(LinkError) -> [UInt8] {
    guard payload.count <= Self.payloadLimit else {
      throw .frameTooLong(bytes: payload.count, limit: Self.payloadLimit)
    }
    var writer = ByteWriter()
    writer.write(fixed: Self.magic)
    writer.write(Self.version)
    writer.write(kind.rawValue)
    writer.write(request)
    writer.write(payload)
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes
  }
}
