public import Bitcoin
import Wire

// Several signers make a message's signature as they make a payment's: by a PSBT. See BIP-322,
// "PSBT-based signing".

extension PSBT {
  /// Creates what the signers of `message` sign; the updater adds scripts and keys as usual.
  ///
  /// - Parameter coins: Inputs that the signer shows to be his, besides; what they spend is set by
  ///   ``setPreviousTransaction(_:forInput:)`` or ``setSpentOutput(_:forInput:)``.
  /// - Throws: ``PSBTError`` for a coin that cannot be spent so.
  public init(
    signing message: SignedMessage, version: Int32 = 0, lockTime: UInt32 = 0, sequence: UInt32 = 0,
    proving coins: [TransactionInput] = []
  ) throws(PSBTError) {
    let transaction = message.toSign(
      version: version, lockTime: lockTime, sequence: sequence, proving: coins)
    guard let unsigned = UnsignedTransaction(transaction) else {
      throw .badUTXO(input: 0, reason: "a coin has signatures already")
    }
    self.init(creating: unsigned)
    global[GlobalField.signedMessage] = message.message
    try setPreviousTransaction(message.toSpend, forInput: 0)
    try setSpentOutput(message.toSpend.outputs[0], forInput: 0)
  }

  /// The message that this PSBT signs instead of paying anybody; `nil` for an ordinary one.
  ///
  /// A signer shows it to his owner: nothing here can move a coin.
  public var signedMessage: SignedMessage? {
    guard let bytes = global[GlobalField.signedMessage],
      let output = try? spentOutput(0),
      let message = try? SignedMessage(bytes, by: output.script),
      let first = unsigned.transaction.inputs.first,
      first.outpoint == message.toSign().inputs[0].outpoint,
      unsigned.transaction.outputs == message.toSign().outputs
    else { return nil }
    return message
  }

  /// Takes the signature out of a finished PSBT, in the shortest form that holds it.
  ///
  /// - Throws: ``PSBTError/incomplete(input:)`` when it is not finished.
  public func messageSignature() throws(PSBTError) -> MessageSignature {
    let transaction = try extract().transaction
    if transaction.inputs.count > 1 { return .proofOfFunds(self) }
    let input = transaction.inputs[0]
    let isBare = input.scriptSig.bytes.isEmpty && input.sequence == 0
    return isBare && transaction.version == 0 && transaction.lockTime == 0
      ? .simple(input.witness) : .full(transaction)
  }
}
