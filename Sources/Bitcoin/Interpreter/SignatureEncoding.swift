import Cryptography

/// The encodings of signatures and keys that rules ask for.
package enum SignatureEncoding {
  /// Checks `signature`, which ends in its hash type; an empty one is always well encoded.
  static func check(_ signature: [UInt8], flags: ScriptFlags) throws(ScriptError) {
    guard let type = signature.last else { return }
    if !flags.isDisjoint(with: [.derSignatures, .lowS, .strictEncoding]),
      !isStrictDER(signature)
    {
      throw .signatureEncoding
    }
    if flags.contains(.lowS), !Secp256k1.isLowS(Array(signature.dropLast())) { throw .highS }
    if flags.contains(.strictEncoding),
      !(1...3).contains(type & ~SighashType.anyoneCanPay)
    {
      throw .signatureHashType
    }
    if flags.contains(.sighashAll), type != SighashType.all.rawValue { throw .signatureHashType }
  }

  /// Checks a public key.
  static func check(
    publicKey key: [UInt8], flags: ScriptFlags, version: SignatureVersion
  ) throws(ScriptError) {
    let isCompressed = key.count == 33 && (key[0] == 2 || key[0] == 3)
    let isUncompressed = key.count == 65 && key[0] == 4
    if flags.contains(.strictEncoding), !isCompressed, !isUncompressed { throw .publicKeyType }
    if flags.contains(.witnessPublicKeyType), version == .witnessV0, !isCompressed {
      throw .witnessPublicKeyType
    }
  }

  /// Whether `signature` is DER and one byte of hash type. See BIP-66, "DER encoding reference".
  package static func isStrictDER(_ signature: [UInt8]) -> Bool {
    // 0x30 [total] 0x02 [length of R] R 0x02 [length of S] S [hash type]
    guard (9...73).contains(signature.count), signature[0] == 0x30,
      Int(signature[1]) == signature.count - 3, signature[2] == 0x02
    else { return false }
    let countR = Int(signature[3])
    guard 5 + countR < signature.count else { return false }
    let countS = Int(signature[5 + countR])
    guard countR + countS + 7 == signature.count, signature[4 + countR] == 0x02 else {
      return false
    }
    return isPositiveMinimal(signature[4..<(4 + countR)])
      && isPositiveMinimal(signature[(6 + countR)..<(6 + countR + countS)])
  }

  private static func isPositiveMinimal(_ integer: ArraySlice<UInt8>) -> Bool {
    guard let first = integer.first, first & 0x80 == 0 else { return false }
    return !(integer.count > 1 && first == 0 && integer[integer.startIndex + 1] & 0x80 == 0)
  }
}
