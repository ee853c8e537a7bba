public import Bitcoin

/// What a signature that is not invalid says. See BIP-322, "Verification".
public enum MessageVerdict: Hashable, Sendable {
  /// Valid once the lock time has come and the coin has this age; both 0 for always.
  case valid(lockTime: UInt32, sequence: UInt32)
  /// It uses something that only a later rule could judge.
  case inconclusive(reason: String)
}

extension MessageSignature {
  /// Checks the signature against the message and its script.
  ///
  /// Whether the coins of a proof of funds exist and are unspent only the chain can tell; the
  /// ``coins(of:)`` say which they are.
  ///
  /// - Throws: ``SignedMessageError`` when it is invalid, with the reason.
  public func verify(_ message: SignedMessage) throws(SignedMessageError) -> MessageVerdict {
    let transaction = try signedTransaction(message)
    let spent = try spentOutputs(message, transaction)
    try checkShape(transaction, message)
    let spending = SpendingTransaction(transaction, spending: spent)
    for index in transaction.inputs.indices {
      do throws(ScriptError) {
        try spending.verify(input: index, flags: Self.required)
      } catch {
        throw .invalid(input: index, error)
      }
      do throws(ScriptError) {
        try spending.verify(input: index, flags: Self.required.union(Self.upgradeable))
      } catch {
        return .inconclusive(reason: "input \(index): \(error)")
      }
    }
    guard transaction.version == 0 || transaction.version == 2 else {
      return .inconclusive(reason: "transaction version \(transaction.version)")
    }
    return .valid(lockTime: transaction.lockTime, sequence: transaction.inputs[0].sequence)
  }

  /// The coins that a proof of funds shows to be the signer's, with their outputs; none for the other
  /// forms.
  public func coins(
    of message: SignedMessage
  ) throws(SignedMessageError) -> [(outpoint: Outpoint, output: TransactionOutput)] {
    guard case .proofOfFunds = self else { return [] }
    let transaction = try signedTransaction(message)
    let spent = try spentOutputs(message, transaction)
    return zip(transaction.inputs, spent).dropFirst().map { ($0.outpoint, $1) }
  }

  private static let required: ScriptFlags = ScriptFlags.consensus.union([
    .lowS, .strictEncoding, .nullFail, .minimalData, .cleanStack, .minimalIf,
    .constantScriptCode, .signaturesCoverAll, .noCodeSeparator,
  ])
  private static let upgradeable: ScriptFlags = [
    .discourageUpgradableNops, .discourageUpgradableWitnessProgram,
    .discourageUpgradableTaprootVersion, .discourageOpSuccess,
    .discourageUpgradablePublicKeyType,
  ]

  private func signedTransaction(
    _ message: SignedMessage
  ) throws(SignedMessageError) -> Transaction {
    switch self {
    case .simple(let witness):
      var transaction = message.toSign()
      transaction.inputs[0].witness = witness
      return transaction
    case .full(let transaction): return transaction
    case .proofOfFunds(let psbt):
      do throws(PSBTError) {
        return try psbt.extract().transaction
      } catch {
        throw .malformed(.proofOfFunds, reason: "\(error)")
      }
    }
  }

  /// What each input spends. Coins of one transaction may leave it out after the first of them.
  private func spentOutputs(
    _ message: SignedMessage, _ transaction: Transaction
  ) throws(SignedMessageError) -> [TransactionOutput] {
    var outputs = message.toSpend.outputs
    guard case .proofOfFunds(let psbt) = self else {
      guard transaction.inputs.count == 1 else {
        throw .otherTransaction(reason: "it has \(transaction.inputs.count) inputs, not 1")
      }
      return outputs
    }
    var known: [TransactionID: Transaction] = [:]
    for (index, input) in transaction.inputs.enumerated() {
      if let bytes = psbt.inputs[index][InputField.nonWitnessUTXO],
        let previous = try? Transaction(parsing: bytes),
        previous.id == input.outpoint.transaction
      {
        known[previous.id] = known[previous.id] ?? previous
      }
      guard index > 0 else { continue }
      if let output = try? psbt.spentOutput(index) {
        outputs.append(output)
      } else if let previous = known[input.outpoint.transaction],
        previous.outputs.indices.contains(Int(input.outpoint.index))
      {
        outputs.append(previous.outputs[Int(input.outpoint.index)])
      } else {
        throw .unknownCoin(input: index)
      }
    }
    return outputs
  }

  private func checkShape(
    _ transaction: Transaction, _ message: SignedMessage
  ) throws(SignedMessageError) {
    let expected = message.toSign()
    guard transaction.inputs[0].outpoint == expected.inputs[0].outpoint else {
      throw .otherTransaction(reason: "the first input does not spend the message's transaction")
    }
    guard transaction.outputs == expected.outputs else {
      throw .otherTransaction(reason: "its only output must be 0 satoshis to OP_RETURN")
    }
    guard Set(transaction.inputs.map(\.outpoint)).count == transaction.inputs.count else {
      throw .otherTransaction(reason: "one coin is spent twice")
    }
  }
}
