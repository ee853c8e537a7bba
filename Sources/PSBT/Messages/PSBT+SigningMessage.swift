public import Bitcoin

// A message is signed as a transaction is, by the same roles. See BIP-322, "PSBT creator".

extension PSBT {
  /// Creates the PSBT whose signatures sign `message`. What its script needs is added by
  /// ``update(input:from:)``.
  ///
  /// - Parameters:
  ///   - version: Of the virtual transaction, 2 where the script has a relative lock.
  ///   - sequence: Of the first input, where the script has a lock.
  ///   - funds: Inputs with the outputs of which control is to be shown besides; what they spend is
  ///     added as to every PSBT.
  public init(
    signing message: SignedMessage, version: Int32 = 0, lockTime: UInt32 = 0,
    sequence: UInt32 = 0, funds: [TransactionInput] = []
  ) throws(PSBTError) {
    let transaction = message.toSign(
      version: version, lockTime: lockTime, sequence: sequence, funds: funds)
    guard let unsigned = UnsignedTransaction(transaction) else {
      throw .badTransaction("an input whose funds are to be shown is signed already")
    }
    self.init(creating: unsigned)
    global[GlobalField.signedMessage] = message.message
    try setPreviousTransaction(message.toSpend, forInput: 0)
  }

  /// The message that this PSBT signs, or `nil` when it is an ordinary one. A signer shows it instead
  /// of a payment. See BIP-322, "PSBT signer".
  public var signedMessage: SignedMessage? {
    guard let message = global[GlobalField.signedMessage],
      let output = try? spentOutput(0), let first = unsigned.transaction.inputs.first
    else { return nil }
    let signed = SignedMessage(message, challenge: output.script)
    guard first.outpoint == Outpoint(transaction: signed.toSpend.id, index: 0),
      unsigned.transaction.outputs == signed.toSign().outputs
    else { return nil }
    return signed
  }

  /// Returns the signature once every input is finished, in the shortest form that holds it.
  ///
  /// - Throws: ``PSBTError/incomplete(input:)``, or ``PSBTError/badTransaction(_:)`` when this PSBT
  ///   signs no message.
  public func messageSignature() throws(PSBTError) -> MessageSignature {
    let transaction = try extract().transaction
    guard transaction.inputs.count == 1 else { return .funds(bytes) }
    let first = transaction.inputs[0]
    guard let output = try spentOutput(0) else {
      throw .badUTXO(input: 0, reason: "the challenge is not given")
    }
    let isPlain = transaction.version == 0 && transaction.lockTime == 0 && first.sequence == 0
    guard isPlain, output.script.witnessProgram != nil else { return .full(transaction) }
    return .simple(first.witness)
  }
}

extension SignedMessage {
  /// Checks a signature in any form. Of a proof of funds it returns the outputs of which control is
  /// shown; whether they exist and are unspent only the chain can tell.
  ///
  /// - Throws: ``MessageError`` for every signature that BIP-322 calls invalid.
  public func verifyWithFunds(
    _ signature: MessageSignature
  ) throws(MessageError) -> (verdict: MessageVerdict, funds: [ProvenOutput]) {
    guard case .funds(let bytes) = signature else { return (try verify(signature), []) }
    let transaction: Transaction
    var funds: [ProvenOutput] = []
    do throws(PSBTError) {
      let psbt = try PSBT(parsing: bytes)
      transaction = try psbt.extract().transaction
      for index in transaction.inputs.indices.dropFirst() {
        guard let output = try psbt.spentOutputOfProof(index) else {
          throw .badUTXO(input: index, reason: "the output that it spends is not given")
        }
        funds.append(
          ProvenOutput(outpoint: transaction.inputs[index].outpoint, output: output))
      }
    } catch {
      throw .badProof("\(error)")
    }
    return (try verify(transaction, fundedBy: funds.map(\.output)), funds)
  }
}

/// An output of which a proof of funds shows control.
public struct ProvenOutput: Hashable, Sendable {
  public let outpoint: Outpoint
  public let output: TransactionOutput

  public init(outpoint: Outpoint, output: TransactionOutput) {
    self.outpoint = outpoint
    self.output = output
  }
}

extension PSBT {
  /// As ``spentOutput(_:)``, but the transaction may stand at an earlier input that spends from the
  /// same one. See BIP-322, "Full (Proof of Funds)".
  fileprivate func spentOutputOfProof(_ index: Int) throws(PSBTError) -> TransactionOutput? {
    if let own = try spentOutput(index) {
      // Only a witness signs the amount; elsewhere it takes the transaction to believe it.
      let isWitness =
        own.script.witnessProgram != nil || inputs[index][InputField.finalWitness] != nil
      if isWitness || inputs[index][InputField.nonWitnessUTXO] != nil { return own }
    }
    let outpoint = unsigned.transaction.inputs[index].outpoint
    for earlier in 0..<index
    where unsigned.transaction.inputs[earlier].outpoint.transaction == outpoint.transaction {
      guard let bytes = inputs[earlier][InputField.nonWitnessUTXO],
        let previous = try? Transaction(parsing: bytes),
        previous.outputs.indices.contains(Int(outpoint.index))
      else { continue }
      return previous.outputs[Int(outpoint.index)]
    }
    return nil
  }
}
