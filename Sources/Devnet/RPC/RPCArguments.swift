import Bitcoin
import JSON
import Wire

/// The arguments of one call, whose number and types have been checked.
struct RPCArguments: Sendable {
  let values: [JSON]
  /// The time of the call, in seconds since 1970.
  let now: Int64

  /// Whether the argument was given and is not null.
  func has(_ index: Int) -> Bool { !values[index].isNull }

  func string(_ index: Int) throws(RPCError) -> String { try RPCArguments.string(values[index]) }

  static func string(_ value: JSON) throws(RPCError) -> String {
    guard let text = value.string else { throw mismatch(value, "string") }
    return text
  }

  func bool(_ index: Int, default fallback: Bool) throws(RPCError) -> Bool {
    if values[index].isNull { return fallback }
    guard let value = values[index].bool else { throw RPCArguments.mismatch(values[index], "bool") }
    return value
  }

  func integer(_ index: Int, default fallback: Int? = nil) throws(RPCError) -> Int {
    if values[index].isNull, let fallback { return fallback }
    return try RPCArguments.integer(values[index])
  }

  static func integer(_ value: JSON) throws(RPCError) -> Int {
    guard case .number = value else { throw mismatch(value, "number") }
    guard let integer = value.integer, let narrow = Int32(exactly: integer) else {
      throw RPCError(.misc, "JSON integer out of range")
    }
    return Int(narrow)
  }

  func array(_ index: Int) throws(RPCError) -> [JSON] {
    guard let elements = values[index].array else {
      throw RPCArguments.mismatch(values[index], "array")
    }
    return elements
  }

  /// How much to print: a number, or a boolean of the older form.
  func verbosity(_ index: Int, default fallback: Int) throws(RPCError) -> Int {
    if let flag = values[index].bool { return flag ? 1 : 0 }
    return try integer(index, default: fallback)
  }

  /// A hash in its display form, under the name that error messages give it.
  func hash<Hash>(
    _ index: Int, _ name: String, _ make: (String) -> Hash?
  ) throws(RPCError) -> Hash {
    let text = try string(index)
    guard text.utf8.count == 64 else {
      throw RPCError(
        .invalidParameter,
        "\(name) must be of length 64 (not \(text.utf8.count), for '\(text)')")
    }
    guard let hash = make(text) else {
      throw RPCError(.invalidParameter, "\(name) must be hexadecimal string (not '\(text)')")
    }
    return hash
  }

  func blockHash(_ index: Int, _ name: String = "blockhash") throws(RPCError) -> BlockHash {
    try hash(index, name) { BlockHash(hex: $0) }
  }

  func transactionID(_ index: Int, _ name: String) throws(RPCError) -> TransactionID {
    try hash(index, name) { TransactionID(hex: $0) }
  }

  /// An amount of bitcoin, in satoshis.
  func amount(_ index: Int, default fallback: Int64) throws(RPCError) -> Int64 {
    let text: String
    switch values[index] {
    case .null: return fallback
    case .number(let number): text = number
    case .string(let string): text = string
    default: throw RPCError(.type, "Amount is not a number or string")
    }
    guard let amount = Bitcoins.satoshis(text) else { throw RPCError(.type, "Invalid amount") }
    guard (0...Consensus.maximumMoney).contains(amount) else {
      throw RPCError(.type, "Amount out of range")
    }
    return amount
  }

  /// A fee rate below 1 BTC/kvB, in satoshis per 1000 vB.
  func feeRate(_ index: Int, default fallback: Int64) throws(RPCError) -> Int64 {
    let rate = try amount(index, default: fallback)
    guard rate < Consensus.satoshisPerBitcoin else {
      throw RPCError(
        .invalidParameter, "Fee rates larger than or equal to 1BTC/kvB are not accepted")
    }
    return rate
  }

  private static func mismatch(_ value: JSON, _ expected: String) -> RPCError {
    RPCError(.type, "JSON value of type \(value.typeName) is not of expected type \(expected)")
  }

  /// Reads a transaction from hexadecimal text, with witnesses or, failing that, without.
  static func transaction(_ hex: String) -> Transaction? {
    guard let bytes = Hex.bytes(hex) else { return nil }
    if let transaction = try? Transaction(parsing: bytes) { return transaction }
    return try? Transaction(parsingWithoutWitness: bytes)
  }
}
