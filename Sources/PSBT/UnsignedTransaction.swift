public import Bitcoin

/// A transaction of which nothing is signed: what a creator hands over.
public struct UnsignedTransaction: Hashable, Sendable {
  public let transaction: Transaction

  /// Takes a transaction, or nothing when an input is signed already.
  public init?(_ transaction: Transaction) {
    guard
      transaction.inputs.allSatisfy({ $0.scriptSig.bytes.isEmpty && $0.witness.isEmpty })
    else { return nil }
    self.transaction = transaction
  }
}

/// A transaction of which every input is finished: what an extractor takes out.
public struct SignedTransaction: Hashable, Sendable {
  public let transaction: Transaction

  init(_ transaction: Transaction) { self.transaction = transaction }
}

extension PSBT {
  /// Creates a PSBT that holds nothing but the transaction. See BIP-174, "Creator", and BIP-370,
  /// "Constructor".
  public init(creating unsigned: UnsignedTransaction, version: Version = .v0) {
    let transaction = unsigned.transaction
    var global = PSBTMap()
    var inputs = [PSBTMap](repeating: PSBTMap(), count: transaction.inputs.count)
    var outputs = [PSBTMap](repeating: PSBTMap(), count: transaction.outputs.count)
    if version == .v0 {
      global[GlobalField.unsignedTransaction] = transaction.bytesWithoutWitness
    } else {
      global[GlobalField.version] = version.rawValue.littleEndianBytes
      global[GlobalField.transactionVersion] =
        UInt32(bitPattern: transaction.version).littleEndianBytes
      global[GlobalField.fallbackLockTime] = transaction.lockTime.littleEndianBytes
      global[GlobalField.inputCount] = Self.compactSize(inputs.count)
      global[GlobalField.outputCount] = Self.compactSize(outputs.count)
      for (index, input) in transaction.inputs.enumerated() {
        inputs[index][InputField.previousTransaction] = input.outpoint.transaction.bytes
        inputs[index][InputField.outputIndex] = input.outpoint.index.littleEndianBytes
        inputs[index][InputField.sequence] = input.sequence.littleEndianBytes
      }
      for (index, output) in transaction.outputs.enumerated() {
        outputs[index][OutputField.amount] = (0..<8).map {
          UInt8(truncatingIfNeeded: output.value >> (8 * $0))
        }
        outputs[index][OutputField.script] = output.script.bytes
      }
    }
    self.init(
      version: version, global: global, inputs: inputs, outputs: outputs, unsigned: unsigned)
  }

  private static func compactSize(_ count: Int) -> [UInt8] {
    var writer = ConsensusWriter()
    writer.compactSize(count)
    return writer.bytes
  }

  /// The same PSBT in the other version. See BIP-370.
  public func converted(to other: Version) -> PSBT {
    guard other != version else { return self }
    var converted = PSBT(creating: unsigned, version: other)
    func keep(_ map: PSBTMap, _ place: PSBTPlace, in target: inout PSBTMap) {
      for key in map.keys where key[0] != GlobalField.version || place != .global {
        if case .only = PSBTFieldRule.rule(key[0], in: place)?.versions { continue }
        target[key] = map[key]
      }
    }
    keep(global, .global, in: &converted.global)
    for index in inputs.indices { keep(inputs[index], .input(index), in: &converted.inputs[index]) }
    for index in outputs.indices {
      keep(outputs[index], .output(index), in: &converted.outputs[index])
    }
    return converted
  }
}
