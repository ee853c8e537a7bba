extension TransactionOutput {
  /// Satoshis below which relaying nodes refuse the output, since spending it would cost more than
  /// a third of its value: 546 for P2PKH, 294 for P2WPKH, 330 for P2WSH at the usual fee rate.
  ///
  /// - Parameter feeRateSatsPerKVByte: The dust relay fee, 3000 unless a node changes it.
  public func dustThreshold(feeRateSatsPerKVByte: Int64 = 3000) -> Int64 {
    guard !script.isUnspendable else { return 0 }
    // An input that spends it: outpoint, counts, sequence, and a signature with a public key, the
    // latter discounted inside a witness.
    let input = script.witnessProgram == nil ? 148 : 32 + 4 + 1 + 107 / 4 + 4
    let size = Int64(bytes.count + input)
    return size * feeRateSatsPerKVByte / 1000
  }

  /// Whether relaying nodes refuse the output at the usual fee rate.
  public var isDust: Bool { value < dustThreshold() }
}
