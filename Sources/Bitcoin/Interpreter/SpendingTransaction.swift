/// A transaction together with the outputs it spends: all that its scripts can see.
public struct SpendingTransaction: Sendable {
  /// The transaction.
  public let transaction: Transaction
  /// What its inputs spend, in their order.
  public let spentOutputs: [TransactionOutput]

  let parts: SighashParts

  /// Joins `transaction` and the outputs its inputs spend.
  ///
  /// - Precondition: One output for each input.
  public init(_ transaction: Transaction, spending spentOutputs: [TransactionOutput]) {
    precondition(transaction.inputs.count == spentOutputs.count, "one spent output per input")
    self.transaction = transaction
    self.spentOutputs = spentOutputs
    parts = SighashParts(transaction)
  }

  /// Checks every input in order.
  public func verify(flags: ScriptFlags) throws(ScriptError) {
    for index in transaction.inputs.indices { try verify(input: index, flags: flags) }
  }

  /// Checks that the input at `index` may spend its output.
  ///
  /// - Throws: The same error as Bitcoin Core's `VerifyScript`.
  public func verify(input index: Int, flags: ScriptFlags) throws(ScriptError) {
    let input = transaction.inputs[index]
    let condition = spentOutputs[index].script
    if flags.contains(.signaturePushOnly), !input.scriptSig.isPushOnly { throw .signaturePushOnly }

    var stack: [[UInt8]] = []
    try run(input.scriptSig, on: &stack, input: index, flags: flags)
    let pushed = stack
    try run(condition, on: &stack, input: index, flags: flags)
    guard let top = stack.last, ScriptMachine.isTrue(top) else { throw .evalFalse }

    var hadWitness = false
    if flags.contains(.witness), let (version, program) = condition.witnessProgram {
      hadWitness = true
      guard input.scriptSig.bytes.isEmpty else { throw .witnessMalleated }
      try verifyWitness(
        version: version, program: program, input: index, flags: flags, isInP2SH: false)
      stack = [stack[0]]
    }
    if flags.contains(.p2sh), condition.scriptHash != nil {
      guard input.scriptSig.isPushOnly else { throw .signaturePushOnly }
      stack = pushed
      guard let serialised = stack.popLast() else { throw .evalFalse }
      let redeemScript = Script(serialised)
      try run(redeemScript, on: &stack, input: index, flags: flags)
      guard let top = stack.last, ScriptMachine.isTrue(top) else { throw .evalFalse }
      if flags.contains(.witness), let (version, program) = redeemScript.witnessProgram {
        hadWitness = true
        var only = Script()
        only.append(push: serialised)
        guard input.scriptSig == only else { throw .witnessMalleatedP2SH }
        try verifyWitness(
          version: version, program: program, input: index, flags: flags, isInP2SH: true)
        stack = [stack[0]]
      }
    }
    // Without P2SH and witness rules, what they leave on the stack would not be clean.
    if flags.isSuperset(of: [.cleanStack, .p2sh, .witness]), stack.count != 1 {
      throw .cleanStack
    }
    if flags.isSuperset(of: [.witness, .p2sh]), !hadWitness, !input.witness.isEmpty {
      throw .witnessUnexpected
    }
  }

  private func run(
    _ script: Script, on stack: inout [[UInt8]], input: Int, flags: ScriptFlags
  ) throws(ScriptError) {
    var machine = ScriptMachine(
      script: script, stack: stack, flags: flags, version: .base, spending: self, input: input)
    try machine.run()
    stack = machine.stack
  }
}
