public import Bitcoin
public import Cryptography

// The signer. What it signs for it derives from the scripts, never from what a field claims. See
// BIP-174, "Signer", and BIP-371.

extension PSBT {
  /// Signs an input with one key, wherever the key has a place in it.
  ///
  /// - Parameters:
  ///   - accepted: Signature hash types that the signer agrees to; an input that asks for another
  ///     is refused.
  ///   - auxiliary: 32 fresh random bytes for taproot's signatures. See BIP-340.
  /// - Returns: How many signatures were added.
  /// - Throws: ``PSBTError/foreignKey(input:)`` when the key has no place in the input.
  @discardableResult
  public mutating func sign(
    input index: Int, with key: SecretBytes, accepting accepted: Set<SighashType> = [.all],
    auxiliary: [UInt8]
  ) throws(PSBTError) -> Int {
    guard let (output, spending) = try spending(index) else {
      throw .badUTXO(input: index, reason: "what it spends, or a script, is not given")
    }
    let requested = inputs[index][InputField.sighashType].map(UInt32.init(littleEndian:))
    let publicKey: [UInt8]
    do { publicKey = try Secp256k1.publicKey(from: key) } catch { throw .foreignKey(input: index) }
    if case .taproot(let outputKey) = spending {
      let type = requested ?? 0
      guard type == 0 || accepted.contains(where: { UInt32($0.rawValue) == type }) else {
        throw .refusedSighash(input: index, type: type)
      }
      return try signTaproot(
        index, outputKey, key, publicKey, SighashType(rawValue: UInt8(type)), auxiliary)
    }
    let type = requested ?? UInt32(SighashType.all.rawValue)
    guard accepted.contains(where: { UInt32($0.rawValue) == type }) else {
      throw .refusedSighash(input: index, type: type)
    }
    let digest = try digest(index, output, spending, publicKey, type)
    do {
      let signature = try Secp256k1.signECDSA(digest, with: key)
      inputs[index][InputField.partialSignature, publicKey] = signature + [UInt8(type)]
      return 1
    } catch {
      throw .foreignKey(input: index)
    }
  }

  /// The digest that `publicKey` signs in an input before taproot.
  private func digest(
    _ index: Int, _ output: TransactionOutput, _ spending: Spending, _ publicKey: [UInt8],
    _ type: UInt32
  ) throws(PSBTError) -> [UInt8] {
    let transaction = unsigned.transaction
    let keyHash = Hash160.hash(publicKey)
    func isIn(_ script: Script) -> Bool {
      script.instructions?.contains { $0.data == publicKey || $0.data == keyHash } ?? false
    }
    switch spending {
    case .legacy(let script, _):
      // Without the whole transaction the amount could be a lie, and the fee anything.
      guard inputs[index][InputField.nonWitnessUTXO] != nil else {
        throw .badUTXO(input: index, reason: "the previous transaction is not given in full")
      }
      guard isIn(script) else { throw .foreignKey(input: index) }
      return Sighash.legacy(transaction, input: index, scriptCode: script, type: type)
    case .keyHash(let redeemScript):
      let program = (redeemScript ?? output.script).witnessProgram?.program
      guard program == keyHash else { throw .foreignKey(input: index) }
      return Sighash.segwitV0(
        transaction, input: index, scriptCode: .payToPublicKeyHash(keyHash), value: output.value,
        type: type)
    case .witnessScript(let script, _):
      guard isIn(script) else { throw .foreignKey(input: index) }
      return Sighash.segwitV0(
        transaction, input: index, scriptCode: script, value: output.value, type: type)
    case .taproot: preconditionFailure("taproot has digests of its own")
    }
  }

  private mutating func signTaproot(
    _ index: Int, _ outputKey: [UInt8], _ key: SecretBytes, _ publicKey: [UInt8],
    _ type: SighashType, _ auxiliary: [UInt8]
  ) throws(PSBTError) -> Int {
    guard let spent = try spentOutputs() else {
      throw .badUTXO(input: index, reason: "a taproot signature covers what all inputs spend")
    }
    let transaction = unsigned.transaction
    let own = Array(publicKey.dropFirst())
    let map = inputs[index]
    let suffix: [UInt8] = type.rawValue == 0 ? [] : [type.rawValue]
    func sign(_ leaf: [UInt8]?, with key: SecretBytes) throws(PSBTError) -> [UInt8] {
      let digest = Sighash.taproot(
        transaction, input: index, spentOutputs: spent, type: type,
        leaf: leaf.map { Sighash.Leaf(hash: $0) })
      guard let digest else { throw .refusedSighash(input: index, type: UInt32(type.rawValue)) }
      do {
        return try Secp256k1.signSchnorr(digest, with: key, auxiliary: auxiliary) + suffix
      } catch {
        throw .foreignKey(input: index)
      }
    }
    var added = 0
    let tweak = Taproot.tweak(
      internalKey: own, merkleRoot: map[InputField.taprootMerkleRoot])
    if let tweaked = try? Secp256k1.xOnlyTweakAdd(privateKey: key, tweak: tweak),
      (try? Secp256k1.publicKey(from: tweaked))?.dropFirst() == outputKey[...]
    {
      inputs[index][InputField.taprootKeySignature] = try sign(nil, with: tweaked)
      added += 1
    } else if own == outputKey {
      inputs[index][InputField.taprootKeySignature] = try sign(nil, with: key)
      added += 1
    }
    for (control, value) in map.entries(InputField.taprootLeaf) {
      guard let version = value.last, version == Taproot.tapscriptLeafVersion else { continue }
      let script = Script(Array(value.dropLast()))
      let hash = Taproot.leafHash(version: version, script: script)
      guard Taproot.isCommitted(outputKey, leaf: hash, controlBlock: control) else {
        throw .badUTXO(input: index, reason: "a leaf is not in the output's tree")
      }
      let keyHash = Hash160.hash(own)
      guard script.instructions?.contains(where: { $0.data == own || $0.data == keyHash }) ?? false
      else { continue }
      inputs[index][InputField.taprootScriptSignature, own + hash] = try sign(hash, with: key)
      added += 1
    }
    guard added > 0 else { throw .foreignKey(input: index) }
    return added
  }
}
