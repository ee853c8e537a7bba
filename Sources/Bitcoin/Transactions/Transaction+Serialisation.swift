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
    if inputs.isEmpty, allowWitness {
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
        for _ in 0..<count { witness.append(try reader.bytes("witness element")) }
        inputs[index].witness = witness
      }
      guard inputs.contains(where: { !$0.witness.isEmpty }) else { throw .superfluousWitness }
    }
    guard flags == 0 else { throw .unknownTransactionFlags(flags) }
    lockTime = try reader.integer("lock time")
  }

  private static func readInputs(
    _ reader: inout ConsensusReader
  ) throws(BitcoinError) -> [TransactionInput] {
    var inputs: [TransactionInput] = []
    for _ in 0..<(try reader.count("inputs", elementWidth: 41)) {
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
    var outputs: [TransactionOutput] = []
    for _ in 0..<(try reader.count("outputs", elementWidth: 9)) {
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
    var writer = ConsensusWriter()
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
    for output in outputs { writer.fixed(output.bytes) }
    if withWitness {
      for input in inputs {
        writer.compactSize(input.witness.count)
        for element in input.witness { writer.counted(element) }
      }
    }
    writer.integer(lockTime)
    return writer.bytes
  }
}
