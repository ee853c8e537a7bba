// Unsafe file. Sound because every pointer handed to libsecp256k1 is that of a secret's buffer of 32
// bytes inside its own closure. All arithmetic with secrets is libsecp256k1's own, on private keys,
// which takes the same time whatever they are.
import CSecp256k1
import Synchronization

/// The secret half of a nonce. It signs once and is wiped then: twice would give the key away. See
/// BIP-327, "Nonce Generation".
///
/// It cannot be read back or stored.
public final class MuSig2Nonce: Sendable {
  /// What the other signers get, 66 bytes.
  public let publicNonce: [UInt8]
  private let publicKey: [UInt8]
  private let first: SecretBytes
  private let second: SecretBytes
  private let isUsed = Mutex(false)

  /// Draws a nonce. See BIP-327, `NonceGen`.
  ///
  /// - Parameters:
  ///   - privateKey: The signer's own, mixed in against a bad source of randomness.
  ///   - publicKey: The signer's own, 33 bytes.
  ///   - aggregateKey: The joint key of 32 bytes, if known.
  ///   - message: What will be signed, if known.
  ///   - extra: Anything else that belongs to the session, at most 2^32 - 1 bytes.
  public convenience init(
    privateKey: SecretBytes?, publicKey: [UInt8], aggregateKey: [UInt8]? = nil,
    message: [UInt8]? = nil, extra: [UInt8] = []
  ) throws(MuSig2Error) {
    do {
      try self.init(
        randomness: try SecureRandom.secret(32), privateKey: privateKey, publicKey: publicKey,
        aggregateKey: aggregateKey, message: message, extra: extra)
    } catch let error as MuSig2Error {
      throw error
    } catch {
      throw .unusableNonce
    }
  }

  /// As above from given randomness of 32 bytes, which must never be used again. For the published
  /// vectors.
  package init(
    randomness: SecretBytes, privateKey: SecretBytes?, publicKey: [UInt8],
    aggregateKey: [UInt8]?, message: [UInt8]?, extra: [UInt8]
  ) throws(MuSig2Error) {
    guard CurvePoint(publicKey) != nil else { throw .badPublicKey(signer: 0) }
    do {
      let seed = try Self.masked(randomness, with: privateKey)
      var suffix = [UInt8(publicKey.count)] + publicKey
      let aggregateKey = aggregateKey ?? []
      suffix += [UInt8(aggregateKey.count)] + aggregateKey
      if let message {
        suffix += [1] + Self.bigEndian(UInt64(message.count), count: 8) + message
      } else {
        suffix += [0]
      }
      suffix += Self.bigEndian(UInt64(extra.count), count: 4) + extra
      first = try Self.secretNumber(seed, suffix + [0])
      second = try Self.secretNumber(seed, suffix + [1])
      publicNonce =
        try Secp256k1.publicKey(from: first) + Secp256k1.publicKey(from: second)
    } catch {
      throw .secret(error)
    }
    self.publicKey = publicKey
  }

  /// Takes the two secret numbers of 32 bytes and the key, as the published vectors write them.
  package init(first: SecretBytes, second: SecretBytes, publicKey: [UInt8]) throws(MuSig2Error) {
    do {
      publicNonce =
        try Secp256k1.publicKey(from: first) + Secp256k1.publicKey(from: second)
    } catch {
      throw .unusableNonce
    }
    self.first = first
    self.second = second
    self.publicKey = publicKey
  }

  /// Returns this signer's partial signature, 32 bytes, and wipes the nonce. See BIP-327, `Sign`.
  public func sign(
    _ session: MuSig2Session, with privateKey: SecretBytes
  ) throws(MuSig2Error) -> [UInt8] {
    let isFresh = isUsed.withLock { used in
      defer { used = true }
      return !used
    }
    guard isFresh else { throw .unusableNonce }
    defer {
      first.wipe()
      second.wipe()
    }
    do {
      let own = try Secp256k1.publicKey(from: privateKey)
      guard own == publicKey else { throw MuSig2Error.unusableNonce }
      guard let signer = session.keys.publicKeys.firstIndex(of: own) else {
        throw MuSig2Error.notAParticipant
      }
      let turns = !session.noncePoint.hasEvenY
      let a = try Self.times(first, turns ? CurveScalar.one.negated : .one)
      let b = try Self.times(
        second, turns ? session.nonceCoefficient.negated : session.nonceCoefficient)
      let weight = session.challenge * session.keys.coefficient(of: own) * session.keySign
      let c = try Self.times(privateKey, weight)
      let sum = try Secp256k1.tweakAdd(
        privateKey: try Secp256k1.tweakAdd(privateKey: a, tweak: b), tweak: c)
      let signature = try sum.revealed()
      guard try session.verify(partialSignature: signature, of: signer, nonce: publicNonce) else {
        throw MuSig2Error.unusableNonce
      }
      return signature
    } catch let error as MuSig2Error {
      throw error
    } catch let error as CryptographyError {
      throw .secret(error)
    } catch {
      throw .unusableNonce
    }
  }

  /// A secret number times a public one that is not zero.
  private static func times(
    _ secret: SecretBytes, _ number: CurveScalar
  ) throws(CryptographyError) -> SecretBytes {
    try unsafe SecretBytes(count: 32) { product throws(CryptographyError) in
      try unsafe secret.withUnsafeBytes { secret in unsafe product.copyMemory(from: secret) }
      let status = unsafe secp256k1_ec_seckey_tweak_mul(
        Secp256k1.context, product.bytePointer, number.bytes)
      guard status == 1 else { throw .invalidTweak }
    }
  }

  /// The randomness, with the private key's digest over it where a key is given.
  private static func masked(
    _ randomness: SecretBytes, with privateKey: SecretBytes?
  ) throws(CryptographyError) -> SecretBytes {
    guard randomness.count == 32 else {
      throw .wrongLength(of: "randomness", expected: 32, actual: randomness.count)
    }
    guard let privateKey else { return randomness }
    let digest = try randomness.tagged("MuSig/aux")
    return try unsafe SecretBytes(count: 32) { seed throws(CryptographyError) in
      try unsafe privateKey.withUnsafeBytes { key in unsafe seed.copyMemory(from: key) }
      try unsafe digest.withUnsafeBytes { mask in
        for index in 0..<32 { unsafe seed[index] ^= mask[index] }
      }
    }
  }

  /// The digest modulo the group order, in locked memory.
  private static func secretNumber(
    _ seed: SecretBytes, _ suffix: [UInt8]
  ) throws(CryptographyError) -> SecretBytes {
    let digest = try seed.tagged("MuSig/nonce", suffix: suffix)
    // A digest of the group order or more would have to be reduced; it comes once in 2^127.
    guard Secp256k1.isValidPrivateKey(digest) else { throw .invalidPrivateKey }
    return digest
  }

  private static func bigEndian(_ number: UInt64, count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
  }
}
