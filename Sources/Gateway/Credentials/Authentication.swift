import Cryptography
import Engine
import Money
import Wire

/// Who asks.
struct Principal: Equatable, Sendable {
  var apiKey: String
  var account: AccountID
  var permissions: Permissions
  var label: String
}

/// What a request says of who sent it.
struct SignedRequest: Sendable {
  var key: String?
  var signature: String?
  var timestamp: String?
  var passphrase: String?
  /// "GET" or "POST".
  var method: String
  /// Path and query exactly as on the wire.
  var target: String
  var body: [UInt8]
}

/// Checks signatures. See OKX v5, "authentication".
struct Authentication: Sendable {
  /// Milliseconds that a request's time may be off.
  static let window: Int64 = 30_000

  let seal: APIKeySeal

  /// The checks that need no knowledge of the key, in OKX's order. Returns the key's text.
  func precheck(_ request: SignedRequest, now: Timestamp) throws(Rejection) -> String {
    func given(_ text: String?, _ code: ErrorCode, _ header: String) throws(Rejection) -> String {
      guard let text, !text.isEmpty else {
        throw Rejection(code, "Request header \"\(header)\" can not be empty.")
      }
      return text
    }
    let key = try given(request.key, .keyMissing, "OK-ACCESS-KEY")
    _ = try given(request.passphrase, .passphraseMissing, "OK-ACCESS-PASSPHRASE")
    _ = try given(request.signature, .signMissing, "OK-ACCESS-SIGN")
    let timestamp = try given(request.timestamp, .timestampMissing, "OK-ACCESS-TIMESTAMP")
    guard let instant = InstantText.instant(timestamp) else {
      throw Rejection(.timestampMalformed, "Invalid OK-ACCESS-TIMESTAMP")
    }
    guard Self.isFresh(instant, now: now) else {
      throw Rejection(.timestampExpired, "Timestamp request expired")
    }
    return key
  }

  /// Checks passphrase and signature of a request that names `apiKey`.
  func check(_ request: SignedRequest, apiKey: APIKey) throws(Rejection) -> Principal {
    var opened = try open(apiKey)
    defer { opened.wipe() }
    guard opened.accepts(passphrase: request.passphrase ?? "") else {
      throw Rejection(.passphraseWrong, "Request header \"OK-ACCESS-PASSPHRASE\" incorrect.")
    }
    let message =
      Array((request.timestamp ?? "").utf8) + Array(request.method.utf8)
      + Array(request.target.utf8) + request.body
    guard Self.isSigned(message, request.signature ?? "", secret: opened.secret) else {
      throw Rejection(.signatureInvalid, "Invalid Sign")
    }
    return Principal(apiKey)
  }

  /// Checks the login of a WebSocket session, whose time is in whole seconds.
  func checkLogin(
    apiKey: APIKey, passphrase: String, timestamp: String, signature: String
  ) throws(Rejection) -> Principal {
    var opened = try open(apiKey)
    defer { opened.wipe() }
    guard opened.accepts(passphrase: passphrase) else {
      throw Rejection(.loginPassphraseWrong, "Wrong passphrase")
    }
    let message = Array("\(timestamp)GET/users/self/verify".utf8)
    guard Self.isSigned(message, signature, secret: opened.secret) else {
      throw Rejection(.loginSignatureInvalid, "Invalid sign")
    }
    return Principal(apiKey)
  }

  /// Whether `instant` is within the window around `now`.
  static func isFresh(_ instant: Timestamp, now: Timestamp) -> Bool {
    (instant.milliseconds - now.milliseconds).magnitude <= window
  }

  private func open(_ apiKey: APIKey) throws(Rejection) -> APIKeySeal.Opened {
    do {
      return try seal.open(apiKey.sealed, apiKey: apiKey.key)
    } catch {
      throw Rejection(.keyInvalid, "Invalid OK-ACCESS-KEY")
    }
  }

  private static func isSigned(_ message: [UInt8], _ signature: String, secret: [UInt8]) -> Bool {
    let expected = Base64.text(HMACSHA256.authenticate(key: secret, message))
    return ConstantTime.equal(Array(expected.utf8), Array(signature.utf8))
  }
}

extension Principal {
  init(_ key: APIKey) {
    self.init(
      apiKey: key.key, account: key.account, permissions: key.permissions, label: key.label)
  }
}
