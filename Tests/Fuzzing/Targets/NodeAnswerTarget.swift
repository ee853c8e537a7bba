import Bitcoin
import JSON
@testable import Nodes

/// What a Bitcoin node answers to a call.
enum NodeAnswerTarget: FuzzTarget {
  private static let identifier = String(repeating: "0f", count: 32)
  static let seeds: [[UInt8]] = [
    #"{"result":{"txid":"\#(identifier)","vout":1,"scriptPubKey":"51","amount":0.00001,"height":3,"coinbase":false},"error":null,"id":"holdfast"}"#,
    #"{"result":null,"error":{"code":-8,"message":"Block height out of range"},"id":"holdfast"}"#,
    #"{"result":"\#(identifier)","error":null}"#, #"{"result":1e-8,"error":null}"#,
    #"{"result":{"blocks":1,"chain":"main"},"error":null}"#, #"{"result":7}"#, #"{"error":1}"#,
  ].map { Array($0.utf8) }

  static func check(_ input: [UInt8]) {
    let result = accepted { () throws(NodeError) in
      try NodeReply.result(of: input, status: 200, from: "http://127.0.0.1:8332")
    }
    guard let result else { return }
    let answer = Answer(result)
    _ = accepted { () throws(NodeError) in try answer.asString() }
    _ = accepted { () throws(NodeError) in try answer.asInteger() }
    _ = accepted { () throws(NodeError) in try answer.asBytes() }
    _ = accepted { () throws(NodeError) in try answer.asUnspentOutput() }
    _ = accepted { () throws(NodeError) in try answer.string("chain") }
    if let amount = accepted({ () throws(NodeError) in try answer.asAmount() }) {
      require(amount.magnitude <= UInt64(Int64.max), "an amount has an opposite")
    }
    if let hash = accepted({ () throws(NodeError) in try answer.asBlockHash() }) {
      require(hash.hex == result.string?.lowercased(), "a hash is written as it was read")
    }
    if let id = accepted({ () throws(NodeError) in try answer.asTransactionID() }) {
      require(id.hex == result.string?.lowercased(), "an identifier is written as it was read")
    }
  }
}
