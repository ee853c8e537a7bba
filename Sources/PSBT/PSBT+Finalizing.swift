import Bitcoin
import Cryptography
public import Descriptors

// The finalizer turns signatures into scripts, and the extractor takes the transaction out. See
// BIP-174, "Input Finalizer" and "Transaction Extractor".

extension PSBT {
  /// Finishes one input.
  ///
  /// - Parameter place: The place of the wallet that the input spends from. It is needed where the
  ///   script is more than a key, a key's hash or a multisig.
  /// - Throws: ``PSBTError/incomplete(input:)`` when signatures or scripts are missing.
  public mutating func finalize(
    input index: Int, from place: DerivedScript? = nil
  ) throws(PSBTError) {
    guard !isFinal(index) else { return }
    guard let (output, spending) = try spending(index) else { throw .incomplete(input: index) }
    if let place, place.scriptPubKey != output.script {
      throw .badUTXO(input: index, reason: "it does not spend from this place of the wallet")
    }
    var scriptSig = Script()
    var witness: [[UInt8]] = []
    switch spending {
    case .legacy(let script, let redeemScript):
      for item in try items(index, script, place) {
        if item.isEmpty { scriptSig.append(.zero) } else { scriptSig.append(push: item) }
      }
      if let redeemScript { scriptSig.append(push: redeemScript.bytes) }
    case .keyHash(let redeemScript):
      let hash = (redeemScript ?? output.script).witnessProgram?.program ?? []
      witness = try items(index, .payToPublicKeyHash(hash), nil)
      if let redeemScript { scriptSig.append(push: redeemScript.bytes) }
    case .witnessScript(let script, let redeemScript):
      witness = try items(index, script, place) + [script.bytes]
      if let redeemScript { scriptSig.append(push: redeemScript.bytes) }
    case .taproot: witness = try taprootWitness(index, place)
    }
    settle(index, scriptSig, witness)
  }

  /// Finishes every input.
  public mutating func finalize() throws(PSBTError) {
    for index in inputs.indices { try finalize(input: index) }
  }

  /// Takes the signed transaction out.
  ///
  /// - Throws: ``PSBTError/incomplete(input:)`` naming the first input that is not finished.
  public func extract() throws(PSBTError) -> SignedTransaction {
    var transaction = unsigned.transaction
    for (index, map) in inputs.enumerated() {
      guard isFinal(index) else { throw .incomplete(input: index) }
      transaction.inputs[index].scriptSig = Script(map[InputField.finalScriptSig] ?? [])
      guard let bytes = map[InputField.finalWitness] else { continue }
      var reader = ConsensusReader(bytes)
      var items: [[UInt8]] = []
      do throws(BitcoinError) {
        for _ in 0..<(try reader.count("witness", elementWidth: 1)) {
          items.append(try reader.bytes("item"))
        }
        try reader.finish()
      } catch {
        throw .badValue(.input(index), field: InputField.finalWitness, reason: "no witness")
      }
      transaction.inputs[index].witness = items
    }
    return SignedTransaction(transaction)
  }

  /// Keeps the result and what the spent output is, and drops everything that led to it.
  private mutating func settle(_ index: Int, _ scriptSig: Script, _ witness: [[UInt8]]) {
    let kept: Set<UInt8> = [
      InputField.nonWitnessUTXO, InputField.witnessUTXO, InputField.previousTransaction,
      InputField.outputIndex, InputField.sequence, InputField.requiredTime,
      InputField.requiredHeight,
    ]
    var map = inputs[index]
    for field in Set(map.keys.map { $0[0] }) where !kept.contains(field) {
      if PSBTFieldRule.rule(field, in: .input(index)) != nil { map.removeAll(field) }
    }
    if !scriptSig.bytes.isEmpty { map[InputField.finalScriptSig] = scriptSig.bytes }
    if !witness.isEmpty {
      var writer = ConsensusWriter()
      writer.compactSize(witness.count)
      for item in witness { writer.counted(item) }
      map[InputField.finalWitness] = writer.bytes
    }
    inputs[index] = map
  }

  /// What `script` wants below itself.
  private func items(
    _ index: Int, _ script: Script, _ place: DerivedScript?
  ) throws(PSBTError) -> [[UInt8]] {
    let map = inputs[index]
    let signatures = map.entries(InputField.partialSignature)
    if let hash = script.publicKeyHash {
      guard let own = signatures.first(where: { Hash160.hash($0.data) == hash }) else {
        throw .incomplete(input: index)
      }
      return [own.value, own.data]
    }
    let assets = PSBTAssets(self, input: index)
    if let miniscript = place?.miniscript {
      guard let witness = miniscript.witness(from: assets) else { throw .incomplete(input: index) }
      return witness
    }
    guard let (threshold, keys) = script.multisig else {
      if let key = script.singleKey, let signature = map[InputField.partialSignature, key] {
        return [signature]
      }
      throw .incomplete(input: index)
    }
    let found = keys.compactMap { map[InputField.partialSignature, $0] }.prefix(threshold)
    guard found.count == threshold else { throw .incomplete(input: index) }
    return [[]] + found
  }

  private func taprootWitness(
    _ index: Int, _ place: DerivedScript?
  ) throws(PSBTError) -> [[UInt8]] {
    if let signature = inputs[index][InputField.taprootKeySignature] { return [signature] }
    var best: [[UInt8]]?
    func consider(_ witness: [[UInt8]]) {
      func size(_ items: [[UInt8]]) -> Int { items.reduce(0) { $0 + $1.count + 1 } }
      if let known = best, size(known) <= size(witness) { return }
      best = witness
    }
    if let taproot = place?.taproot {
      for leaf in taproot.leaves {
        let assets = PSBTAssets(self, input: index, leaf: leaf.hash)
        if let witness = leaf.miniscript.witness(from: assets) {
          consider(witness + [leaf.script.bytes, taproot.controlBlock(for: leaf)])
        }
      }
    } else {
      for (control, value) in inputs[index].entries(InputField.taprootLeaf) {
        let script = Script(Array(value.dropLast()))
        guard let version = value.last, let key = script.singleKey else { continue }
        let hash = Taproot.leafHash(version: version, script: script)
        if let signature = inputs[index][InputField.taprootScriptSignature, key + hash] {
          consider([signature, script.bytes, control])
        }
      }
    }
    guard let best else { throw .incomplete(input: index) }
    return best
  }
}

/// The signatures, preimages and locks of one input.
private struct PSBTAssets: MiniscriptAssets {
  private let map: PSBTMap
  private let leaf: [UInt8]?
  private let version: Int32
  private let sequence: UInt32
  private let lockTime: UInt32

  init(_ psbt: PSBT, input index: Int, leaf: [UInt8]? = nil) {
    let transaction = psbt.unsigned.transaction
    map = psbt.inputs[index]
    self.leaf = leaf
    version = transaction.version
    sequence = transaction.inputs[index].sequence
    lockTime = transaction.lockTime
  }

  func signature(by key: DerivedKey) -> [UInt8]? {
    guard let leaf else { return map[InputField.partialSignature, key.publicKey] }
    return map[InputField.taprootScriptSignature, key.publicKey + leaf]
  }

  func preimage(of digest: [UInt8], under function: MiniscriptHash) -> [UInt8]? {
    let field =
      switch function {
      case .sha256: InputField.sha256
      case .hash256: InputField.hash256
      case .ripemd160: InputField.ripemd160
      case .hash160: InputField.hash160
      }
    return map[field, digest].flatMap {
      $0.count == 32 && function.digest(of: $0) == digest ? $0 : nil
    }
  }

  func isOlder(_ required: UInt32) -> Bool {
    let mask = RelativeLock.valueMask
    return version >= 2 && sequence & RelativeLock.disabled == 0
      && sequence & RelativeLock.isTime == required & RelativeLock.isTime
      && sequence & mask >= required & mask
  }

  func isAfter(_ required: UInt32) -> Bool {
    let threshold = Consensus.lockTimeThreshold
    return sequence != .max && (lockTime < threshold) == (required < threshold)
      && lockTime >= required
  }
}

extension Script {
  /// The threshold and keys of a bare multisig.
  fileprivate var multisig: (threshold: Int, keys: [[UInt8]])? {
    guard let steps = instructions, steps.count >= 4, steps.last?.opcode == .checkMultiSig else {
      return nil
    }
    let keys = steps.dropFirst().dropLast(2).compactMap(\.data)
    guard keys.count == steps.count - 3, (1...20).contains(keys.count) else { return nil }
    for threshold in 1...keys.count
    where Script.multisig(threshold: threshold, publicKeys: keys) == self {
      return (threshold, keys)
    }
    return nil
  }

  /// The key of a script that asks for one signature and nothing else.
  fileprivate var singleKey: [UInt8]? {
    guard let steps = instructions, steps.count == 2, steps[1].opcode == .checkSig else {
      return nil
    }
    return steps[0].data
  }
}
