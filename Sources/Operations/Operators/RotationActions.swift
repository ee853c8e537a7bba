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
  ///
  /// Every coin that the books have is there: without its transaction when the node does not give that,
  /// with the payout that spends it when one is under way.
  public func status() async throws -> JSON {
    let (coins, payouts, place, tip) = try await sequencer.read {
      ($0.formerOutputs, Self.spenders($0.openPayouts), $0.sweepPlace, $0.tip?.height ?? 0)
    }
    guard let place else { return ["ok": true, "rotated": false, "coins": []] }
    var rows: [JSON] = []
    for coin in coins {
      let made = try await transaction(of: coin)
      let id = Hex.text(coin.outpoint.transaction.reversed())
      rows.append([
        "outpoint": .string("\(id):\(coin.outpoint.index)"),
        "satoshi": .integer(coin.amount.units), "height": .integer(Int64(coin.height)),
        "age": .integer(Int64(tip) - Int64(coin.height) + 1),
        "branch": .integer(Int64(coin.script.branch.rawValue)),
        "index": .integer(Int64(coin.script.index)),
        "transaction": .string(made.map { Hex.text($0.bytes) } ?? ""),
        "payout": .string(payouts[coin.outpoint].map { "\($0)" } ?? ""),
      ])
    }
    let to = ScriptIndex(branch: .change, index: place)
    return [
      "ok": true, "rotated": true, "coins": .array(rows),
      "count": .integer(Int64(coins.count)),
      "satoshi": .integer(coins.reduce(0) { $0 + $1.amount.units }),
      "sweepBranch": 1, "sweepIndex": .integer(Int64(place)),
      "sweepAddress": .string(try scripts.address(at: to) ?? ""),
    ]
  }

  private func transaction(of coin: OwnedOutput) async throws -> Transaction? {
    guard let id = TransactionID(bytes: coin.outpoint.transaction),
      let block = try await node.blockHash(at: Int(coin.height))
    else { return nil }
    return try await node.transaction(id, in: block)?.transaction
  }

  /// Which payout spends a coin: one that was signed before the wallet changed still may.
  private static func spenders(_ payouts: [Payout]) -> [ChainOutpoint: PayoutID] {
    var spenders: [ChainOutpoint: PayoutID] = [:]
    for payout in payouts {
      for input in payout.inputs + payout.others.flatMap(\.inputs) { spenders[input] = payout.id }
    }
    return spenders
  }
}
