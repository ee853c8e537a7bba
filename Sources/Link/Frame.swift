// Link owns the byte channel between guard and signer: frames over a Unix-domain socket or a serial
// line, one request in flight, every wait with a deadline. There is no IP in here. It refuses to
// know what the frames say.
import Wire

/// One message on the line: "HFS1", type, request id, length, payload, CRC32C of all before it.
///
/// Integers are little-endian. The checksum catches accidents on a serial line; it proves nothing
/// about who wrote the frame.
public struct Frame: Equatable, Sendable {
  /// The four bytes every frame begins with.
  public static let magic: [UInt8] = [0x48, 0x46, 0x53, 0x31]
  /// Longest payload in bytes.
  public static let payloadLimit = 1 << 20
  /// Bytes before the payload.
  static let headerCount = 13
  /// Bytes after it.
  static let trailerCount = 4

  public var type: UInt8
  /// Chosen by the asking side; the answer repeats it.
  public var request: UInt32
  public var payload: [UInt8]

  public init(type: UInt8, request: UInt32, payload: [UInt8]) {
    self.type = type
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
    writer.write(type)
    writer.write(request)
    writer.write(payload)
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes
  }
}

/// Why the line could not be used. A frame error leaves the position in the stream unknown: the
/// connection is closed, never searched for the next frame.
public enum LinkError: Error, Equatable, Sendable {
  case badMagic
  case badChecksum
  case frameTooLong(bytes: Int, limit: Int)
  /// The other side closed the connection.
  case closed
  /// The deadline passed.
  case timedOut
  /// The other side sent something that was not asked for.
  case unexpectedFrame(type: UInt8, request: UInt32)
  /// The system refused: what was tried, and the error number's text.
  case system(String, reason: String)
  /// The place for the socket or the device is not safe to use.
  case unsafePath(String, problem: String)
}

extension LinkError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badMagic: "a frame that does not begin as one"
    case .badChecksum: "a frame that was damaged on the way"
    case .frameTooLong(let bytes, let limit):
      "a frame of \(bytes) bytes; allowed at most \(limit)"
    case .closed: "the other side closed the line"
    case .timedOut: "no answer in time"
    case .unexpectedFrame(let type, let request):
      "an answer of type \(type) to request \(request) that was not asked for"
    case .system(let call, let reason): "\(call): \(reason)"
    case .unsafePath(let path, let problem): "\(path): \(problem)"
    }
  }
}
