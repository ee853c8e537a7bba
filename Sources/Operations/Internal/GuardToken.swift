import Cryptography
import Foundation
public import Signing
import Wire

/// The secret that the guard shows to read the journal. It opens nothing else: what the guard orders
/// carries its signature.
public struct GuardToken: Sendable {
  /// Why there is no token.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file holds something else, or too little of it.
    case malformed(path: String)
    case file(KeyFileError)

    public var description: String {
      switch self {
      case .malformed(let path): "\(path) is not a token of 32 to 256 letters and digits"
      case .file(let error): "\(error)"
      }
    }
  }

  private let token: [UInt8]

  /// Reads the token in the file at `path`, and makes a random one when there is no such file.
  public init(path: String) throws(Failure) {
    do throws(KeyFileError) {
      if !KeyFileStorage.exists(path) {
        let random = Hex.text(SecureRandom.bytes(32)) + "\n"
        try KeyFileStorage.write(Array(random.utf8), toNew: path, secret: true)
      }
      token = try KeyFileStorage.read(path, limit: 1024).filter { $0 > 0x20 }
    } catch {
      throw .file(error)
    }
    let isToken = token.allSatisfy { Character(Unicode.Scalar($0)).isASCII && $0 < 0x7F }
    guard (32...256).contains(token.count), isToken else { throw .malformed(path: path) }
  }

  /// Whether the value of an `Authorization` header shows this token.
  public func isShown(by authorization: String?) -> Bool {
    let prefix = "Bearer "
    guard let authorization, authorization.hasPrefix(prefix) else { return false }
    return ConstantTime.equal(Array(authorization.utf8.dropFirst(prefix.utf8.count)), token)
  }
}
