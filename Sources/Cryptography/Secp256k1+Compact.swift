// Unsafe file. Sound because every array handed to libsecp256k1 has the length that the function
// reads or writes, checked before the call.
import CSecp256k1

extension Secp256k1 {
  /// Returns an ECDSA signature that another device made, as Bitcoin wants it: strict DER with a low S
  /// (BIP-62, rule 5, and BIP-66).
  ///
  /// - Parameter signature: R and S, 32 bytes each, as PKCS#11's CKM_ECDSA gives them.
  /// - Returns: `nil` unless both are numbers below the group order, in 64 bytes.
  public static func lowSDER(ofCompact signature: [UInt8]) -> [UInt8]? {
    guard signature.count == 64 else { return nil }
    var parsed = secp256k1_ecdsa_signature()
    guard unsafe secp256k1_ecdsa_signature_parse_compact(context, &parsed, signature) == 1 else {
      return nil
    }
    var low = secp256k1_ecdsa_signature()
    unsafe secp256k1_ecdsa_signature_normalize(context, &low, &parsed)
    var der = [UInt8](repeating: 0, count: 72)
    var count = der.count
    // 72 bytes hold every low-S signature.
    guard unsafe secp256k1_ecdsa_signature_serialize_der(context, &der, &count, &low) == 1 else {
      return nil
    }
    return Array(der.prefix(count))
  }
}
