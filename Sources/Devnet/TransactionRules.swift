import Bitcoin

/// Rules of one transaction that hold in blocks and in the mempool alike.
enum TransactionRules {
  /// Checks what needs no context.
  static func check(_ transaction: Transaction) throws(Rejection) {
    guard !transaction.inputs.isEmpty else { throw Rejection(.consensus, "bad-txns-vin-empty") }
    guard !transaction.outputs.isEmpty else { throw Rejection(.consensus, "bad-txns-vout-empty") }
    guard transaction.bytesWithoutWitness.count * 4 <= Consensus.maximumBlockWeight else {
      throw Rejection(.consensus, "bad-txns-oversize")
    }
    var total: Int64 = 0
    for output in transaction.outputs {
      guard output.value >= 0 else { throw Rejection(.consensus, "bad-txns-vout-negative") }
      guard output.value <= Consensus.maximumMoney else {
        throw Rejection(.consensus, "bad-txns-vout-toolarge")
      }
      total += output.value
      guard total <= Consensus.maximumMoney else {
        throw Rejection(.consensus, "bad-txns-txouttotal-toolarge")
      }
    }
    guard Set(transaction.inputs.map(\.outpoint)).count == transaction.inputs.count else {
      throw Rejection(.consensus, "bad-txns-inputs-duplicate")
    }
    if transaction.isCoinbase {
      guard (2...100).contains(transaction.inputs[0].scriptSig.bytes.count) else {
        throw Rejection(.consensus, "bad-cb-length")
      }
    } else if transaction.inputs.contains(where: { $0.outpoint == .null }) {
      throw Rejection(.consensus, "bad-txns-prevout-null")
    }
  }

  /// Checks existence, maturity and amounts of the inputs; returns the fee in satoshis.
  static func fee(
    of transaction: Transaction, in view: some CoinView, spendHeight: Int
  ) throws(Rejection) -> Int64 {
    var total: Int64 = 0
    for input in transaction.inputs {
      guard let coin = view.coin(at: input.outpoint) else {
        throw Rejection(
          .missingInputs, "bad-txns-inputs-missingorspent", "CheckTxInputs: inputs missing/spent")
      }
      let depth = spendHeight - coin.height
      if coin.isCoinbase, depth < Consensus.coinbaseMaturity {
        throw Rejection(
          .premature, "bad-txns-premature-spend-of-coinbase",
          "tried to spend coinbase at depth \(depth)")
      }
      total += coin.output.value
      guard total <= Consensus.maximumMoney else {
        throw Rejection(.consensus, "bad-txns-inputvalues-outofrange")
      }
    }
    let out = transaction.outputs.reduce(0) { $0 + $1.value }
    guard total >= out else {
      throw Rejection(
        .consensus, "bad-txns-in-belowout",
        "value in (\(Bitcoins.text(total))) < value out (\(Bitcoins.text(out)))")
    }
    return total - out
  }

  /// Whether the lock time lets `transaction` into a block at `height` whose previous block has
  /// the median time past `medianTime`. See BIP-0113.
  static func isFinal(_ transaction: Transaction, height: Int, medianTime: Int64) -> Bool {
    let lock = Int64(transaction.lockTime)
    if lock == 0 || lock < (lock < Int64(Consensus.lockTimeThreshold) ? Int64(height) : medianTime)
    {
      return true
    }
    return transaction.inputs.allSatisfy { $0.sequence == 0xFFFF_FFFF }
  }

  /// Whether the relative locks of the inputs have passed. See BIP-0068.
  ///
  /// - Parameters:
  ///   - coinHeights: Height of the block of each input's coin.
  ///   - height: Height of the block that would hold the transaction.
  ///   - medianTime: Median time past of the block before that one.
  ///   - medianTimeAt: Median time past of the active block at a height.
  static func relativeLocksHavePassed(
    _ transaction: Transaction, coinHeights: [Int], height: Int, medianTime: Int64,
    medianTimeAt: (Int) -> Int64
  ) -> Bool {
    guard UInt32(bitPattern: transaction.version) >= 2 else { return true }
    for (input, coinHeight) in zip(transaction.inputs, coinHeights) {
      let sequence = input.sequence
      if sequence & (1 << 31) != 0 { continue }
      let lock = Int64(sequence & 0xFFFF)
      if sequence & (1 << 22) != 0 {
        let start = medianTimeAt(max(coinHeight - 1, 0))
        if start + lock << 9 > medianTime { return false }
      } else if coinHeight + Int(lock) > height {
        return false
      }
    }
    return true
  }
}
