public import Bitcoin
public import Descriptors

// The updater adds what signers need to know. See BIP-174, "Updater", and BIP-371.

extension PSBT {
  /// Adds the transaction whose output an input spends, which proves its amount.
  ///
  /// - Throws: ``PSBTError/badUTXO(input:reason:)`` when it is another transaction.
  public mutating func setPreviousTransaction(
    _ previous: Transaction, forInput index: Int
  ) throws(PSBTError) {
    _ = try input(index)
    let outpoint = unsigned.transaction.inputs[index].outpoint
    guard previous.id == outpoint.transaction, Int(outpoint.index) < previous.outputs.count else {
      throw .badUTXO(input: index, reason: "the previous transaction is another one")
    }
    inputs[index][InputField.nonWitnessUTXO] = previous.bytes
  }

  /// Adds the output that an input spends. Enough where the signature covers all amounts, as
  /// taproot's does.
  public mutating func setSpentOutput(
    _ output: TransactionOutput, forInput index: Int
  ) throws(PSBTError) {
    _ = try input(index)
    var writer = ConsensusWriter()
    writer.integer(output.value)
    writer.counted(output.script.bytes)
    inputs[index][InputField.witnessUTXO] = writer.bytes
    _ = try spentOutput(index)
  }

  /// Adds the signature hash type that the input asks its signers for.
  public mutating func setSighashType(
    _ type: SighashType, forInput index: Int
  ) throws(PSBTError) {
    _ = try input(index)
    inputs[index][InputField.sighashType] = UInt32(type.rawValue).littleEndianBytes
  }

  /// Adds the scripts and keys of one place of a wallet to an input.
  public mutating func update(
    input index: Int, from place: DerivedScript
  ) throws(PSBTError) {
    var map = try input(index)
    if let output = try spentOutput(index), output.script != place.scriptPubKey {
      throw .badUTXO(input: index, reason: "it does not spend from this place of the wallet")
    }
    map[InputField.redeemScript] = place.redeemScript?.bytes ?? map[InputField.redeemScript]
    map[InputField.witnessScript] = place.witnessScript?.bytes ?? map[InputField.witnessScript]
    if let taproot = place.taproot {
      map[InputField.taprootInternalKey] = taproot.internalKey.publicKey
      map[InputField.taprootMerkleRoot] = taproot.merkleRoot
      for leaf in taproot.leaves {
        map[InputField.taprootLeaf, taproot.controlBlock(for: leaf)] =
          leaf.script.bytes + [Taproot.tapscriptLeafVersion]
      }
    }
    for (key, value) in Self.derivations(place) { map[InputField.taprootDerivation, key] = value }
    for (aggregate, participants) in Self.participants(place) {
      map[InputField.musigParticipants, aggregate] = participants
    }
    for key in place.keys where key.publicKey.count != 32 {
      map[InputField.derivation, key.publicKey] = Self.origin(key)
    }
    inputs[index] = map
  }

  /// Adds the scripts and keys of one place of a wallet to an output, so that a signer can see that
  /// it is change.
  public mutating func update(
    output index: Int, from place: DerivedScript
  ) throws(PSBTError) {
    guard outputs.indices.contains(index) else {
      throw .noSuchIndex(index, count: outputs.count)
    }
    guard unsigned.transaction.outputs[index].script == place.scriptPubKey else {
      throw .badValue(.output(index), field: OutputField.script, reason: "pays another script")
    }
    var map = outputs[index]
    map[OutputField.redeemScript] = place.redeemScript?.bytes ?? map[OutputField.redeemScript]
    map[OutputField.witnessScript] = place.witnessScript?.bytes ?? map[OutputField.witnessScript]
    if let taproot = place.taproot {
      map[OutputField.taprootInternalKey] = taproot.internalKey.publicKey
      if !taproot.leaves.isEmpty { map[OutputField.taprootTree] = Self.tree(taproot) }
    }
    for (key, value) in Self.derivations(place) { map[OutputField.taprootDerivation, key] = value }
    for (aggregate, participants) in Self.participants(place) {
      map[OutputField.musigParticipants, aggregate] = participants
    }
    for key in place.keys where key.publicKey.count != 32 {
      map[OutputField.derivation, key.publicKey] = Self.origin(key)
    }
    outputs[index] = map
  }

  private static func origin(_ key: DerivedKey) -> [UInt8] {
    key.origin.fingerprint.bytes
      + key.origin.path.steps.flatMap { $0.rawValue.littleEndianBytes }
  }

  /// The signers behind each joint key. See BIP-373.
  private static func participants(_ place: DerivedScript) -> [([UInt8], [UInt8])] {
    place.keys.compactMap(\.musig).map {
      ($0.aggregateKey, $0.participants.flatMap(\.publicKey))
    }
  }

  /// Each key of a taproot output with the leaves in which it stands, and its origin; none for other
  /// outputs.
  private static func derivations(_ place: DerivedScript) -> [([UInt8], [UInt8])] {
    // All keys of taproot are written without their first byte, and no others are.
    guard let outer = place.keys.first, outer.publicKey.count == 32 else { return [] }
    var leaves: [[UInt8]: (key: DerivedKey, hashes: [[UInt8]])] = [:]
    var order: [[UInt8]] = []
    func add(_ key: DerivedKey, _ hash: [UInt8]?) {
      let xOnly = Array(key.publicKey.suffix(32))
      if leaves[xOnly] == nil { order.append(xOnly) }
      leaves[xOnly, default: (key, [])].hashes += hash.map { [$0] } ?? []
    }
    func addAll(_ key: DerivedKey, _ hash: [UInt8]?) {
      add(key, hash)
      for participant in key.musig?.participants ?? [] { add(participant, hash) }
    }
    addAll(outer, nil)
    for leaf in place.taproot?.leaves ?? [] {
      for key in leaf.miniscript.keys { addAll(key, leaf.hash) }
    }
    return order.compactMap { key in
      guard let entry = leaves[key] else { return nil }
      var writer = ConsensusWriter()
      writer.compactSize(entry.hashes.count)
      for hash in entry.hashes { writer.fixed(hash) }
      writer.fixed(origin(entry.key))
      return (key, writer.bytes)
    }
  }

  /// The leaves in depth-first order with their depths. See BIP-371.
  private static func tree(_ taproot: DerivedTaproot) -> [UInt8] {
    var writer = ConsensusWriter()
    for leaf in taproot.leaves {
      writer.integer(UInt8(leaf.path.count))
      writer.integer(Taproot.tapscriptLeafVersion)
      writer.counted(leaf.script.bytes)
    }
    return writer.bytes
  }
}
