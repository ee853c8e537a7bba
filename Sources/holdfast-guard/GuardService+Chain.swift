import Bitcoin
import Custody
import Engine
import Guard
import Logging
import Nodes

extension GuardService {
  /// Looks whether both nodes show the same chain. Until they do nothing leaves.
  func compareNodes() async {
    guard let second else { return }
    let relation = await node.relation(to: second)
    let doubt: ChainDoubt? =
      switch comparison.judge(relation, at: start.duration(to: .now).milliseconds) {
      case .agreed: nil
      case .waiting: .unsettled
      case .alarm(let problem): .alarm(problem)
      }
    if case .alarm(let problem) = doubt, core.doubt != doubt {
      logger.critical(
        "the guard's nodes differ; nothing leaves", metadata: ["problem": "\(problem)"])
    } else if doubt == nil, case .alarm = core.doubt {
      logger.notice("the guard's nodes agree again")
    }
    core.learn(doubt)
  }

  func learnFromChain() async throws(Interruption) {
    // One block and one transaction may have made hundreds of them.
    var seen = SeenDeposits()
    for question in core.depositQuestions {
      let answer: DepositAnswer
      do throws(NodeError) { answer = try await self.answer(question, &seen) } catch {
        throw .elsewhere("the guard's node: \(error)")
      }
      try own { () throws(GuardError) in try core.learn(answer, to: question) }
      if let reason = core.halted {
        logger.critical("the guard has stopped itself", metadata: ["reason": "\(reason)"])
        return
      }
    }
    if core.wantsReserves {
      core.learn(try await ask { () async throws(NodeError) in try await reserves() })
    }
  }

  private func ask<T: Sendable>(
    _ question: () async throws(NodeError) -> T
  ) async throws(Interruption) -> T {
    do { return try await question() } catch {
      throw .elsewhere("the guard's node: \(error)")
    }
  }

  /// What the node answered in this round.
  private struct SeenDeposits {
    var blocks: [UInt32: BlockHash] = [:]
    /// By the height of the block that they are in.
    var transactions: [UInt32: [TransactionID: Transaction]] = [:]
  }

  private func answer(
    _ question: DepositQuestion, _ seen: inout SeenDeposits
  ) async throws(NodeError) -> DepositAnswer {
    let height = question.at.height
    if seen.blocks[height] == nil {
      seen.blocks[height] = try await node.blockHash(at: Int(height))
    }
    guard let block = seen.blocks[height] else { return .notThereYet }
    guard block.bytes == question.at.hash else {
      return .block(hash: block.bytes, transaction: nil)
    }
    let id = question.outpoint.transaction
    if seen.transactions[height]?[id] == nil {
      seen.transactions[height, default: [:]][id] =
        try await node.transaction(id, in: block)?.transaction
    }
    return .block(hash: block.bytes, transaction: seen.transactions[height]?[id])
  }

  /// What the node shows of the wallet, as far as places were handed out and some beyond.
  private func reserves() async throws(NodeError) -> ReservesFact {
    let beyond: UInt32 = 100
    let exchange = core.exchange
    var ranges: [ScanRange] = []
    let counts = [exchange.nextDepositIndex, exchange.nextChangeIndex]
    let branches = (try? core.walletBranches) ?? []
    for (branch, count) in zip(branches, counts) {
      ranges.append(ScanRange(descriptor: branch, indices: 0...(count + beyond)))
    }
    for (branch, end) in (try? core.formerBranches) ?? [] {
      ranges.append(ScanRange(descriptor: branch, indices: 0...(end - 1)))
    }
    for (branch, end) in (try? core.coldBranches) ?? [] {
      ranges.append(ScanRange(descriptor: branch, indices: 0...(end + beyond)))
    }
    let scan = try await node.scan(ranges)
    return ReservesFact(
      at: ChainPoint(height: UInt32(scan.height), hash: scan.block.bytes), onChain: scan.total)
  }

  /// Returns a block of the guard's own node; `nil` when the node has another one there, or has deleted
  /// it.
  func block(at point: ChainPoint) async throws(Interruption) -> Block? {
    guard let hash = try await hash(at: point.height), hash.bytes == point.hash else { return nil }
    do throws(NodeError) { return try await node.block(hash) } catch {
      if case .pruned = error { return nil }
      throw .elsewhere("the guard's node: \(error)")
    }
  }

  func header(at height: UInt32) async throws(Interruption) -> BlockHeader? {
    guard let hash = try await hash(at: height) else { return nil }
    return try await ask { () async throws(NodeError) in try await node.header(hash)?.header }
  }

  private func hash(at height: UInt32) async throws(Interruption) -> BlockHash? {
    try await ask { () async throws(NodeError) in try await node.blockHash(at: Int(height)) }
  }

  /// Returns the transaction that made `coin`.
  func transaction(of coin: OwnedOutput) async throws(Interruption) -> Transaction {
    guard let id = TransactionID(bytes: coin.outpoint.transaction) else {
      throw .elsewhere("a coin's transaction has no id")
    }
    if let transaction = previous[id] ?? core.ownTransaction(id) { return transaction }
    let found = try await ask { () async throws(NodeError) in
      guard let block = try await node.blockHash(at: Int(coin.height)) else {
        return Transaction?.none
      }
      return try await node.transaction(id, in: block)?.transaction
    }
    guard let found else {
      throw .elsewhere("the guard's node does not have a coin's transaction")
    }
    if previous.count >= 1_000 { previous = [:] }
    previous[id] = found
    return found
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
