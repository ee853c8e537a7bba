public import Bitcoin
import Cryptography
public import Descriptors
import Wire

/// What a signer hands to the coordinator in round 1: a key, and a signature that shows control of
/// it. See BIP-129, "Round 1".
public struct KeyRecord: Hashable, Sendable {
  /// Characters of a description.
  public static let descriptionLimit = 80

  public let token: SetupToken
  /// The key with its origin, without a path behind it.
  public let key: KeyExpression
  /// The key as it was written, which the signature covers.
  public let keyText: String
  public let description: String
  /// A signature in any form that BIP-322 has for the key's P2PKH address.
  public let signature: MessageSignature

  /// Signs a record.
  ///
  /// - Parameters:
  ///   - account: The private key of `key`: of the extended key itself, not of a child.
  public init(
    token: SetupToken, origin: KeyOrigin, account: ExtendedPrivateKey, description: String
  ) throws(SetupError) {
    try Self.check(description)
    keyText = "[\(origin.text)]\(account.publicKey.text)"
    key = try Self.key(keyText)
    self.token = token
    self.description = description
    do {
      signature = .legacy(
        try LegacyMessageSignature(
          signing: Self.message(token, keyText, description), with: account.secret))
    } catch {
      throw .secret(error)
    }
  }

  /// Reads a record and checks its signature.
  public init(parsing text: String) throws(SetupError) {
    let lines = try SetupToken.lines(of: text, count: 5)
    token = try SetupToken(parsing: lines[1])
    keyText = lines[2]
    key = try Self.key(keyText)
    description = lines[3]
    try Self.check(description)
    do { signature = try MessageSignature(parsing: lines[4]) } catch {
      throw .badSignature("\(error)")
    }
    let message = SignedMessage(
      Self.message(token, keyText, description),
      challenge: .payToPublicKeyHash(Hash160.hash(publicKey)))
    do {
      guard case .valid = try message.verify(signature) else {
        throw SetupError.badSignature("it uses rules that are not known yet")
      }
    } catch let error as MessageError {
      throw .badSignature("\(error)")
    } catch let error as SetupError {
      throw error
    } catch {
      throw .badSignature("unknown")
    }
  }

  /// Reads what a signer of the session with `token` sealed.
  public init(opening sealed: String, with token: SetupToken) throws(SetupError) {
    try self.init(parsing: try token.open(sealed))
    guard self.token == token else { throw .otherToken }
  }

  /// The five lines.
  public var text: String {
    let signed = Self.message(token, keyText, description)
    return String(decoding: signed, as: UTF8.self) + "\n\(signature.text)"
  }

  /// The key that signs, 33 bytes.
  public var publicKey: [UInt8] {
    switch key.key {
    case .single(let bytes): bytes
    case .extended(let extended): extended.publicKey
    case .musig: preconditionFailure("a record's key is no joint key")
    }
  }

  private static func message(
    _ token: SetupToken, _ key: String, _ description: String
  ) -> [UInt8] {
    Array("BSMS 1.0\n\(token.text)\n\(key)\n\(description)".utf8)
  }

  private static func check(_ description: String) throws(SetupError) {
    guard description.count <= descriptionLimit,
      !description.contains(where: \.isNewline)
    else { throw .badDescription(description.count) }
  }

  private static func key(_ text: String) throws(SetupError) -> KeyExpression {
    // A key of the wrong family is told by its text: no network is named in a key record.
    for network in [Network.mainnet, .testnet] {
      guard let key = try? KeyExpression(parsing: text, network: network) else { continue }
      guard key.origin != nil, key.isBare else {
        throw .badKey("a key with its origin and no path is needed")
      }
      return key
    }
    throw .badKey(text.excerpt(upTo: 200))
  }
}
