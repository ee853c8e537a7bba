import Bitcoin
import Custody
import Descriptors
import Engine
import Guard
import Money

/// A chain as a node would show it: blocks of transactions, without proof of work.
struct FlowChain {
  private struct Mined {
    var point: ChainPoint
    var transactions: [Transaction]
  }

  private var blocks: [Mined] = []
  private var places: [Script: ScriptIndex] = [:]
  private var unspent: [Outpoint: Int64] = [:]
  private var transactions: [TransactionID: Transaction] = [:]

  /// Watches the script at `place`.
  mutating func watch(_ script: Script, _ place: ScriptIndex) { places[script] = place }

  /// Adds a block and returns it as the online server would journal it.
  mutating func mine(_ mined: [Transaction] = []) -> ConnectBlock {
    let height = UInt32(blocks.count + 1)
    var hash = [UInt8](repeating: 0, count: 32)
    for byte in 0..<4 { hash[byte] = UInt8(truncatingIfNeeded: height >> UInt32(8 * byte)) }
    let previous = blocks.last?.point.hash ?? [UInt8](repeating: 0, count: 32)
    let point = ChainPoint(height: height, hash: hash)
    blocks.append(Mined(point: point, transactions: mined))
    var received: [ConnectBlock.Received] = []
    var spent: [ConnectBlock.Spent] = []
    for transaction in mined {
      transactions[transaction.id] = transaction
      for input in transaction.inputs where unspent.removeValue(forKey: input.outpoint) != nil {
        spent.append(.init(outpoint: ChainOutpoint(input.outpoint), by: transaction.id.bytes))
      }
      for (index, output) in transaction.outputs.enumerated() {
        guard let place = places[output.script] else { continue }
        let outpoint = Outpoint(transaction: transaction.id, index: UInt32(index))
        unspent[outpoint] = output.value
        received.append(
          .init(
            outpoint: ChainOutpoint(outpoint), script: place, amount: Amount(units: output.value)))
      }
    }
    return ConnectBlock(point: point, previous: previous, received: received, spent: spent)
  }

  var reserves: ReservesFact? {
    blocks.last.map { ReservesFact(at: $0.point, onChain: unspent.values.reduce(0, +)) }
  }

  func answer(_ question: DepositQuestion) -> DepositAnswer {
    guard question.at.height <= UInt32(blocks.count) else { return .notThereYet }
    let block = blocks[Int(question.at.height) - 1]
    return .block(
      hash: block.point.hash,
      transaction: block.transactions.first { $0.id == question.outpoint.transaction })
  }

  func transaction(_ id: TransactionID) -> Transaction? { transactions[id] }
}
