import Cryptography

// See BIP-322, "Verification Process".

extension SignedMessage {
  /// Checks a signature other than a proof of funds, which needs its PSBT read first.
  ///
  /// - Throws: ``MessageError`` for every signature that BIP-322 calls invalid.
  public func verify(_ signature: MessageSignature) throws(MessageError) -> MessageVerdict {
    switch signature {
    case .legacy(let legacy):
      guard challenge.publicKeyHash != nil else {
        throw .wrongVariant("the legacy form is for P2PKH alone")
      }
      guard legacy.verify(message, script: challenge) else { throw .otherKey }
      return .valid(time: 0, age: 0)
    case .simple(let witness):
      guard challenge.witnessProgram != nil else {
        throw .wrongVariant("the simple form is for segwit addresses alone")
      }
      var transaction = toSign()
      transaction.inputs[0].witness = witness
      return try verify(transaction, fundedBy: [])
    case .full(let transaction):
      guard transaction.inputs.count == 1 else {
        throw .wrongVariant("more than one input; only a proof of funds has that")
      }
      return try verify(transaction, fundedBy: [])
    case .funds:
      throw .wrongVariant("a proof of funds, which shows the outputs besides")
    }
  }

  /// Checks a signing transaction and the outputs that its inputs after the first spend.
  ///
  /// Whether those outputs exist and are unspent only the chain can tell.
  public func verify(
    _ transaction: Transaction, fundedBy funds: [TransactionOutput]
  ) throws(MessageError) -> MessageVerdict {
    guard let first = transaction.inputs.first else { throw .notOfMessage("it has no input") }
    guard first.outpoint == Outpoint(transaction: toSpend.id, index: 0) else {
      throw .notOfMessage("its first input is of another message or address")
    }
    guard transaction.outputs == [Self.output] else {
      throw .notOfMessage("its outputs are not the one that carries nothing")
    }
    guard transaction.inputs.count == funds.count + 1 else {
      throw .notOfMessage("\(transaction.inputs.count) inputs, \(funds.count + 1) outputs spent")
    }
    do { try transaction.check() } catch { throw .defect(error) }
    let spent = [TransactionOutput(value: 0, script: challenge)] + funds
    let spending = SpendingTransaction(transaction, spending: spent)
    for index in transaction.inputs.indices {
      if usesCodeSeparator(transaction.inputs[index], spent[index].script) {
        throw .codeSeparator(input: index)
      }
      do { try spending.verify(input: index, flags: .signedMessage) } catch {
        throw .invalid(input: index, error)
      }
    }
    guard transaction.version == 0 || transaction.version == 2 else {
      return .inconclusive("transaction version \(transaction.version)")
    }
    for index in transaction.inputs.indices {
      do { try spending.verify(input: index, flags: .signedMessageUpgradable) } catch {
        return .inconclusive("input \(index): \(error.rawValue)")
      }
    }
    return .valid(time: transaction.lockTime, age: first.sequence)
  }

  /// Whether a script that takes part divides itself, executed or not.
  private func usesCodeSeparator(_ input: TransactionInput, _ output: Script) -> Bool {
    var scripts = [output, input.scriptSig]
    var program = output.witnessProgram
    if output.scriptHash != nil, let redeem = input.scriptSig.instructions?.last?.data {
      scripts.append(Script(redeem))
      program = Script(redeem).witnessProgram
    }
    var witness = input.witness
    switch program?.version {
    case 0 where program?.program.count == 32: scripts += witness.suffix(1).map(Script.init)
    case 1:
      if witness.count >= 2, witness.last?.first == 0x50 { witness.removeLast() }
      if witness.count >= 2 { scripts.append(Script(witness[witness.count - 2])) }
    default: break
    }
    return scripts.contains { script in
      var position = 0
      while position < script.bytes.count, let next = script.instruction(at: &position) {
        if next.opcode == .codeSeparator { return true }
      }
      return false
    }
  }
}

extension ScriptFlags {
  /// BIP-322, "required rules".
  fileprivate static let signedMessage: ScriptFlags = [
    .consensus, .strictEncoding, .lowS, .nullFail, .minimalData, .cleanStack, .minimalIf,
    .constantScriptCode, .sighashAll,
  ]

  /// BIP-322, "upgradeable rules".
  fileprivate static let signedMessageUpgradable: ScriptFlags = [
    .standard, .sighashAll,
  ]
}
