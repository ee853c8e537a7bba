import CPKCS11
import Cryptography
import Wire

/// A secp256k1 key pair that lies in a token, as the session sees it.
package struct StoredKey {
  /// The curve secp256k1, 1.3.132.0.10, as CKA_EC_PARAMS names it in DER. See SEC 2, appendix A.2.
  package static let curve: [UInt8] = [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A]

  /// Handle of the private key; only this session knows it.
  let handle: UInt
  /// Its CKA_ID.
  let id: [UInt8]
  /// Compressed, 33 bytes.
  let publicKey: [UInt8]
  /// Whether the token made it and it was never anywhere else.
  let isBornThere: Bool

  /// Finds the key that `place` names, and checks that it is what a signer wants. The session is logged
  /// in.
  init(_ place: TokenPlace, in session: Session) throws(TokenError) {
    var wanted = AttributeList()
    wanted.add(UInt(CKA_CLASS), number: UInt(CKO_PRIVATE_KEY))
    wanted.add(UInt(CKA_LABEL), place.key)
    if let id = place.keyID { wanted.add(UInt(CKA_ID), id) }
    let found = try session.objects(wanted)
    guard let handle = found.first else {
      throw .keyAbsent(wanted: place.keyText, present: try Self.labels(in: session))
    }
    guard found.count == 1 else {
      throw .keyAmbiguous(wanted: place.keyText, count: found.count)
    }
    self.handle = handle
    try Self.checkKind(handle, in: session)
    id = try session.attribute(UInt(CKA_ID), of: handle) ?? []
    publicKey = try Self.publicKey(place, id: id, in: session)
    // A token that does not answer these is taken to give the key out.
    guard try session.attribute(UInt(CKA_SENSITIVE), of: handle) == [1] else {
      throw .keyLeaves("CKA_SENSITIVE is not set")
    }
    guard try session.attribute(UInt(CKA_EXTRACTABLE), of: handle) == [0] else {
      throw .keyLeaves("CKA_EXTRACTABLE is set")
    }
    let neverLeft = try session.attribute(UInt(CKA_NEVER_EXTRACTABLE), of: handle) == [1]
    let isLocal = try session.attribute(UInt(CKA_LOCAL), of: handle) == [1]
    isBornThere = neverLeft && isLocal
  }

  private static func checkKind(_ handle: UInt, in session: Session) throws(TokenError) {
    let kind = try session.attribute(UInt(CKA_KEY_TYPE), of: handle)
    guard kind == AttributeList.bytes(of: UInt(CKK_EC)) else { throw .notAnECKey }
    let curve = try session.attribute(UInt(CKA_EC_PARAMS), of: handle) ?? []
    guard curve == Self.curve else { throw .otherCurve(Hex.text(Array(curve.prefix(32)))) }
  }

  /// The public half, which may be read without a PIN.
  static func publicKey(
    _ place: TokenPlace, id: [UInt8]?, in session: Session
  ) throws(TokenError) -> [UInt8] {
    var wanted = AttributeList()
    wanted.add(UInt(CKA_CLASS), number: UInt(CKO_PUBLIC_KEY))
    wanted.add(UInt(CKA_LABEL), place.key)
    if let id = id ?? place.keyID { wanted.add(UInt(CKA_ID), id) }
    let found = try session.objects(wanted)
    guard found.count == 1 else { throw .publicKeyAbsent }
    guard try session.attribute(UInt(CKA_EC_PARAMS), of: found[0]) == curve else {
      throw .publicKeyMalformed
    }
    return try point(try session.attribute(UInt(CKA_EC_POINT), of: found[0]) ?? [])
  }

  /// Reads CKA_EC_POINT: a point in a DER OCTET STRING. See PKCS#11 v2.40 curr, section 2.3.3.
  package static func point(_ value: [UInt8]) throws(TokenError) -> [UInt8] {
    // 33 or 65 bytes: the length takes one byte.
    guard value.count >= 2, value[0] == 0x04, Int(value[1]) == value.count - 2,
      [33, 65].contains(value.count - 2),
      let key = try? Secp256k1.reencode(publicKey: Array(value.dropFirst(2)), compressed: true)
    else { throw .publicKeyMalformed }
    return key
  }

  private static func labels(in session: Session) throws(TokenError) -> [String] {
    var wanted = AttributeList()
    wanted.add(UInt(CKA_CLASS), number: UInt(CKO_PRIVATE_KEY))
    var labels: [String] = []
    for object in try session.objects(wanted) {
      labels.append(
        String(
          decoding: try session.attribute(UInt(CKA_LABEL), of: object) ?? [], as: UTF8.self))
    }
    return labels
  }
}
