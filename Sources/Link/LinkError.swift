public import Cryptography

/// Why the line could not be used. The connection is ended, whatever it was: a frame error leaves the
/// position in the stream unknown, and a message that does not open says that somebody else is there.
public enum LinkError: Error, Equatable, Sendable {
  case badMagic
  case badVersion(UInt8)
  case badKind(UInt8)
  case badChecksum
  case frameTooLong(bytes: Int, limit: Int)
  /// The handshake was not made with the two keys that this side knows, or was changed on the way.
  case wrongPeer
  /// A sealed message that does not open: it was replayed, reordered, cut or changed on the way.
  case notAuthentic
  /// A sealed message before any handshake.
  case noSession
  /// The other side closed the connection.
  case closed
  /// The deadline passed.
  case timedOut
  /// The other side sent something that was not asked for.
  case unexpectedFrame(kind: Frame.Kind, request: UInt32)
  /// A second request before the first one was answered.
  case severalInFlight
  /// The answer's type is not known.
  case unexpectedMessage(type: UInt8)
  /// The session's keys could not be made or used.
  case cryptography(CryptographyError)
  /// The system refused: what was tried, and the error number's text.
  case system(String, reason: String)
  /// The place for the socket or the device is not safe to use.
  case unsafePath(String, problem: String)

  /// Whether somebody may be meddling with the line, or its keys are set up wrongly: a person should
  /// look. The rest is weather.
  public var isSuspicious: Bool {
    switch self {
    case .badMagic, .badVersion, .badKind, .badChecksum, .frameTooLong, .wrongPeer, .notAuthentic,
      .noSession, .unexpectedFrame, .severalInFlight, .unexpectedMessage, .cryptography:
      true
    case .closed, .timedOut, .system, .unsafePath: false
    }
  }
}

extension LinkError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .badMagic: "a frame that does not begin as one"
    case .badVersion(let version):
      "a frame of version \(version); this program speaks version \(Frame.version)"
    case .badKind(let kind): "a frame of kind \(kind), which there is not"
    case .badChecksum: "a frame that was damaged on the way"
    case .frameTooLong(let bytes, let limit):
      "a frame of \(bytes) bytes; allowed at most \(limit)"
    case .wrongPeer:
      "a handshake that was not made with the link keys that are configured here and there"
    case .notAuthentic: "a message that was replayed, reordered, cut or changed on the way"
    case .noSession: "a message before any handshake"
    case .closed: "the other side closed the line"
    case .timedOut: "no answer in time"
    case .unexpectedFrame(let kind, let request):
      "a frame of kind \(kind) with number \(request) that was not asked for"
    case .severalInFlight: "a request before the one before it was answered"
    case .unexpectedMessage(let type): "an answer of type \(type), which cannot be read"
    case .cryptography(let error): "the link's cryptography failed: \(error)"
    case .system(let call, let reason): "\(call): \(reason)"
    case .unsafePath(let path, let problem): "\(path): \(problem)"
    }
  }
}
