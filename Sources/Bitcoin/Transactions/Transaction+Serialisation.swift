import Cryptography

extension Transaction {
  /// Reads a transaction that fills `bytes` completely, in the form of BIP-144 or the older one.
  public init(parsing bytes: [UInt8]) throws(BitcoinError) {
    var reader = ConsensusReader(bytes)
    try self.init(from: &reader)
    try reader.finish()
  }

  /// Reads a transaction that fills `bytes` completely and has no witnesses: the only way to read
  /// one without inputs, whose bytes would otherwise announce witnesses.
  public init(parsingWithoutWitness bytes: [UInt8]) throws(BitcoinError) {
    var reader = ConsensusReader(bytes)
    try self.init(from: &reader, allowWitness: false)
    try reader.finish()
  }

  init(from reader: inout ConsensusReader, allowWitness: Bool = true) throws(BitcoinError) {
    version = try reader.integer("version")
    inputs = try Self.readInputs(&reader)
    outputs = []
    var flags: UInt8 = 0
    var flagsAt = 0
    if inputs.isEmpty, allowWitness {
      flagsAt = reader.offset
      flags = try reader.integer("flags")
      if flags != 0 {
        inputs = try Self.readInputs(&reader)
        outputs = try Self.readOutputs(&reader)
      }
    } else {
      outputs = try Self.readOutputs(&reader)
    }
    if flags & 1 != 0 {
      flags ^= 1
      for index in inputs.indices {
        let count = try reader.count("witness", elementWidth: 1)
        var witness: [[UInt8]] = []
        // No element takes less than a byte, so that what is left bounds what is reserved; most
        // inputs have few.
        witness.reserveCapacity(min(count, 8))
        for _ in 0..<count { witness.append(try reader.bytes("witness element")) }
        inputs[index].witness = witness
      }
      guard inputs.contains(where: { !$0.witness.isEmpty }) else {
        throw .superfluousWitness(at: flagsAt)
      }
    }
    guard flags == 0 else { throw .unknownTransactionFlags(flags, at: flagsAt) }
    lockTime = try reader.integer("lock time")
  }

  private static func readInputs(
    _ reader: inout ConsensusReader
  ) throws(BitcoinError) -> [TransactionInput] {
    let count = try reader.count("inputs", elementWidth: 41)
    var inputs: [TransactionInput] = []
    inputs.reserveCapacity(min(count, 64))
    for _ in 0..<count {
      let transaction = TransactionID(hash: try reader.fixed(32, "outpoint"))
      let outpoint = Outpoint(
        transaction: transaction, index: try reader.integer("outpoint index"))
      let scriptSig = Script(try reader.bytes("scriptSig"))
      inputs.append(
        TransactionInput(
          outpoint: outpoint, scriptSig: scriptSig, sequence: try reader.integer("sequence")))
    }
    return inputs
  }

  private static func readOutputs(
    _ reader: inout ConsensusReader
  ) throws(BitcoinError) -> [TransactionOutput] {
    let count = try reader.count("outputs", elementWidth: 9)
    var outputs: [TransactionOutput] = []
    outputs.reserveCapacity(min(count, 64))
    for _ in 0..<count {
      let value: Int64 = try reader.integer("value")
      outputs.append(
        TransactionOutput(value: value, script: Script(try reader.bytes("scriptPubKey"))))
    }
    return outputs
  }

  /// The serialisation with witnesses, if there are any. See BIP-144.
  public var bytes: [UInt8] { serialised(withWitness: hasWitness) }

  /// The serialisation without witnesses, which the identifier hashes.
  public var bytesWithoutWitness: [UInt8] { serialised(withWitness: false) }

  /// The hash of the transaction without its witnesses.
  public var id: TransactionID { TransactionID(hash: SHA256.double(bytesWithoutWitness)) }

  /// The hash of the transaction with its witnesses. See BIP-141, "Transaction ID".
  public var witnessID: TransactionID { TransactionID(hash: SHA256.double(bytes)) }

  private func serialised(withWitness: Bool) -> [UInt8] {
    var writer = ConsensusWriter(byteCount: byteCount(withWitness: withWitness))
    write(to: &writer, withWitness: withWitness)
    return writer.bytes
  }

  /// Bytes of the serialisation, counted without writing it.
  func byteCount(withWitness: Bool) -> Int {
    // Version and lock time.
    var count = 8 + ConsensusWriter.width(of: inputs.count)
    count += ConsensusWriter.width(of: outputs.count)
    for input in inputs {
      // Outpoint and sequence.
      count += 40 + ConsensusWriter.countedWidth(of: input.scriptSig.bytes)
    }
    for output in outputs { count += 8 + ConsensusWriter.countedWidth(of: output.script.bytes) }
    guard withWitness else { return count }
    // Marker and flags.
    count += 2
    for input in inputs {
      count += ConsensusWriter.width(of: input.witness.count)
      for element in input.witness { count += ConsensusWriter.countedWidth(of: element) }
    }
    return count
  }

  func write(to writer: inout ConsensusWriter, withWitness: Bool) {
    writer.integer(version)
    if withWitness { writer.fixed([0, 1]) }
    writer.compactSize(inputs.count)
    for input in inputs {
      writer.fixed(input.outpoint.transaction.bytes)
      writer.integer(input.outpoint.index)
      writer.counted(input.scriptSig.bytes)
      writer.integer(input.sequence)
    }
    writer.compactSize(outputs.count)
    for output in outputs {
      writer.integer(output.value)
      writer.counted(output.script.bytes)
    }
    if withWitness {
      for input in inputs {
        writer.compactSize(input.witness.count)
        for element in input.witness { writer.counted(element) }
      }
    }
    writer.integer(lockTime)
  }
}
