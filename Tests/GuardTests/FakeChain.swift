// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Cryptography
import Custody
import Descriptors
import Engine
import Guard
import Money

/// A chain as a node would show it, with as much work as a regtest chain has.
struct FakeChain {
  struct Mined {
    var point: ChainPoint
    var block: Block
    var transactions: [Transaction] { block.transactions }
  }

  let descriptor: Descriptor
  /// Cold storage, if its coins count.
  var cold: Descriptor?
  private(set) var blocks: [Mined] = []
  private var unspent: [Outpoint: (value: Int64, place: ScriptIndex)] = [:]
  private var coins: UInt32 = 0

  init(descriptor: Descriptor) { self.descriptor = descriptor }

  /// A transaction of a stranger that pays `value` to `index` of the deposit branch.
  mutating func payment(of value: Int64, to index: UInt32) -> Transaction {
    coins += 1
    let stranger = TransactionID(bytes: [UInt8](repeating: 0xEE, count: 32))!
    return Transaction(
      inputs: [TransactionInput(outpoint: Outpoint(transaction: stranger, index: coins))],
      outputs: [
        TransactionOutput(
          value: value, script: try! descriptor.script(branch: 0, index: index).scriptPubKey)
      ])
  }

  /// Adds a block and returns it as the online server would journal it.
  mutating func mine(_ transactions: [Transaction] = []) -> ConnectBlock {
    let height = UInt32(blocks.count + 1)
    let block = Self.block(
      transactions,
      upon: blocks.last?.block.hash ?? BlockHash(bytes: [UInt8](repeating: 0, count: 32))!,
      at: height)
    blocks.append(
      Mined(point: ChainPoint(height: height, hash: block.hash.bytes), block: block))
    var received: [ConnectBlock.Received] = []
    var spent: [ConnectBlock.Spent] = []
    for transaction in transactions {
      for input in transaction.inputs where unspent.removeValue(forKey: input.outpoint) != nil {
        spent.append(
          .init(outpoint: ChainOutpoint(input.outpoint), by: transaction.id.bytes))
      }
      for (index, output) in transaction.outputs.enumerated() {
        guard let place = place(of: output.script) else { continue }
        let outpoint = Outpoint(transaction: transaction.id, index: UInt32(index))
        unspent[outpoint] = (output.value, place)
        received.append(
          .init(
            outpoint: ChainOutpoint(outpoint), script: place, amount: Amount(units: output.value)))
      }
    }
    return ConnectBlock(
      point: ChainPoint(height: height, hash: block.hash.bytes),
      previous: block.header.previous.bytes, received: received, spent: spent)
  }

  /// A block with its first transaction, and the work that its target asks for.
  static func block(
    _ transactions: [Transaction], upon previous: BlockHash, at height: UInt32
  ) -> Block {
    let first = Transaction(
      inputs: [TransactionInput(outpoint: .null, sequence: height)],
      outputs: [TransactionOutput(value: 0, script: Script([0x51]))])
    var block = Block(
      header: BlockHeader(
        version: 4, previous: previous, merkleRoot: Digest256([UInt8](repeating: 0, count: 32))!,
        time: height, bits: 0x207F_FFFF, nonce: 0), transactions: [first] + transactions)
    block.header.merkleRoot = Digest256(block.merkleRoot.root)!
    while !block.header.hasProofOfWork { block.header.nonce += 1 }
    return block
  }

  private func place(of script: Script) -> ScriptIndex? {
    if let cold {
      for (number, branch) in [ScriptIndex.Branch.cold, .coldChange].enumerated() {
        for index in UInt32(0)..<8
        where try! cold.script(branch: number, index: index).scriptPubKey == script {
          return ScriptIndex(branch: branch, index: index)
        }
      }
    }
    for branch in [ScriptIndex.Branch.deposit, .change] {
      for index in UInt32(0)..<8
      where try! descriptor.script(branch: Int(branch.rawValue), index: index).scriptPubKey
        == script
      {
        return ScriptIndex(branch: branch, index: index)
      }
    }
    return nil
  }

  var reserves: ReservesFact? {
    blocks.last.map {
      ReservesFact(at: $0.point, onChain: unspent.values.reduce(0) { $0 + $1.value })
    }
  }

  func answer(_ question: DepositQuestion) -> DepositAnswer {
    guard question.at.height <= UInt32(blocks.count) else { return .notThereYet }
    let block = blocks[Int(question.at.height) - 1]
    return .block(
      hash: block.point.hash,
      transaction: block.transactions.first { $0.id == question.outpoint.transaction })
  }

  func transaction(_ id: TransactionID) -> Transaction? {
    blocks.lazy.flatMap(\.transactions).first { $0.id == id }
  }
}
