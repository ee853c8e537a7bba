import Cryptography
import JSON
import Wire

/// What the browser says it asked the authenticator, and for whom. See WebAuthn Level 3, section 5.8.1.
public struct ClientData: Equatable, Sendable {
  public enum Kind: String, Sendable {
    case create = "webauthn.create"
    case get = "webauthn.get"
  }

  /// Longest that is taken, in bytes.
  public static let limit = 768
  private static let part = "clientDataJSON"

  public var kind: Kind
  public var challenge: [UInt8]
  /// Of the page that asked, such as "https://example.org".
  public var origin: String
  /// Whether the page lay inside one of another origin.
  public var isCrossOrigin: Bool
  /// What is signed instead of the text: its SHA-256.
  public var hash: [UInt8]

  /// Reads the text; members that the standard does not name are passed over, as it wants.
  public init(parsing bytes: [UInt8]) throws(PasskeyError) {
    guard bytes.count <= Self.limit else {
      throw .malformed(part: Self.part, problem: "is longer than \(Self.limit) bytes")
    }
    let json: JSON
    do { json = try JSON(parsing: bytes, depthLimit: 8) } catch {
      throw .malformed(part: Self.part, problem: "is not JSON at byte \(error.offset)")
    }
    guard let kind = json["type"]?.string.flatMap(Kind.init) else {
      throw .malformed(
        part: Self.part, problem: "has a type that is neither webauthn.create nor webauthn.get")
    }
    guard let challenge = json["challenge"]?.string.flatMap(Base64URL.bytes) else {
      throw .malformed(part: Self.part, problem: "has a challenge that is not base64url")
    }
    guard let origin = json["origin"]?.string else {
      throw .malformed(part: Self.part, problem: "has no origin")
    }
    var isCrossOrigin = json["topOrigin"] != nil
    switch json["crossOrigin"] {
    case nil, .bool(false): break
    case .bool(true): isCrossOrigin = true
    default: throw .malformed(part: Self.part, problem: "has a crossOrigin that is no boolean")
    }
    self.kind = kind
    self.challenge = challenge
    self.origin = origin
    self.isCrossOrigin = isCrossOrigin
    hash = SHA256.hash(bytes)
  }

  /// Refuses data of another step, for another challenge, or from another page.
  func require(_ kind: Kind, challenge: [UInt8], origin: String) throws(PasskeyError) {
    guard self.kind == kind else {
      throw .refused(part: Self.part, problem: "is of type \(self.kind.rawValue)")
    }
    guard self.challenge == challenge else {
      throw .refused(part: Self.part, problem: "has another challenge than what is to be signed")
    }
    guard self.origin == origin else {
      throw .refused(part: Self.part, problem: "is from another origin than \(origin)")
    }
    guard !isCrossOrigin else {
      throw .refused(part: Self.part, problem: "is from a page inside one of another origin")
    }
  }
}

/// Base64 without padding and with two other digits. See RFC 4648, section 5.
public enum Base64URL {
  public static func text(_ bytes: [UInt8]) -> String {
    String(
      Base64.text(bytes).compactMap { character in
        switch character {
        case "+": "-"
        case "/": "_"
        case "=": nil
        default: character
        }
      })
  }

  /// Returns the bytes of `text`, or `nil` when it is not exactly what ``text(_:)`` gives for them.
  public static func bytes(_ text: String) -> [UInt8]? {
    var usual = ""
    for character in text {
      switch character {
      case "-": usual.append("+")
      case "_": usual.append("/")
      case "+", "/", "=": return nil
      default: usual.append(character)
      }
    }
    while usual.utf8.count % 4 != 0 { usual.append("=") }
    return Base64.bytes(usual)
  }
}
