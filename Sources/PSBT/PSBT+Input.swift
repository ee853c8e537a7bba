public import Bitcoin

// What one input says, read as values.

extension PSBT {
  /// The output that an input spends, or `nil` when the PSBT does not say.
  ///
  /// - Throws: ``PSBTError/badUTXO(input:reason:)`` when the two ways to say it differ.
  public func spentOutput(_ index: Int) throws(PSBTError) -> TransactionOutput? {
    let map = try input(index)
    let witness = map[InputField.witnessUTXO].flatMap(TransactionOutput.init(parsing:))
    guard let bytes = map[InputField.nonWitnessUTXO],
      let previous = try? Transaction(parsing: bytes)
    else { return witness }
    // Whose identifier was compared when the PSBT was read or updated.
    let output = previous.outputs[Int(unsigned.transaction.inputs[index].outpoint.index)]
    guard witness == nil || witness == output else {
      throw .badUTXO(input: index, reason: "its two descriptions of the spent output differ")
    }
    return output
  }

  /// The outputs that all inputs spend; `nil` when one is not given.
  func spentOutputs() throws(PSBTError) -> [TransactionOutput]? {
    var outputs: [TransactionOutput] = []
    for index in inputs.indices {
      guard let output = try spentOutput(index) else { return nil }
      outputs.append(output)
    }
    return outputs
  }

  /// What the network gets: inputs less outputs, in satoshis; `nil` when an input's amount is not
  /// given.
  ///
  /// - Throws: ``PSBTError/badAmount(_:value:)`` for an amount or a sum that cannot exist.
  public func fee() throws(PSBTError) -> Int64? {
    guard let spent = try spentOutputs() else { return nil }
    return try Self.sum(spent) { .input($0) }
      - Self.sum(unsigned.transaction.outputs) { .output($0) }
  }

  private static func sum(
    _ outputs: [TransactionOutput], _ place: (Int) -> PSBTPlace
  ) throws(PSBTError) -> Int64 {
    var sum: Int64 = 0
    for (index, output) in outputs.enumerated() {
      // Both stay below 2^52, so that no sum can wrap.
      guard (0...Consensus.maximumMoney).contains(output.value),
        sum + output.value <= Consensus.maximumMoney
      else { throw .badAmount(place(index), value: output.value) }
      sum += output.value
    }
    return sum
  }

  func input(_ index: Int) throws(PSBTError) -> PSBTMap {
    guard inputs.indices.contains(index) else {
      throw .noSuchIndex(index, count: inputs.count)
    }
    return inputs[index]
  }

  /// Whether the input has its final scripts.
  public func isFinal(_ index: Int) -> Bool {
    inputs.indices.contains(index)
      && (inputs[index][InputField.finalScriptSig] != nil
        || inputs[index][InputField.finalWitness] != nil)
  }

  /// How an input is to be satisfied, as far as the PSBT says.
  enum Spending: Equatable {
    /// A script of the first kind, bare or behind P2SH.
    case legacy(Script, redeemScript: Script?)
    case keyHash(redeemScript: Script?)
    case witnessScript(Script, redeemScript: Script?)
    case taproot(outputKey: [UInt8])
  }

  /// Follows the scripts from the output inwards, comparing each with the hash before it.
  func spending(_ index: Int) throws(PSBTError) -> (TransactionOutput, Spending)? {
    guard let output = try spentOutput(index) else { return nil }
    let map = inputs[index]
    var script = output.script
    var redeemScript: Script?
    if script.scriptHash != nil {
      guard let bytes = map[InputField.redeemScript] else { return nil }
      let found = Script(bytes)
      guard Script.payToScriptHash(of: found) == script else {
        throw .badUTXO(input: index, reason: "the redeem script is not the output's")
      }
      redeemScript = found
      script = found
    }
    guard let (version, program) = script.witnessProgram else {
      return (output, .legacy(script, redeemScript: redeemScript))
    }
    switch (version, program.count) {
    case (0, 20): return (output, .keyHash(redeemScript: redeemScript))
    case (0, 32):
      guard let bytes = map[InputField.witnessScript] else { return nil }
      guard Script.payToWitnessScriptHash(of: Script(bytes)) == script else {
        throw .badUTXO(input: index, reason: "the witness script is not the output's")
      }
      return (output, .witnessScript(Script(bytes), redeemScript: redeemScript))
    case (1, 32) where redeemScript == nil: return (output, .taproot(outputKey: program))
    default: throw .badUTXO(input: index, reason: "nobody knows how to spend such an output")
    }
  }
}
