import Bitcoin
public import Custody
import Engine
public import JSON
public import Journal
import Money
public import Nodes
import Structures
import Wire

/// What people need who bring the coins of a former wallet over.
public struct RotationActions: Sendable {
  private let sequencer: Sequencer
  private let node: BitcoinNode
  private let scripts: WalletScripts

  public init(sequencer: Sequencer, node: BitcoinNode, scripts: WalletScripts) {
    self.sequencer = sequencer
    self.node = node
    self.scripts = scripts
  }

  /// The coins of former wallets with the transactions that made them, and where they go.
  public func status() async throws -> JSON {
    let (coins, place, tip) = try await sequencer.read {
      ($0.formerOutputs, $0.sweepPlace, $0.tip?.height ?? 0)
    }
    guard let place else { return ["ok": true, "rotated": false, "coins": []] }
    var rows: [JSON] = []
    for coin in coins {
      guard let id = TransactionID(bytes: coin.outpoint.transaction),
        let block = try await node.blockHash(at: Int(coin.height)),
        let made = try await node.transaction(id, in: block)?.transaction
      else { continue }
      rows.append([
        "outpoint": .string("\(id.hex):\(coin.outpoint.index)"),
        "satoshi": .integer(coin.amount.units), "height": .integer(Int64(coin.height)),
        "age": .integer(Int64(tip) - Int64(coin.height) + 1),
        "branch": .integer(Int64(coin.script.branch.rawValue)),
        "index": .integer(Int64(coin.script.index)),
        "transaction": .string(Hex.text(made.bytes)),
      ])
    }
    let to = ScriptIndex(branch: .change, index: place)
    return [
      "ok": true, "rotated": true, "coins": .array(rows),
      "sweepBranch": 1, "sweepIndex": .integer(Int64(place)),
      "sweepAddress": .string(try scripts.address(at: to) ?? ""),
    ]
  }
}
