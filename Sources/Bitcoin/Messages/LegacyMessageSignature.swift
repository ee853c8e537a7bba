public import Cryptography
import Wire

/// A signature of a message from which the key is found. See BIP-137.
public struct LegacyMessageSignature: Hashable, Sendable {
  /// The kind of address that the first byte claims.
  public enum Kind: UInt8, Sendable {
    case uncompressed = 27
    case compressed = 31
    case nestedWitness = 35
    case witness = 39
  }

  public let kind: Kind
  public let signature: RecoverableSignature

  /// Reads 65 bytes, or `nil` when they are no such signature.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 65, (27...42).contains(bytes[0]) else { return nil }
    let recoveryID = (bytes[0] - 27) & 3
    guard let kind = Kind(rawValue: bytes[0] - recoveryID),
      let signature = RecoverableSignature(
        compact: Array(bytes[1...]), recoveryID: recoveryID)
    else { return nil }
    self.kind = kind
    self.signature = signature
  }

  /// Signs a message.
  public init(
    signing message: [UInt8], with key: SecretBytes, kind: Kind = .compressed
  ) throws(CryptographyError) {
    self.kind = kind
    signature = try Secp256k1.signRecoverable(Self.digest(message), with: key)
  }

  /// The 65 bytes.
  public var bytes: [UInt8] { [kind.rawValue + signature.recoveryID] + signature.compact }

  /// Returns the key that made the signature over `message`, in the encoding that its kind of
  /// address uses; `nil` when there is none.
  public func publicKey(of message: [UInt8]) -> [UInt8]? {
    Secp256k1.recover(
      signature, digest: Self.digest(message), compressed: kind != .uncompressed)
  }

  /// Returns whether the owner of `script` signed `message`.
  public func verify(_ message: [UInt8], script: Script) -> Bool {
    guard let key = publicKey(of: message) else { return false }
    switch kind {
    case .uncompressed, .compressed: return script == .payToPublicKeyHash(Hash160.hash(key))
    case .nestedWitness:
      return script == .payToScriptHash(of: .payToWitnessPublicKeyHash(of: key))
    case .witness: return script == .payToWitnessPublicKeyHash(of: key)
    }
  }

  /// What such signatures sign.
  static func digest(_ message: [UInt8]) -> [UInt8] {
    var writer = ConsensusWriter()
    writer.counted(Array("Bitcoin Signed Message:\n".utf8))
    writer.counted(message)
    return SHA256.double(writer.bytes)
  }
}
