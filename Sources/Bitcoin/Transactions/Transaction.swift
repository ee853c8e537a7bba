/// What an input spends, and why it may.
public struct TransactionInput: Hashable, Sendable {
  /// The output it spends.
  public var outpoint: Outpoint
  /// The part of the justification outside the witness.
  public var scriptSig: Script
  /// Relative lock time (BIP-68), or its absence; `0xffffffff` also switches the lock time off.
  public var sequence: UInt32
  /// The part of the justification that the identifier does not cover. See BIP-141.
  public var witness: [[UInt8]]

  /// Creates an input.
  public init(
    outpoint: Outpoint, scriptSig: Script = Script(), sequence: UInt32 = .max,
    witness: [[UInt8]] = []
  ) {
    self.outpoint = outpoint
    self.scriptSig = scriptSig
    self.sequence = sequence
    self.witness = witness
  }
}

/// An amount and the condition to spend it.
public struct TransactionOutput: Hashable, Sendable {
  /// Satoshis, 0 to ``Consensus/maximumMoney`` in a valid transaction.
  public var value: Int64
  /// The condition.
  public var script: Script

  /// Creates an output.
  public init(value: Int64, script: Script) {
    self.value = value
    self.script = script
  }

  /// The serialisation, as sighashes use it.
  package var bytes: [UInt8] {
    var writer = ConsensusWriter()
    writer.integer(value)
    writer.counted(script.bytes)
    return writer.bytes
  }
}

/// A Bitcoin transaction, not necessarily a valid one.
public struct Transaction: Hashable, Sendable {
  /// Version, 2 for relative lock times. Consensus reads it as unsigned.
  public var version: Int32
  /// What is spent.
  public var inputs: [TransactionInput]
  /// Where it goes.
  public var outputs: [TransactionOutput]
  /// Height or time before which it is not final; see ``Consensus/lockTimeThreshold``.
  public var lockTime: UInt32

  /// Creates a transaction.
  public init(
    version: Int32 = 2, inputs: [TransactionInput], outputs: [TransactionOutput],
    lockTime: UInt32 = 0
  ) {
    self.version = version
    self.inputs = inputs
    self.outputs = outputs
    self.lockTime = lockTime
  }

  /// Whether it creates coins: one input that spends nothing.
  public var isCoinbase: Bool { inputs.count == 1 && inputs[0].outpoint == .null }

  /// Whether any input has a witness.
  public var hasWitness: Bool { inputs.contains { !$0.witness.isEmpty } }

  /// Weight in weight units: four for each byte outside the witnesses, one inside. See BIP-141.
  public var weight: Int {
    byteCount(withWitness: false) * (Consensus.witnessScaleFactor - 1)
      + byteCount(withWitness: hasWitness)
  }

  /// Size that fees are paid for, in virtual bytes: a quarter of the weight, rounded up.
  public var virtualSize: Int {
    (weight + Consensus.witnessScaleFactor - 1) / Consensus.witnessScaleFactor
  }
}
