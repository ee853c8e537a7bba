/// One message about to be signed by several: what follows from public values alone. See BIP-327,
/// "Session Context".
public struct MuSig2Session: Sendable {
  public let keys: MuSig2Keys
  /// What all signers' nonces add up to, 66 bytes.
  public let aggregateNonce: [UInt8]
  /// What is signed; of any length.
  public let message: [UInt8]
  /// The number by which the second nonce counts.
  let nonceCoefficient: CurveScalar
  let noncePoint: CurvePoint
  let challenge: CurveScalar

  /// - Throws: ``MuSig2Error/badAggregateNonce``.
  public init(
    keys: MuSig2Keys, aggregateNonce: [UInt8], message: [UInt8]
  ) throws(MuSig2Error) {
    guard aggregateNonce.count == 66,
      let first = CurvePoint(extended: Array(aggregateNonce[..<33])),
      let second = CurvePoint(extended: Array(aggregateNonce[33...]))
    else { throw .badAggregateNonce }
    self.keys = keys
    self.aggregateNonce = aggregateNonce
    self.message = message
    nonceCoefficient = CurveScalar(
      reducing: SHA256.tagged("MuSig/noncecoef", aggregateNonce + keys.xOnlyPublicKey + message))
    let sum = first + second.times(nonceCoefficient)
    noncePoint = sum.isInfinity ? CurvePoint.generator : sum
    challenge = CurveScalar(
      reducing: SHA256.tagged(
        "BIP0340/challenge", noncePoint.xOnly + keys.xOnlyPublicKey + message))
  }

  /// Returns what the nonces of all signers, 66 bytes each, add up to. See BIP-327, `NonceAgg`.
  public static func aggregate(nonces: [[UInt8]]) throws(MuSig2Error) -> [UInt8] {
    guard !nonces.isEmpty else { throw .wrongCount(of: "nonces", expected: 1, actual: 0) }
    var sums = (CurvePoint.infinity, CurvePoint.infinity)
    for (signer, nonce) in nonces.enumerated() {
      guard nonce.count == 66, let first = CurvePoint(Array(nonce[..<33])),
        let second = CurvePoint(Array(nonce[33...]))
      else { throw .badNonce(signer: signer) }
      sums = (sums.0 + first, sums.1 + second)
    }
    return sums.0.bytes + sums.1.bytes
  }

  /// Returns whether the partial signature of the signer at place `signer` is right. See BIP-327,
  /// `PartialSigVerify`.
  ///
  /// - Parameter nonce: The public nonce of that signer, 66 bytes.
  /// - Throws: ``MuSig2Error/badNonce(signer:)`` when the nonce is none.
  public func verify(
    partialSignature: [UInt8], of signer: Int, nonce: [UInt8]
  ) throws(MuSig2Error) -> Bool {
    guard keys.publicKeys.indices.contains(signer) else { throw .notAParticipant }
    guard nonce.count == 66, let first = CurvePoint(Array(nonce[..<33])),
      let second = CurvePoint(Array(nonce[33...]))
    else { throw .badNonce(signer: signer) }
    guard let number = CurveScalar(partialSignature) else { return false }
    return isRight(number, of: signer, first: first, second: second)
  }

  private func isRight(
    _ number: CurveScalar, of signer: Int, first: CurvePoint, second: CurvePoint
  ) -> Bool {
    let key = keys.publicKeys[signer]
    guard let point = CurvePoint(key) else { return false }
    var nonce = first + second.times(nonceCoefficient)
    if !noncePoint.hasEvenY { nonce = nonce.negated }
    let weight = challenge * keys.coefficient(of: key) * keySign
    return CurvePoint.generator(times: number) == nonce + point.times(weight)
  }

  /// 1 or -1, by which a signer's key enters the signature.
  var keySign: CurveScalar { keys.point.hasEvenY ? keys.sign : keys.sign.negated }

  /// Returns the BIP-340 signature that the partial signatures of all signers add up to. See
  /// BIP-327, `PartialSigAgg`. Whether it is valid is for the caller to check.
  public func aggregate(partialSignatures: [[UInt8]]) throws(MuSig2Error) -> [UInt8] {
    guard partialSignatures.count == keys.publicKeys.count else {
      throw .wrongCount(
        of: "partial signatures", expected: keys.publicKeys.count, actual: partialSignatures.count)
    }
    var sum = CurveScalar.zero
    for (signer, part) in partialSignatures.enumerated() {
      guard let number = CurveScalar(part) else { throw .badPartialSignature(signer: signer) }
      sum = sum + number
    }
    let tweak = keys.point.hasEvenY ? keys.tweak : keys.tweak.negated
    return noncePoint.xOnly + (sum + challenge * tweak).bytes
  }
}
