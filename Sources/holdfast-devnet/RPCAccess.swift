import Cryptography
import Foundation
import Wire

/// Decides who may call.
struct RPCAccess: Sendable {
  /// What the Authorization header must carry behind "Basic ".
  private let expected: [UInt8]
  private let cookiePath: String?

  /// Takes user and password from the settings, or writes a fresh cookie for this run.
  init(_ settings: DevnetSettings) throws {
    let pair: String
    if let user = settings.user {
      pair = "\(user.name):\(user.password)"
      cookiePath = nil
    } else {
      pair = "__cookie__:\(Hex.text(SecureRandom.bytes(32)))"
      let path = settings.folder + "/.cookie"
      // Readable by nobody else from the first moment on.
      try? FileManager.default.removeItem(atPath: path)
      guard
        FileManager.default.createFile(
          atPath: path, contents: Data(pair.utf8), attributes: [.posixPermissions: 0o600])
      else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
      cookiePath = path
    }
    expected = Array(Data(pair.utf8).base64EncodedString().utf8)
  }

  /// Whether an Authorization header is the right one. Takes the same time for any wrong one of
  /// the right length.
  func admits(_ header: String?) -> Bool {
    guard let header, header.hasPrefix("Basic ") else { return false }
    return ConstantTime.equal(Array(header.dropFirst(6).utf8), expected)
  }

  /// Removes the cookie of this run.
  func removeCookie() {
    if let cookiePath { try? FileManager.default.removeItem(atPath: cookiePath) }
  }
}
