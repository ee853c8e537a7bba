/// What is wrong with a transaction by itself, under Bitcoin Core's reasons for refusing it.
public enum TransactionDefect: String, Error, CaseIterable, Sendable {
  case noInputs = "bad-txns-vin-empty"
  case noOutputs = "bad-txns-vout-empty"
  case tooLarge = "bad-txns-oversize"
  case negativeOutput = "bad-txns-vout-negative"
  case outputTooLarge = "bad-txns-vout-toolarge"
  case outputSumTooLarge = "bad-txns-txouttotal-toolarge"
  case duplicateInputs = "bad-txns-inputs-duplicate"
  case coinbaseLength = "bad-cb-length"
  case nullOutpoint = "bad-txns-prevout-null"
}

extension Transaction {
  /// Checks all that can be checked without knowing what the inputs spend.
  public func check() throws(TransactionDefect) {
    guard !inputs.isEmpty else { throw .noInputs }
    guard !outputs.isEmpty else { throw .noOutputs }
    guard
      bytesWithoutWitness.count * Consensus.witnessScaleFactor <= Consensus.maximumBlockWeight
    else { throw .tooLarge }
    var sum: Int64 = 0
    for output in outputs {
      guard output.value >= 0 else { throw .negativeOutput }
      guard output.value <= Consensus.maximumMoney else { throw .outputTooLarge }
      // Both are at most the maximum, so the sum fits.
      sum += output.value
      guard sum <= Consensus.maximumMoney else { throw .outputSumTooLarge }
    }
    guard Set(inputs.map(\.outpoint)).count == inputs.count else { throw .duplicateInputs }
    if isCoinbase {
      guard (2...100).contains(inputs[0].scriptSig.bytes.count) else { throw .coinbaseLength }
    } else {
      guard !inputs.contains(where: { $0.outpoint == .null }) else { throw .nullOutpoint }
    }
  }

  /// Signature operations as a block counts them, at most 80 000 in one. See BIP-141, "Sigops".
  ///
  /// - Parameter spentOutputs: What the inputs spend, in their order; ignored for a coinbase.
  public func signatureOperationCost(spending spentOutputs: [TransactionOutput]) -> Int {
    var cost = 0
    for input in inputs { cost += input.scriptSig.signatureOperationCount(accurate: false) }
    for output in outputs { cost += output.script.signatureOperationCount(accurate: false) }
    cost *= Consensus.witnessScaleFactor
    guard !isCoinbase else { return cost }
    for (input, spent) in zip(inputs, spentOutputs) {
      var program = spent.script.witnessProgram
      if spent.script.scriptHash != nil, input.scriptSig.isPushOnly,
        let redeemScript = input.scriptSig.instructions?.last?.data.map(Script.init)
      {
        cost +=
          redeemScript.signatureOperationCount(accurate: true) * Consensus.witnessScaleFactor
        program = redeemScript.witnessProgram
      }
      guard let program, program.version == 0 else { continue }
      if program.program.count == 20 { cost += 1 }
      if program.program.count == 32, let script = input.witness.last {
        cost += Script(script).signatureOperationCount(accurate: true)
      }
    }
    return cost
  }
}
