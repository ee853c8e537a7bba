import Cryptography

/// Witness programs. See BIP-141, BIP-341 and BIP-342.
extension SpendingTransaction {
  func verifyWitness(
    version: Int, program: [UInt8], input: Int, flags: ScriptFlags, isInP2SH: Bool
  ) throws(ScriptError) {
    let witness = transaction.inputs[input].witness
    switch (version, program.count) {
    case (0, 32):
      guard let script = witness.last else { throw .witnessProgramWitnessEmpty }
      guard SHA256.hash(script) == program else { throw .witnessProgramMismatch }
      try runWitness(
        ScriptMachine(
          script: Script(script), stack: Array(witness.dropLast()), flags: flags,
          version: .witnessV0, spending: self, input: input))
    case (0, 20):
      guard witness.count == 2 else { throw .witnessProgramMismatch }
      try runWitness(
        ScriptMachine(
          script: .payToPublicKeyHash(program), stack: witness, flags: flags,
          version: .witnessV0, spending: self, input: input))
    case (0, _): throw .witnessProgramWrongLength
    case (1, 32) where !isInP2SH:
      if flags.contains(.taproot) {
        try verifyTaproot(program: program, witness: witness, input: input, flags: flags)
      }
    case (1, _) where !isInP2SH && program == [0x4E, 0x73]:
      break  // An anchor: anyone may spend it, on purpose.
    default:
      if flags.contains(.discourageUpgradableWitnessProgram) {
        throw .discourageUpgradableWitnessProgram
      }
    }
  }

  private func verifyTaproot(
    program: [UInt8], witness: [[UInt8]], input: Int, flags: ScriptFlags
  ) throws(ScriptError) {
    var stack = witness
    guard !stack.isEmpty else { throw .witnessProgramWitnessEmpty }
    var annex: [UInt8]?
    if stack.count >= 2, stack.last?.first == 0x50 { annex = stack.popLast() }
    if stack.count == 1 {
      try verifySchnorr(
        stack[0], publicKey: program, input: input, annex: annex, leaf: nil, flags: flags)
      return
    }
    let control = stack.removeLast()
    let script = Script(stack.removeLast())
    guard (33...(33 + 32 * 128)).contains(control.count), (control.count - 33) % 32 == 0 else {
      throw .taprootWrongControlSize
    }
    let leafVersion = control[0] & 0xFE
    let leafHash = Taproot.leafHash(version: leafVersion, script: script)
    guard Taproot.isCommitted(program, leaf: leafHash, controlBlock: control) else {
      throw .witnessProgramMismatch
    }
    guard leafVersion == Taproot.tapscriptLeafVersion else {
      if flags.contains(.discourageUpgradableTaprootVersion) {
        throw .discourageUpgradableTaprootVersion
      }
      return
    }
    var writer = ConsensusWriter()
    writer.compactSize(witness.count)
    for element in witness { writer.counted(element) }
    var machine = ScriptMachine(
      script: script, stack: stack, flags: flags, version: .tapscript, spending: self, input: input)
    machine.annex = annex
    machine.leafHash = leafHash
    machine.signatureWeightLeft = writer.bytes.count + 50
    if try isUnconditional(script, flags: flags) { return }
    guard stack.count <= ScriptMachine.maximumStackCount else { throw .stackSize }
    try runWitness(machine)
  }

  /// Whether an operation kept for upgrades makes the whole leaf succeed. See BIP-342,
  /// "OP_SUCCESSx".
  private func isUnconditional(
    _ script: Script, flags: ScriptFlags
  ) throws(ScriptError) -> Bool {
    var position = 0
    while position < script.bytes.count {
      guard let next = script.instruction(at: &position) else { throw .badOpcode }
      switch next.code {
      case 80, 98, 126...129, 131...134, 137...138, 141...142, 149...153, 187...254:
        if flags.contains(.discourageOpSuccess) { throw .discourageOpSuccess }
        return true
      default: break
      }
    }
    return false
  }

  private func runWitness(_ prepared: ScriptMachine) throws(ScriptError) {
    var machine = prepared
    guard machine.stack.allSatisfy({ $0.count <= Script.maximumElementByteCount }) else {
      throw .pushSize
    }
    try machine.run()
    guard machine.stack.count == 1 else { throw .cleanStack }
    guard ScriptMachine.isTrue(machine.stack[0]) else { throw .evalFalse }
  }

  /// Checks a Schnorr signature of 64 bytes, or of 65 with a hash type.
  func verifySchnorr(
    _ signature: [UInt8], publicKey: [UInt8], input: Int, annex: [UInt8]?, leaf: Sighash.Leaf?,
    flags: ScriptFlags
  ) throws(ScriptError) {
    guard signature.count == 64 || signature.count == 65 else { throw .schnorrSignatureSize }
    let type = signature.count == 65 ? SighashType(rawValue: signature[64]) : .default
    guard signature.count == 64 || type != .default,
      let digest = Sighash.taproot(
        transaction, input: input, spentOutputs: spentOutputs, type: type, annex: annex,
        leaf: leaf, parts: parts)
    else { throw .schnorrSignatureHashType }
    if flags.contains(.sighashAll), type != .default, type != .all {
      throw .schnorrSignatureHashType
    }
    guard
      Secp256k1.verifySchnorr(Array(signature.prefix(64)), message: digest, publicKey: publicKey)
    else { throw .schnorrSignature }
  }
}
