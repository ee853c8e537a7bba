// Unsafe file. Sound because every array handed to libsecp256k1 has the length that the function
// reads or writes, checked before the call, and the context is never written after its creation.
import CSecp256k1

/// The curve of Bitcoin: keys, and the sums of keys that BIP-32 and BIP-341 are built from.
public enum Secp256k1 {
  /// Returns whether `key` is a usable private key: 32 bytes, not zero, below the group order.
  public static func isValidPrivateKey(_ key: SecretBytes) -> Bool {
    guard key.count == 32 else { return false }
    let status = try? unsafe key.withUnsafeBytes { key in
      unsafe secp256k1_ec_seckey_verify(context, key.bytePointer)
    }
    return status == 1
  }

  /// Returns whether `key` encodes a point: compressed (33 bytes), uncompressed or hybrid (65).
  public static func isValidPublicKey(_ key: [UInt8]) -> Bool { parse(key) != nil }

  /// Returns whether `key` is the horizontal coordinate of a point, 32 bytes. See BIP-340.
  public static func isValidXOnlyPublicKey(_ key: [UInt8]) -> Bool { parseXOnly(key) != nil }

  /// Returns the public key of `key`, 33 bytes when compressed and otherwise 65.
  public static func publicKey(
    from key: SecretBytes, compressed: Bool = true
  ) throws(CryptographyError) -> [UInt8] {
    try check(key)
    let point = try unsafe key.withUnsafeBytes { key throws(CryptographyError) in
      var point = secp256k1_pubkey()
      guard unsafe secp256k1_ec_pubkey_create(context, &point, key.bytePointer) == 1 else {
        throw .invalidPrivateKey
      }
      return point
    }
    return serialise(point, compressed: compressed)
  }

  /// Returns the 32-byte horizontal coordinate of the public key of `key`.
  public static func xOnlyPublicKey(from key: SecretBytes) throws(CryptographyError) -> [UInt8] {
    Array(try publicKey(from: key).dropFirst())
  }

  /// Returns another encoding of `key`.
  public static func reencode(
    publicKey key: [UInt8], compressed: Bool
  ) throws(CryptographyError) -> [UInt8] {
    guard let point = parse(key) else { throw .invalidPublicKey }
    return serialise(point, compressed: compressed)
  }

  /// Returns `key` + `tweak` modulo the group order. See BIP-32, "Private parent key".
  public static func tweakAdd(
    privateKey key: SecretBytes, tweak: SecretBytes
  ) throws(CryptographyError) -> SecretBytes {
    try check(key)
    guard tweak.count == 32 else {
      throw .wrongLength(of: "tweak", expected: 32, actual: tweak.count)
    }
    return try unsafe SecretBytes(count: 32) { sum throws(CryptographyError) in
      try unsafe key.withUnsafeBytes { key in unsafe sum.copyMemory(from: key) }
      let status = try unsafe tweak.withUnsafeBytes { tweak in
        unsafe secp256k1_ec_seckey_tweak_add(context, sum.bytePointer, tweak.bytePointer)
      }
      guard status == 1 else { throw .invalidTweak }
    }
  }

  /// Returns the encoding of `key` + `tweak` × G. See BIP-32, "Public parent key".
  public static func tweakAdd(
    publicKey key: [UInt8], tweak: [UInt8], compressed: Bool = true
  ) throws(CryptographyError) -> [UInt8] {
    guard var point = parse(key) else { throw .invalidPublicKey }
    guard tweak.count == 32 else {
      throw .wrongLength(of: "tweak", expected: 32, actual: tweak.count)
    }
    guard unsafe secp256k1_ec_pubkey_tweak_add(context, &point, tweak) == 1 else {
      throw .invalidTweak
    }
    return serialise(point, compressed: compressed)
  }

  /// Returns the private key whose public key is the x-only key of `key` tweaked by `tweak`.
  /// See BIP-341, `taproot_tweak_seckey`.
  public static func xOnlyTweakAdd(
    privateKey key: SecretBytes, tweak: [UInt8]
  ) throws(CryptographyError) -> SecretBytes {
    guard tweak.count == 32 else {
      throw .wrongLength(of: "tweak", expected: 32, actual: tweak.count)
    }
    let isOdd = try publicKey(from: key).first == 3
    return try unsafe SecretBytes(count: 32) { sum throws(CryptographyError) in
      try unsafe key.withUnsafeBytes { key in unsafe sum.copyMemory(from: key) }
      if isOdd, unsafe secp256k1_ec_seckey_negate(context, sum.bytePointer) != 1 {
        throw .invalidPrivateKey
      }
      guard unsafe secp256k1_ec_seckey_tweak_add(context, sum.bytePointer, tweak) == 1 else {
        throw .invalidTweak
      }
    }
  }

  /// Returns the x-only key of `key` + `tweak` × G and whether its vertical coordinate is odd.
  /// See BIP-341, `taproot_tweak_pubkey`.
  public static func xOnlyTweakAdd(
    publicKey key: [UInt8], tweak: [UInt8]
  ) throws(CryptographyError) -> (key: [UInt8], isOdd: Bool) {
    guard var internalKey = parseXOnly(key) else { throw .invalidPublicKey }
    guard tweak.count == 32 else {
      throw .wrongLength(of: "tweak", expected: 32, actual: tweak.count)
    }
    var point = secp256k1_pubkey()
    guard unsafe secp256k1_xonly_pubkey_tweak_add(context, &point, &internalKey, tweak) == 1 else {
      throw .invalidTweak
    }
    let encoded = serialise(point, compressed: true)
    return (Array(encoded.dropFirst()), encoded.first == 3)
  }

  /// Returns whether `output` is the x-only key `internalKey` tweaked by `tweak`, with that parity.
  public static func xOnlyTweakAddCheck(
    output: [UInt8], isOdd: Bool, internalKey: [UInt8], tweak: [UInt8]
  ) -> Bool {
    guard output.count == 32, tweak.count == 32, var key = parseXOnly(internalKey) else {
      return false
    }
    return unsafe secp256k1_xonly_pubkey_tweak_add_check(
      context, output, isOdd ? 1 : 0, &key, tweak) == 1
  }

  // MARK: Shared with the signatures

  /// The context, blinded once; after that it is only read, so threads may share it.
  static var context: OpaquePointer { unsafe Secp256k1Context.shared.pointer }

  static func check(_ key: SecretBytes) throws(CryptographyError) {
    guard key.count == 32 else {
      throw .wrongLength(of: "private key", expected: 32, actual: key.count)
    }
  }

  static func parse(_ key: [UInt8]) -> secp256k1_pubkey? {
    var point = secp256k1_pubkey()
    guard unsafe secp256k1_ec_pubkey_parse(context, &point, key, key.count) == 1 else {
      return nil
    }
    return point
  }

  static func parseXOnly(_ key: [UInt8]) -> secp256k1_xonly_pubkey? {
    guard key.count == 32 else { return nil }
    var point = secp256k1_xonly_pubkey()
    guard unsafe secp256k1_xonly_pubkey_parse(context, &point, key) == 1 else { return nil }
    return point
  }

  static func serialise(_ point: secp256k1_pubkey, compressed: Bool) -> [UInt8] {
    var point = point
    var bytes = [UInt8](repeating: 0, count: compressed ? 33 : 65)
    var count = bytes.count
    let form = UInt32(compressed ? SECP256K1_EC_COMPRESSED : SECP256K1_EC_UNCOMPRESSED)
    // Cannot fail for a parsed point and a buffer of this length.
    _ = unsafe secp256k1_ec_pubkey_serialize(context, &bytes, &count, &point, form)
    return bytes
  }
}

/// Owner of the one libsecp256k1 context.
///
/// `@unchecked Sendable` because the pointer is written only before the object is shared, and
/// libsecp256k1 allows concurrent use of a context that nobody changes.
@safe private final class Secp256k1Context: @unchecked Sendable {
  static let shared = Secp256k1Context()
  let pointer: OpaquePointer

  private init() {
    guard let made = unsafe secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE)) else {
      preconditionFailure("libsecp256k1 could not make a context")
    }
    let seed = SecureRandom.bytes(32)
    precondition(unsafe secp256k1_context_randomize(made, seed) == 1)
    unsafe pointer = made
  }

  deinit { unsafe secp256k1_context_destroy(pointer) }
}
