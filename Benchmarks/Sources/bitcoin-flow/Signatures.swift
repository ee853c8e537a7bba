import Cryptography
import SecpYardstick

/// Signing and verifying, beside the library that does the work: each pass times both, one after the
/// other.
struct Signatures {
  /// Nanoseconds for one operation, ours and the library's.
  struct Pair {
    let name: String
    var ours: [Double] = []
    var library: [Double] = []
  }

  private let count: Int
  private let key: SecretBytes
  private let publicKey: [UInt8]
  private let xOnlyKey: [UInt8]
  private let digests: [[UInt8]]
  private let signatures: [[UInt8]]
  private let schnorrSignatures: [[UInt8]]

  init(count: Int) throws {
    self.count = count
    key = try SecretBytes(copying: [UInt8](repeating: 7, count: 32))
    publicKey = try Secp256k1.publicKey(from: key)
    xOnlyKey = try Secp256k1.xOnlyPublicKey(from: key)
    digests = (UInt8(1)...64).map { [UInt8](repeating: $0, count: 32) }
    let zeros = [UInt8](repeating: 0, count: 32)
    var (ecdsa, schnorr): ([[UInt8]], [[UInt8]]) = ([], [])
    for digest in digests {
      ecdsa.append(try Secp256k1.signECDSA(digest, with: key))
      schnorr.append(try Secp256k1.signSchnorr(digest, with: key, auxiliary: zeros))
    }
    signatures = ecdsa
    schnorrSignatures = schnorr
  }

  /// Times `passes` passes after one that does not count.
  func measure(passes: Int) throws -> [Pair] {
    let zeros = [UInt8](repeating: 0, count: 32)
    let calls = UInt32(count)
    return [
      try pair("ecdsa-sign", passes, secp_yardstick_ecdsa_sign(calls)) { n in
        try !Secp256k1.signECDSA(digests[n], with: key).isEmpty
      },
      try pair("ecdsa-verify", passes, secp_yardstick_ecdsa_verify_bytes(calls)) { n in
        Secp256k1.verifyStrictECDSA(signatures[n], digest: digests[n], publicKey: publicKey)
      },
      try pair("schnorr-sign", passes, secp_yardstick_schnorr_sign(calls)) { n in
        try !Secp256k1.signSchnorr(digests[n], with: key, auxiliary: zeros).isEmpty
      },
      try pair("schnorr-verify", passes, secp_yardstick_schnorr_verify(calls)) { n in
        Secp256k1.verifySchnorr(schnorrSignatures[n], message: digests[n], publicKey: xOnlyKey)
      },
    ]
  }

  private func pair(
    _ name: String, _ passes: Int, _ library: @autoclosure () -> UInt64,
    _ ours: (Int) throws -> Bool
  ) throws -> Pair {
    var pair = Pair(name: name)
    for pass in 0...passes {
      let theirs = library()
      var isRight = theirs > 0
      let time = try Clock.nanoseconds {
        for call in 0..<count { if try !ours(call % digests.count) { isRight = false } }
      }
      guard isRight else { throw Problem("\(name): a signature is wrong") }
      if pass == 0 { continue }
      pair.library.append(Double(theirs) / Double(count))
      pair.ours.append(time / Double(count))
    }
    return pair
  }
}
