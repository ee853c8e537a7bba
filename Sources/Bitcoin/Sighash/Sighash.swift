import Cryptography

/// The digests that signatures sign, one for each generation of scripts.
public enum Sighash {
  /// Returns the digest of the first generation: outputs outside the witness.
  ///
  /// - Parameters:
  ///   - input: Position of the input that the signature justifies.
  ///   - scriptCode: The script that asks for the signature, from its last executed
  ///     `OP_CODESEPARATOR` on, and without the signature itself.
  ///   - type: All 32 bits are hashed; signatures bring 8.
  public static func legacy(
    _ transaction: Transaction, input: Int, scriptCode: Script, type: UInt32
  ) -> [UInt8] {
    precondition(transaction.inputs.indices.contains(input), "no input \(input)")
    let isSingle = type & 0x1F == 3
    let isNone = type & 0x1F == 2
    let anyoneCanPay = type & 0x80 != 0
    // A flaw of the first release that is consensus now: the digest is the number one.
    if isSingle, input >= transaction.outputs.count {
      return [1] + [UInt8](repeating: 0, count: 31)
    }
    var writer = ConsensusWriter()
    writer.integer(transaction.version)
    writer.compactSize(anyoneCanPay ? 1 : transaction.inputs.count)
    for (index, each) in transaction.inputs.enumerated() where !anyoneCanPay || index == input {
      writer.fixed(each.outpoint.transaction.bytes)
      writer.integer(each.outpoint.index)
      writer.counted(index == input ? scriptCode.withoutCodeSeparators.bytes : [])
      writer.integer(index != input && (isSingle || isNone) ? 0 : each.sequence)
    }
    let outputCount = isNone ? 0 : isSingle ? input + 1 : transaction.outputs.count
    writer.compactSize(outputCount)
    for (index, output) in transaction.outputs.prefix(outputCount).enumerated() {
      // An output that is not covered counts as one of -1 satoshi and no script.
      let blank = TransactionOutput(value: -1, script: Script())
      writer.fixed((isSingle && index != input ? blank : output).bytes)
    }
    writer.integer(transaction.lockTime)
    writer.integer(type)
    return SHA256.double(writer.bytes)
  }

  /// Returns the digest of witness version 0. See BIP-143, "Specification".
  ///
  /// - Parameters:
  ///   - input: Position of the input that the signature justifies.
  ///   - scriptCode: For P2WPKH the P2PKH script of its hash; for P2WSH the witness script from
  ///     its last executed `OP_CODESEPARATOR` on.
  ///   - value: Satoshis of the output that is spent.
  ///   - type: All 32 bits are hashed; signatures bring 8.
  ///   - parts: Hashes to share between the inputs of one transaction.
  public static func segwitV0(
    _ transaction: Transaction, input: Int, scriptCode: Script, value: Int64, type: UInt32,
    parts: SighashParts? = nil
  ) -> [UInt8] {
    precondition(transaction.inputs.indices.contains(input), "no input \(input)")
    let parts = parts ?? SighashParts(transaction)
    let isSingle = type & 0x1F == 3
    let isNone = type & 0x1F == 2
    let anyoneCanPay = type & 0x80 != 0
    let zero = [UInt8](repeating: 0, count: 32)
    let spending = transaction.inputs[input]
    var writer = ConsensusWriter()
    writer.integer(transaction.version)
    writer.fixed(anyoneCanPay ? zero : SHA256.hash(parts.outpoints))
    writer.fixed(anyoneCanPay || isSingle || isNone ? zero : SHA256.hash(parts.sequences))
    writer.fixed(spending.outpoint.transaction.bytes)
    writer.integer(spending.outpoint.index)
    writer.counted(scriptCode.bytes)
    writer.integer(value)
    writer.integer(spending.sequence)
    if !isSingle, !isNone {
      writer.fixed(SHA256.hash(parts.outputs))
    } else if isSingle, input < transaction.outputs.count {
      writer.fixed(SHA256.double(transaction.outputs[input].bytes))
    } else {
      writer.fixed(zero)
    }
    writer.integer(transaction.lockTime)
    writer.integer(type)
    return SHA256.double(writer.bytes)
  }

  /// Which leaf of a taproot output is executed. See BIP-342, "Common signature message extension".
  public struct Leaf: Hashable, Sendable {
    /// Hash of the leaf; see ``Taproot/leafHash(version:script:)``.
    public var hash: [UInt8]
    /// Position, in operations, of the last executed `OP_CODESEPARATOR`, or `0xffffffff`.
    public var codeSeparatorPosition: UInt32

    /// Creates the name of a leaf and of a position in it.
    public init(hash: [UInt8], codeSeparatorPosition: UInt32 = .max) {
      self.hash = hash
      self.codeSeparatorPosition = codeSeparatorPosition
    }
  }

  /// Returns the digest of witness version 1, or `nil` when `type` is not defined or covers an
  /// output that does not exist. See BIP-341, "Common signature message".
  ///
  /// - Parameters:
  ///   - input: Position of the input that the signature justifies.
  ///   - spentOutputs: The outputs that all inputs spend, in their order.
  ///   - annex: The annex of the input with its first byte, if it has one.
  ///   - leaf: The executed leaf, or `nil` for a signature of the output key.
  ///   - parts: Hashes to share between the inputs of one transaction.
  public static func taproot(
    _ transaction: Transaction, input: Int, spentOutputs: [TransactionOutput], type: SighashType,
    annex: [UInt8]? = nil, leaf: Leaf? = nil, parts: SighashParts? = nil
  ) -> [UInt8]? {
    precondition(transaction.inputs.indices.contains(input), "no input \(input)")
    precondition(spentOutputs.count == transaction.inputs.count, "one spent output per input")
    guard type.rawValue <= 3 || (0x81...0x83).contains(type.rawValue) else { return nil }
    let parts = parts ?? SighashParts(transaction)
    let anyoneCanPay = type.rawValue & 0x80 != 0
    let isSingle = type.rawValue & 3 == 3
    let isNone = type.rawValue & 3 == 2
    let spending = transaction.inputs[input]
    var writer = ConsensusWriter()
    writer.integer(UInt8(0))
    writer.integer(type.rawValue)
    writer.integer(transaction.version)
    writer.integer(transaction.lockTime)
    if !anyoneCanPay {
      writer.fixed(parts.outpoints)
      writer.fixed(SHA256.hash(concatenated(spentOutputs) { $0.integer($1.value) }))
      writer.fixed(SHA256.hash(concatenated(spentOutputs) { $0.counted($1.script.bytes) }))
      writer.fixed(parts.sequences)
    }
    if !isSingle, !isNone { writer.fixed(parts.outputs) }
    writer.integer(UInt8((leaf == nil ? 0 : 2) + (annex == nil ? 0 : 1)))
    if anyoneCanPay {
      writer.fixed(spending.outpoint.transaction.bytes)
      writer.integer(spending.outpoint.index)
      writer.fixed(spentOutputs[input].bytes)
      writer.integer(spending.sequence)
    } else {
      writer.integer(UInt32(input))
    }
    if let annex {
      var counted = ConsensusWriter()
      counted.counted(annex)
      writer.fixed(SHA256.hash(counted.bytes))
    }
    if isSingle {
      guard input < transaction.outputs.count else { return nil }
      writer.fixed(SHA256.hash(transaction.outputs[input].bytes))
    }
    if let leaf {
      writer.fixed(leaf.hash)
      writer.integer(UInt8(0))
      writer.integer(leaf.codeSeparatorPosition)
    }
    return SHA256.tagged("TapSighash", writer.bytes)
  }

  private static func concatenated(
    _ outputs: [TransactionOutput], _ part: (inout ConsensusWriter, TransactionOutput) -> Void
  ) -> [UInt8] {
    var writer = ConsensusWriter()
    for output in outputs { part(&writer, output) }
    return writer.bytes
  }
}

/// The single SHA-256 of what all inputs of a transaction sign in common, so that a transaction
/// with many inputs is not hashed once for each.
public struct SighashParts: Hashable, Sendable {
  let outpoints: [UInt8]
  let sequences: [UInt8]
  let outputs: [UInt8]

  /// Hashes the parts of `transaction`.
  public init(_ transaction: Transaction) {
    var outpoints = ConsensusWriter()
    var sequences = ConsensusWriter()
    var outputs = ConsensusWriter()
    for input in transaction.inputs {
      outpoints.fixed(input.outpoint.transaction.bytes)
      outpoints.integer(input.outpoint.index)
      sequences.integer(input.sequence)
    }
    for output in transaction.outputs { outputs.fixed(output.bytes) }
    self.outpoints = SHA256.hash(outpoints.bytes)
    self.sequences = SHA256.hash(sequences.bytes)
    self.outputs = SHA256.hash(outputs.bytes)
  }
}
