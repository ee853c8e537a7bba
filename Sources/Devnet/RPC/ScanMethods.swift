import Bitcoin
import Descriptors
import JSON
import Wire

extension RPCTable {
  static let scanMethods: [RPCMethod] = [
    RPCMethod(
      "scantxoutset", .blockchain,
      [.required("action", .string), .optional("scanobjects", kind: .array)],
      "Finds the unspent outputs of descriptors. action: start, status or abort; scanobjects: "
        + "descriptors as text, or objects of desc and range (an end, or [begin, end])."
    ) { node, arguments throws(RPCError) in
      switch try arguments.string(0) {
      // A scan is over before its call is answered.
      case "status": return .null
      case "abort": return false
      case "start":
        guard arguments.has(1) else {
          throw RPCError(.misc, "scanobjects argument is required for the start action")
        }
        var scripts: [Script: DerivedScript] = [:]
        for object in try arguments.array(1) {
          for derived in try ScanObject(object).scripts(&node.derivedScripts)
          where scripts[derived.scriptPubKey] == nil {
            scripts[derived.scriptPubKey] = derived
          }
        }
        return node.scan(for: scripts)
      case let action: throw RPCError(.invalidParameter, "Invalid action '\(action)'")
      }
    }
  ]
}

/// A descriptor to look for, with the range of its indices.
private struct ScanObject {
  private let text: String
  private let descriptor: Descriptor
  private let range: ClosedRange<Int64>

  init(_ json: JSON) throws(RPCError) {
    var range: ClosedRange<Int64> = 0...1000
    switch json {
    case .string(let descriptor): text = descriptor
    case .object:
      guard let descriptor = json["desc"], !descriptor.isNull else {
        throw RPCError(
          .invalidParameter, "Descriptor needs to be provided in scan object")
      }
      text = try RPCArguments.string(descriptor)
      if let given = json["range"], !given.isNull { range = try ScanObject.range(given) }
    default:
      throw RPCError(
        .invalidParameter, "Scan object needs to be either a string or an object")
    }
    do throws(DescriptorError) {
      descriptor = try Descriptor(parsing: text, network: .regtest, privateKeys: .madePublic)
    } catch {
      throw RPCError(.invalidAddressOrKey, error.description)
    }
    self.range = descriptor.isRanged ? range : 0...0
  }

  private static func range(_ json: JSON) throws(RPCError) -> ClosedRange<Int64> {
    let low: Int64
    let high: Int64
    if let end = json.integer {
      (low, high) = (0, end)
    } else if let pair = json.array, pair.count == 2, let begin = pair[0].integer,
      let end = pair[1].integer
    {
      guard begin <= end else {
        throw RPCError(
          .invalidParameter,
          "Range specified as [begin,end] must not have begin after end")
      }
      (low, high) = (begin, end)
    } else {
      throw RPCError(
        .invalidParameter, "Range must be specified as end or as [begin,end]")
    }
    guard low >= 0 else {
      throw RPCError(.invalidParameter, "Range should be greater or equal than 0")
    }
    guard high >> 31 == 0 else { throw RPCError(.invalidParameter, "End of range is too high") }
    guard high < low + 1_000_000 else { throw RPCError(.invalidParameter, "Range is too large") }
    guard low <= high else {
      throw RPCError(.invalidParameter, "Range should be greater or equal than 0")
    }
    return low...high
  }

  /// The scripts of all branches over the range.
  func scripts(_ known: inout DerivedScripts) throws(RPCError) -> [DerivedScript] {
    var scripts: [DerivedScript] = []
    do throws(DescriptorError) {
      for index in range {
        for branch in 0..<descriptor.branchCount {
          scripts.append(
            try known.script(of: descriptor, text: text, branch: branch, index: UInt32(index)))
        }
      }
    } catch {
      throw RPCError(.invalidAddressOrKey, error.description)
    }
    return scripts
  }
}

extension DevnetNode {
  /// Looks for the keys of `scripts`, whose values describe them.
  fileprivate func scan(for scripts: [Script: DerivedScript]) -> JSON {
    let found = chain.coins.filter { scripts[$0.value.output.script] != nil }.sorted { a, b in
      if a.key.transaction == b.key.transaction { return a.key.index < b.key.index }
      return a.key.transaction.bytes.lexicographicallyPrecedes(b.key.transaction.bytes)
    }
    let unspents = found.map { outpoint, coin -> JSON in
      [
        "txid": .string(outpoint.transaction.hex), "vout": .integer(outpoint.index),
        "scriptPubKey": .string(Hex.text(coin.output.script.bytes)),
        "desc": .string(scripts[coin.output.script].map(ScriptJSON.descriptor) ?? ""),
        "amount": Bitcoins.json(coin.output.value), "coinbase": .bool(coin.isCoinbase),
        "height": .integer(coin.height),
        "blockhash": .string(chain.entry(at: coin.height).hash.hex),
        "confirmations": .integer(chain.height - coin.height + 1),
      ]
    }
    return [
      "success": true, "txouts": .integer(chain.coins.count), "height": .integer(chain.height),
      "bestblock": .string(chain.tip.hash.hex), "unspents": .array(unspents),
      "total_amount": Bitcoins.json(found.reduce(0) { $0 + $1.value.output.value }),
    ]
  }
}
