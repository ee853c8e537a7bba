import Cryptography

/// Operations that hash and that check signatures.
extension ScriptMachine {
  static let maximumPublicKeyCount = 20

  mutating func executeHash(_ opcode: Opcode) throws(ScriptError) {
    let message = try pop()
    switch opcode {
    case .ripemd160: stack.append(RIPEMD160.hash(message))
    case .sha1: stack.append(SHA1.hash(message))
    case .sha256: stack.append(SHA256.hash(message))
    case .hash160: stack.append(Hash160.hash(message))
    case .hash256: stack.append(SHA256.double(message))
    default: preconditionFailure("not a hash operation")
    }
  }

  mutating func executeCheckSig(verify: Bool) throws(ScriptError) {
    try require(2)
    let signature = stack[stack.count - 2]
    let publicKey = stack[stack.count - 1]
    let isValid = try check(signature, publicKey: publicKey)
    stack.removeLast(2)
    if !verify { push(isValid) } else if !isValid { throw .checkSigVerify }
  }

  /// Adds one to a number when a signature is valid. See BIP-342, "OP_CHECKSIGADD".
  mutating func executeCheckSigAdd() throws(ScriptError) {
    guard version == .tapscript else { throw .badOpcode }
    try require(3)
    let signature = stack[stack.count - 3]
    let sum = try number(stack[stack.count - 2])
    let publicKey = stack[stack.count - 1]
    let isValid = try check(signature, publicKey: publicKey)
    stack.removeLast(3)
    push(number: sum + (isValid ? 1 : 0))
  }

  private mutating func check(
    _ signature: [UInt8], publicKey: [UInt8]
  ) throws(ScriptError) -> Bool {
    if version == .tapscript { return try checkTapscript(signature, publicKey: publicKey) }
    let code = try scriptCode(without: [signature])
    try SignatureEncoding.check(signature, flags: flags)
    try SignatureEncoding.check(publicKey: publicKey, flags: flags, version: version)
    let isValid = verify(signature, publicKey: publicKey, scriptCode: code)
    if !isValid, flags.contains(.nullFail), !signature.isEmpty { throw .nullFail }
    return isValid
  }

  private mutating func checkTapscript(
    _ signature: [UInt8], publicKey: [UInt8]
  ) throws(ScriptError) -> Bool {
    // Counted even for key types that nobody checks yet, so that an upgrade stays bounded.
    if !signature.isEmpty {
      signatureWeightLeft -= 50
      guard signatureWeightLeft >= 0 else { throw .tapscriptValidationWeight }
    }
    switch publicKey.count {
    case 0: throw .tapscriptEmptyPublicKey
    case 32:
      guard !signature.isEmpty else { return false }
      let leaf = Sighash.Leaf(hash: leafHash, codeSeparatorPosition: codeSeparatorPosition)
      try spending.verifySchnorr(
        signature, publicKey: publicKey, input: input, annex: annex, leaf: leaf, flags: flags)
    default:
      if flags.contains(.discourageUpgradablePublicKeyType) {
        throw .discourageUpgradablePublicKeyType
      }
    }
    return !signature.isEmpty
  }

  /// Checks that some of the keys, in their order, have signed. From the top of the stack: number
  /// of keys, keys, number of signatures, signatures, and one element that a flaw of the first
  /// release removes besides.
  mutating func executeCheckMultiSig(verify: Bool) throws(ScriptError) {
    guard version != .tapscript else { throw .tapscriptCheckMultiSig }
    try require(1)
    let keyCount = try number(stack[stack.count - 1])
    guard (0...Int64(Self.maximumPublicKeyCount)).contains(keyCount) else {
      throw .publicKeyCount
    }
    try count(operations: Int(keyCount))
    let keysEnd = stack.count - 1
    let keysStart = keysEnd - Int(keyCount)
    guard keysStart >= 1 else { throw .invalidStackOperation }
    let signatureCount = try number(stack[keysStart - 1])
    guard (0...keyCount).contains(signatureCount) else { throw .signatureCount }
    let signaturesEnd = keysStart - 1
    let signaturesStart = signaturesEnd - Int(signatureCount)
    guard signaturesStart >= 0 else { throw .invalidStackOperation }
    // Both in the order in which they are tried: last pushed first.
    let keys = Array(stack[keysStart..<keysEnd].reversed())
    let signatures = Array(stack[signaturesStart..<signaturesEnd].reversed())

    let isValid = try checkMulti(signatures, keys)
    if !isValid, flags.contains(.nullFail), signatures.contains(where: { !$0.isEmpty }) {
      throw .nullFail
    }
    guard signaturesStart >= 1 else { throw .invalidStackOperation }
    if flags.contains(.nullDummy), !stack[signaturesStart - 1].isEmpty { throw .nullDummy }
    stack.removeSubrange((signaturesStart - 1)...)
    if !verify { push(isValid) } else if !isValid { throw .checkMultiSigVerify }
  }

  private func checkMulti(
    _ signatures: [[UInt8]], _ keys: [[UInt8]]
  ) throws(ScriptError) -> Bool {
    let code = try scriptCode(without: signatures)
    var left = signatures[...]
    var keysLeft = keys[...]
    while let signature = left.first {
      guard left.count <= keysLeft.count, let key = keysLeft.popFirst() else { return false }
      try SignatureEncoding.check(signature, flags: flags)
      try SignatureEncoding.check(publicKey: key, flags: flags, version: version)
      if self.verify(signature, publicKey: key, scriptCode: code) { left.removeFirst() }
    }
    return true
  }

  /// The part of the script that signatures sign. Outside the witness it cannot hold the signatures
  /// themselves, so they are taken out.
  private func scriptCode(without signatures: [[UInt8]]) throws(ScriptError) -> Script {
    var code = Script(Array(script.bytes[codeStart...]))
    guard version == .base else { return code }
    for signature in signatures {
      var pattern = Script()
      pattern.append(push: signature)
      let (rest, count) = code.removing(pattern.bytes)
      if count > 0, flags.contains(.constantScriptCode) { throw .signatureFindAndDelete }
      code = rest
    }
    return code
  }

  private func verify(_ signature: [UInt8], publicKey: [UInt8], scriptCode: Script) -> Bool {
    guard let type = signature.last else { return false }
    let digest =
      version == .witnessV0
      ? Sighash.segwitV0(
        spending.transaction, input: input, scriptCode: scriptCode,
        value: spending.spentOutputs[input].value, type: UInt32(type), parts: spending.parts)
      : Sighash.legacy(
        spending.transaction, input: input, scriptCode: scriptCode, type: UInt32(type))
    return Secp256k1.verifyECDSA(
      Array(signature.dropLast()), digest: digest, publicKey: publicKey)
  }
}
