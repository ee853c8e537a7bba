public import Engine

/// What one transaction must stay within, so that whoever has to sign it does.
public struct PayoutLimits: Equatable, Sendable {
  /// What may leave the wallet, network fee included, in satoshi.
  public var total: Int64
  /// Network fee, in satoshi.
  public var networkFee: Int64
  /// Network fee per virtual byte.
  public var feeRate: FeeRate
  /// Bytes of the previous transactions that prove the inputs' amounts.
  public var evidence: Int
  /// Bytes of the previous transaction of a coin, as far as known; a coin without an entry counts
  /// as nothing.
  public var evidenceOf: [ChainOutpoint: Int]
  /// Weight of the signed transaction.
  public var weight: Int64

  public init(
    total: Int64 = .max, networkFee: Int64 = .max, feeRate: FeeRate = .highest,
    evidence: Int = .max, evidenceOf: [ChainOutpoint: Int] = [:],
    weight: Int64 = MempoolLimits.transactionWeight
  ) {
    self.total = total
    self.networkFee = networkFee
    self.feeRate = feeRate
    self.evidence = evidence
    self.evidenceOf = evidenceOf
    self.weight = weight
  }

  /// The network fee that is certainly allowed for `vbytes`. Signatures are sometimes shorter than
  /// we reckon with, so a tenth of the rate is left to them.
  func fee(forVBytes vbytes: Int64) -> Int64 {
    min(networkFee, cautiousRate.fee(forVBytes: vbytes))
  }

  /// The highest rate that is wanted of signers with these limits.
  var cautiousRate: FeeRate { FeeRate(clamping: Int128(feeRate.satsPerKVByte) / 10 * 9) }
}
