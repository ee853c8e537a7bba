public import Bitcoin
public import Cryptography
import Wire

/// Round 1: a signer offers a key, and proves that it is his. See BIP-129, "Round 1".
public struct BSMSKeyRecord: Hashable, Sendable {
  public static let version = "BSMS 1.0"
  /// Longest description, in characters.
  public static let descriptionLimit = 80

  /// ``BSMSToken/text`` of the session.
  public let token: String
  /// The public or extended public key with its origin.
  public let key: String
  /// Whose it is, in words.
  public let description: String
  /// BIP-137 signature of the lines above by the key, Base64.
  public let signature: String

  /// Makes a signer's record.
  ///
  /// - Parameter privateKey: The private half of `key`; of an extended key, its own, not a child's.
  public init(
    token: BSMSToken, key: String, description: String, network: Network,
    signedWith privateKey: SecretBytes
  ) throws(BSMSError) {
    let signature: [UInt8]
    do throws(CryptographyError) {
      signature = try LegacyMessage.sign(
        Self.message(token.text, key, description), with: privateKey)
    } catch {
      throw .cryptography(error)
    }
    try self.init(
      parsing: Self.message(token.text, key, description) + "\n" + Base64.text(signature),
      token: token, network: network)
  }

  /// Reads a record and checks everything in it.
  public init(parsing text: String, token: BSMSToken, network: Network) throws(BSMSError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 5 else { throw .lines(lines.count, expected: 5) }
    guard lines[0] == Self.version else { throw .version(String(lines[0].prefix(32))) }
    guard lines[1] == token.text else { throw .otherToken }
    guard lines[3].count <= Self.descriptionLimit else {
      throw .description(characters: lines[3].count, limit: Self.descriptionLimit)
    }
    let key = try Self.publicKey(lines[2], network)
    guard let signature = Base64.bytes(lines[4]),
      let signer = LegacyMessage.signer(
        of: Self.message(lines[1], lines[2], lines[3]), signature: signature),
      signer == key
    else { throw .badSignature }
    self.token = lines[1]
    self.key = lines[2]
    description = lines[3]
    self.signature = lines[4]
  }

  public var text: String {
    Self.message(token, key, description) + "\n" + signature
  }

  private static func message(_ token: String, _ key: String, _ description: String) -> String {
    [version, token, key, description].joined(separator: "\n")
  }

  private static func publicKey(_ text: String, _ network: Network) throws(BSMSError) -> [UInt8] {
    do throws(DescriptorError) {
      let expression = try KeyExpression(
        parsing: text[...], network: network, privateKeys: .refused)
      guard expression.steps.isEmpty, !expression.isRanged, expression.origin != nil else {
        throw .badKey("a key with its origin and without steps behind it")
      }
      switch expression.key {
      case .single(let bytes): return bytes
      case .extended(let extended): return extended.publicKey
      }
    } catch {
      throw .key(error)
    }
  }
}
