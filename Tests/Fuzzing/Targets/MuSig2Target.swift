import Cryptography

/// What other signers hand over: keys, public nonces, partial signatures. The first byte says how many
/// there are. See BIP-327.
enum MuSig2Target: FuzzTarget {
  static func check(_ input: [UInt8]) {
    var pieces = Pieces(input)
    let count = Int(pieces.byte() % 4) + 1
    let given = (0..<count).map { _ in pieces.fixed(33) }
    let nonces = (0..<count).map { _ in pieces.fixed(66) }
    let parts = (0..<count).map { _ in pieces.fixed(32) }
    let tweak = MuSig2Keys.Tweak(pieces.fixed(32), isXOnly: pieces.byte() & 1 == 1)
    let message = pieces.remainder()
    // Without a key of its own an input would seldom have enough right ones.
    for keys in [given, Array(own.prefix(count))] {
      guard var joint = accepted({ () throws(MuSig2Error) in try MuSig2Keys(keys) }) else {
        continue
      }
      require(Secp256k1.isValidPublicKey(joint.publicKey), "a joint key is a key")
      if let tweaked = accepted({ () throws(MuSig2Error) in try joint.adding(tweak) }) {
        joint = tweaked
      }
      let sum = accepted { () throws(MuSig2Error) in try MuSig2Session.aggregate(nonces: nonces) }
      for aggregate in [sum, Array(message.prefix(66))].compactMap({ $0 }) {
        let isSigned = check(joint, aggregate, nonces, parts, message)
        // The vectors have right signatures of their own keys.
        require(!isSigned || keys == given, "nobody guesses a signature")
      }
    }
  }

  /// Returns whether any of the signatures is right.
  private static func check(
    _ keys: MuSig2Keys, _ aggregate: [UInt8], _ nonces: [[UInt8]], _ parts: [[UInt8]],
    _ message: [UInt8]
  ) -> Bool {
    let session = accepted { () throws(MuSig2Error) in
      try MuSig2Session(keys: keys, aggregateNonce: aggregate, message: message)
    }
    guard let session else { return false }
    let areRight = parts.enumerated().map { signer, part in
      accepted { () throws(MuSig2Error) in
        try session.verify(partialSignature: part, of: signer, nonce: nonces[signer])
      } == true
    }
    let signature = accepted { () throws(MuSig2Error) in
      try session.aggregate(partialSignatures: parts)
    }
    guard let signature else { return areRight.contains(true) }
    require(signature.count == 64, "a signature has 64 bytes")
    let isValid = Secp256k1.verifySchnorr(
      signature, message: message, publicKey: keys.xOnlyPublicKey)
    require(isValid || areRight.contains(false), "right parts make a signature")
    return isValid || areRight.contains(true)
  }

  private static let own: [[UInt8]] = (UInt8(1)...4).compactMap { seed in
    (try? SecretBytes(copying: [UInt8](repeating: seed, count: 32))).flatMap {
      try? Secp256k1.publicKey(from: $0)
    }
  }
}
