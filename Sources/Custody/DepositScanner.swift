public import Bitcoin
public import Engine
import Money

/// Reads blocks and transactions for what concerns the wallet.
///
/// What a coinbase pays is no deposit: it cannot be spent for 100 blocks, and the ledger would owe
/// what it cannot pay. An output of nothing is none of our concern either.
public struct DepositScanner: Sendable {
  /// The scripts that are ours.
  public var scripts: WalletScripts
  /// Those of cold storage, if its coins are counted.
  public var cold: WalletScripts?

  /// Creates a scanner for the scripts that are ours.
  public init(scripts: WalletScripts, cold: WalletScripts? = nil) {
    self.scripts = scripts
    self.cold = cold
  }

  /// Returns what `block` brings and takes.
  ///
  /// - Parameters:
  ///   - block: A block whose proof of work and transactions a node has verified.
  ///   - height: Its height.
  ///   - owns: Whether an output is ours and unspent before this block. Outputs that the block
  ///     itself creates and spends are found without it.
  public func connecting(
    _ block: Block, height: UInt32, owns: (ChainOutpoint) -> Bool
  ) -> ConnectBlock {
    var received: [ConnectBlock.Received] = []
    var spent: [ConnectBlock.Spent] = []
    var created: Set<ChainOutpoint> = []
    for transaction in block.transactions where !transaction.isCoinbase {
      let id = transaction.id.bytes
      for input in transaction.inputs {
        let outpoint = ChainOutpoint(input.outpoint)
        guard created.contains(outpoint) || owns(outpoint) else { continue }
        spent.append(.init(outpoint: outpoint, by: id))
      }
      for each in receipts(of: transaction, id: id) {
        received.append(each)
        created.insert(each.outpoint)
      }
    }
    return ConnectBlock(
      point: ChainPoint(height: height, hash: block.hash.bytes),
      previous: block.header.previous.bytes, received: received, spent: spent)
  }

  /// Returns the commands that record what an unconfirmed `transaction` pays to deposit addresses.
  public func sightings(in transaction: Transaction) -> [Command] {
    guard !transaction.isCoinbase else { return [] }
    return receipts(of: transaction, id: transaction.id.bytes)
      .filter { $0.script.branch == .deposit }
      .map { .depositSeen(outpoint: $0.outpoint, script: $0.script, amount: $0.amount) }
  }

  private func receipts(
    of transaction: Transaction, id: [UInt8]
  ) -> [ConnectBlock.Received] {
    transaction.outputs.enumerated().compactMap { index, output in
      guard output.value > 0,
        let script = scripts.index(of: output.script)
          ?? cold?.index(of: output.script)?.inColdStorage
      else { return nil }
      return ConnectBlock.Received(
        outpoint: ChainOutpoint(transaction: id, index: UInt32(index)), script: script,
        amount: Amount(units: output.value))
    }
  }
}

extension ScriptIndex {
  /// The same place in the cold wallet.
  var inColdStorage: ScriptIndex {
    switch branch {
    case .deposit, .cold: ScriptIndex(branch: .cold, index: index)
    case .change, .coldChange: ScriptIndex(branch: .coldChange, index: index)
    }
  }
}

extension ChainOutpoint {
  /// The core's name of `outpoint`.
  public init(_ outpoint: Outpoint) {
    self.init(transaction: outpoint.transaction.bytes, index: outpoint.index)
  }
}

extension Outpoint {
  /// The chain's name of an outpoint of the core, or `nil` when its transaction is not 32 bytes.
  public init?(_ outpoint: ChainOutpoint) {
    guard let transaction = TransactionID(bytes: outpoint.transaction) else { return nil }
    self.init(transaction: transaction, index: outpoint.index)
  }
}
