public import Engine

/// What one transaction must stay within, so that whoever has to sign it does.
public struct PayoutLimits: Equatable, Sendable {
  /// Satoshi per virtual byte: above what anyone would allow, and low enough to reckon with.
  public static let highestFeeRate: Int64 = 1_000_000

  /// What may leave the wallet, network fee included, in satoshi.
  public var total: Int64
  /// Network fee, in satoshi.
  public var networkFee: Int64
  /// Network fee per virtual byte, in satoshi.
  public var feeRateSatsPerVByte: Int64
  /// Bytes of the previous transactions that prove the inputs' amounts.
  public var evidence: Int
  /// Bytes of the previous transaction of a coin, as far as known; a coin without an entry counts
  /// as nothing.
  public var evidenceOf: [ChainOutpoint: Int]

  public init(
    total: Int64 = .max, networkFee: Int64 = .max, feeRateSatsPerVByte: Int64 = highestFeeRate,
    evidence: Int = .max, evidenceOf: [ChainOutpoint: Int] = [:]
  ) {
    self.total = total
    self.networkFee = networkFee
    self.feeRateSatsPerVByte = feeRateSatsPerVByte
    self.evidence = evidence
    self.evidenceOf = evidenceOf
  }

  /// The network fee that is certainly allowed for `size` virtual bytes. Signatures are sometimes
  /// shorter than we reckon with, so a tenth of the rate is left to them.
  func fee(for size: Int64) -> Int64 {
    min(networkFee, max(size, feeRateSatsPerVByte * size / 10 * 9))
  }
}
