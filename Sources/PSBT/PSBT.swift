// PSBT owns the partially signed transaction: its bytes, and the roles that pass it on. It knows no
// socket and no chain; what an input spends, whoever updates the PSBT must say.
import Bitcoin
import Wire

/// A partially signed transaction, of version 0 (BIP-174) or 2 (BIP-370), with the taproot fields of
/// BIP-371. Fields that nobody has defined are kept.
public struct PSBT: Hashable, Sendable {
  public enum Version: UInt32, Sendable {
    case v0 = 0
    case v2 = 2
  }

  private static let magic: [UInt8] = [0x70, 0x73, 0x62, 0x74, 0xFF]

  public let version: Version
  public internal(set) var global: PSBTMap
  /// The transaction without signatures.
  public let unsigned: UnsignedTransaction
  /// One for each input of the transaction.
  public internal(set) var inputs: [PSBTMap]
  /// One for each output of the transaction.
  public internal(set) var outputs: [PSBTMap]

  /// Reads a PSBT and checks every field that is defined.
  ///
  /// - Throws: ``PSBTError`` naming the map, the field and the problem.
  public init(parsing bytes: [UInt8]) throws(PSBTError) {
    guard bytes.starts(with: Self.magic) else { throw .noMagic }
    var reader = ConsensusReader(Array(bytes.dropFirst(Self.magic.count)))
    let global = try PSBTMap(from: &reader, .global)
    version = try Self.version(of: global)
    try Self.check(global, .global, version)
    let counts = try Self.counts(global, version)
    self.global = global
    inputs = []
    outputs = []
    // A map takes a byte at least, so a count cannot make us reserve more than was sent.
    guard counts.inputs + counts.outputs <= reader.remaining else { throw .truncated }
    for index in 0..<counts.inputs {
      inputs.append(try PSBTMap(from: &reader, .input(index)))
    }
    for index in 0..<counts.outputs {
      outputs.append(try PSBTMap(from: &reader, .output(index)))
    }
    guard reader.remaining == 0 else { throw .trailingBytes(reader.remaining) }
    for (index, map) in inputs.enumerated() { try Self.check(map, .input(index), version) }
    for (index, map) in outputs.enumerated() { try Self.check(map, .output(index), version) }
    // Read once here: an input that asks for it again must not cost another reading of all inputs.
    let transaction =
      try version == .v0
      ? Self.unsignedTransaction(global) : Self.transaction(global, inputs, outputs)
    guard let unsigned = UnsignedTransaction(transaction) else {
      throw .badTransaction("an input has a scriptSig already")
    }
    self.unsigned = unsigned
    for (index, map) in inputs.enumerated() {
      try Self.checkSpentTransaction(map, index, transaction.inputs[index].outpoint)
    }
  }

  /// Reads a PSBT in Base64.
  public init(base64 text: String) throws(PSBTError) {
    guard let bytes = Base64.bytes(text) else { throw .notBase64 }
    try self.init(parsing: bytes)
  }

  /// The serialisation, maps in the order of their keys.
  public var bytes: [UInt8] {
    var writer = ConsensusWriter()
    writer.fixed(Self.magic)
    global.write(to: &writer)
    for map in inputs { map.write(to: &writer) }
    for map in outputs { map.write(to: &writer) }
    return writer.bytes
  }

  /// The serialisation in Base64.
  public var base64: String { Base64.text(bytes) }

  init(
    version: Version, global: PSBTMap, inputs: [PSBTMap], outputs: [PSBTMap],
    unsigned: UnsignedTransaction
  ) {
    self.version = version
    self.unsigned = unsigned
    self.global = global
    self.inputs = inputs
    self.outputs = outputs
  }

  /// Puts the transaction of version 2 together. Its lock time follows from the inputs; see BIP-370,
  /// "Determining Lock Time".
  private static func transaction(
    _ global: PSBTMap, _ inputs: [PSBTMap], _ outputs: [PSBTMap]
  ) throws(PSBTError) -> Transaction {
    var transaction = Transaction(
      version: Int32(bitPattern: try number(global, GlobalField.transactionVersion, .global)),
      inputs: [], outputs: [], lockTime: try lockTime(global, inputs))
    for (index, map) in inputs.enumerated() {
      guard let bytes = map[InputField.previousTransaction],
        let previous = TransactionID(bytes: bytes)
      else { throw .missing(.input(index), field: InputField.previousTransaction) }
      let output = try number(map, InputField.outputIndex, .input(index))
      transaction.inputs.append(
        TransactionInput(
          outpoint: Outpoint(transaction: previous, index: output),
          sequence: map[InputField.sequence].map(UInt32.init(littleEndian:)) ?? .max))
    }
    for (index, map) in outputs.enumerated() {
      guard let amount = map[OutputField.amount] else {
        throw .missing(.output(index), field: OutputField.amount)
      }
      guard let script = map[OutputField.script] else {
        throw .missing(.output(index), field: OutputField.script)
      }
      let value = amount.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      transaction.outputs.append(
        TransactionOutput(value: Int64(bitPattern: value), script: Script(script)))
    }
    return transaction
  }

  private static func lockTime(
    _ global: PSBTMap, _ inputs: [PSBTMap]
  ) throws(PSBTError) -> UInt32 {
    let asking = inputs.filter {
      $0[InputField.requiredHeight] != nil || $0[InputField.requiredTime] != nil
    }
    guard !asking.isEmpty else {
      return global[GlobalField.fallbackLockTime].map(UInt32.init(littleEndian:)) ?? 0
    }
    // Height wins where every input that asks would take one.
    for field in [InputField.requiredHeight, InputField.requiredTime] {
      let values = asking.compactMap { $0[field].map(UInt32.init(littleEndian:)) }
      if values.count == asking.count { return values.max() ?? 0 }
    }
    throw .conflictingLockTimes
  }

  private static func number(
    _ map: PSBTMap, _ field: UInt8, _ place: PSBTPlace
  ) throws(PSBTError) -> UInt32 {
    guard let bytes = map[field] else { throw .missing(place, field: field) }
    return UInt32(littleEndian: bytes)
  }

  // MARK: Checks

  private static func version(of global: PSBTMap) throws(PSBTError) -> Version {
    guard let bytes = global[GlobalField.version] else { return .v0 }
    guard bytes.count == 4 else {
      throw .badValue(.global, field: GlobalField.version, reason: "\(bytes.count) bytes, not 4")
    }
    let number = UInt32(littleEndian: bytes)
    guard let version = Version(rawValue: number) else { throw .unsupportedVersion(number) }
    return version
  }

  private static func check(
    _ map: PSBTMap, _ place: PSBTPlace, _ version: Version
  ) throws(PSBTError) {
    for key in map.keys {
      guard let rule = PSBTFieldRule.rule(key[0], in: place) else { continue }
      if case .only(let only) = rule.versions, only != version.rawValue {
        throw .notInVersion(place, field: key[0], version: version.rawValue)
      }
      if let reason = rule.key(Array(key.dropFirst())) {
        throw .badKey(place, field: key[0], reason: reason)
      }
      if let reason = rule.value(map[key] ?? []) {
        throw .badValue(place, field: key[0], reason: reason)
      }
    }
  }

  private static func counts(
    _ global: PSBTMap, _ version: Version
  ) throws(PSBTError) -> (inputs: Int, outputs: Int) {
    if version == .v0 {
      let transaction = try unsignedTransaction(global)
      return (transaction.inputs.count, transaction.outputs.count)
    }
    func count(_ field: UInt8) throws(PSBTError) -> Int {
      guard let bytes = global[field] else { throw .missing(.global, field: field) }
      var reader = ConsensusReader(bytes)
      guard let count = try? reader.compactSize("count"),
        count <= ConsensusReader.maximumCount
      else { throw .badValue(.global, field: field, reason: "no count") }
      return Int(count)
    }
    guard global[GlobalField.transactionVersion] != nil else {
      throw .missing(.global, field: GlobalField.transactionVersion)
    }
    return (try count(GlobalField.inputCount), try count(GlobalField.outputCount))
  }

  private static func unsignedTransaction(_ global: PSBTMap) throws(PSBTError) -> Transaction {
    guard let bytes = global[GlobalField.unsignedTransaction] else {
      throw .missing(.global, field: GlobalField.unsignedTransaction)
    }
    let transaction: Transaction
    do {
      transaction = try Transaction(parsingWithoutWitness: bytes)
    } catch {
      throw .badTransaction("\(error)")
    }
    guard transaction.inputs.allSatisfy({ $0.scriptSig.bytes.isEmpty }) else {
      throw .badTransaction("an input has a scriptSig already")
    }
    return transaction
  }

  /// A transaction that is given in full must be the one whose output is spent.
  private static func checkSpentTransaction(
    _ map: PSBTMap, _ index: Int, _ outpoint: Outpoint
  ) throws(PSBTError) {
    guard let bytes = map[InputField.nonWitnessUTXO],
      let previous = try? Transaction(parsing: bytes)
    else { return }
    guard previous.id == outpoint.transaction else {
      throw .badUTXO(input: index, reason: "the previous transaction is another one")
    }
    guard Int(outpoint.index) < previous.outputs.count else {
      throw .badUTXO(input: index, reason: "the previous transaction has no such output")
    }
  }
}
