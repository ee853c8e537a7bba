import Bitcoin
import JSON
import Wire

/// Reads an answer field by field; whatever has another form is ``NodeError/malformed(_:)``.
struct Answer {
  let json: JSON
  private let name: String

  init(_ json: JSON, name: String = "result") {
    self.json = json
    self.name = name
  }

  func member(_ name: String) throws(NodeError) -> Answer {
    guard let value = json[name] else { throw .malformed("\(self.name) has no \(name)") }
    return Answer(value, name: name)
  }

  func optional(_ name: String) -> Answer? { json[name].map { Answer($0, name: name) } }

  func string(_ name: String) throws(NodeError) -> String { try member(name).asString() }
  func integer(_ name: String) throws(NodeError) -> Int { try member(name).asInteger() }
  func amount(_ name: String) throws(NodeError) -> Int64 { try member(name).asAmount() }
  func blockHash(_ name: String) throws(NodeError) -> BlockHash { try member(name).asBlockHash() }

  func bool(_ name: String) throws(NodeError) -> Bool {
    let field = try member(name)
    guard let value = field.json.bool else { throw field.unexpected("true or false") }
    return value
  }

  func asString() throws(NodeError) -> String {
    guard let value = json.string else { throw unexpected("a string") }
    return value
  }

  func asInteger() throws(NodeError) -> Int {
    guard let value = json.integer else { throw unexpected("an integer") }
    return Int(value)
  }

  func asBytes() throws(NodeError) -> [UInt8] {
    guard let bytes = Hex.bytes(try asString()) else { throw unexpected("hexadecimal digits") }
    return bytes
  }

  /// An amount of bitcoin, in satoshis.
  func asAmount() throws(NodeError) -> Int64 {
    guard case .number(let text) = json, let amount = Bitcoins.satoshis(text) else {
      throw unexpected("an amount")
    }
    return amount
  }

  func asBlockHash() throws(NodeError) -> BlockHash {
    guard let hash = BlockHash(hex: try asString()) else { throw unexpected("a block hash") }
    return hash
  }

  func asTransactionID() throws(NodeError) -> TransactionID {
    guard let id = TransactionID(hex: try asString()) else {
      throw unexpected("a transaction identifier")
    }
    return id
  }

  /// One element of what `scantxoutset` found.
  func asUnspentOutput() throws(NodeError) -> UnspentOutput {
    guard let index = UInt32(exactly: try integer("vout")) else {
      throw unexpected("an output index")
    }
    let outpoint = Outpoint(
      transaction: try member("txid").asTransactionID(), index: index)
    let script = Script(try member("scriptPubKey").asBytes())
    return UnspentOutput(
      outpoint: outpoint,
      output: TransactionOutput(value: try amount("amount"), script: script),
      height: try integer("height"), isCoinbase: try bool("coinbase"))
  }

  private func unexpected(_ wanted: String) -> NodeError { .malformed("\(name) is not \(wanted)") }
}
