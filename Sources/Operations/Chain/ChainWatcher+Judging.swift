import Engine
import Journal
import Logging
import Money
import Nodes

// Whether there is one chain to believe.

extension ChainWatcher {
  /// How the node relates to the second one; `nil` without a second.
  func relation() async -> NodeComparison.Relation? {
    guard let second else { return nil }
    return await node.relation(to: second)
  }

  /// Judges a relation, and raises or ends the alarm; what is not certain yet changes nothing.
  ///
  /// - Parameter mayEnd: Whether agreement ends the alarm. Not before the blocks were followed.
  func judge(_ relation: NodeComparison.Relation, mayEnd: Bool) async throws {
    if comparison == nil {
      let isAlarmed = try await sequencer.read { $0.isClosedByChain }
      comparison = NodeComparison(tolerance: tolerance, isAlarmed: isAlarmed)
    }
    switch comparison?.judge(relation, at: clock().milliseconds) {
    case .agreed: if mayEnd { try await report(nil) }
    case .alarm(let problem): try await report(problem)
    case .waiting, nil: break
    }
  }

  /// Journals the begin or the end of an alarm; what stands already is not repeated.
  func report(_ problem: String?) async throws {
    let (asset, isAlarmed) = try await sequencer.read { ($0.bitcoinAsset(), $0.isClosedByChain) }
    status.update { $0.nodesProblem = problem }
    guard let asset, isAlarmed != (problem != nil) else { return }
    // The core takes 512 bytes.
    let text = problem.map { String($0.prefix(120)) }
    if let refusal = try await sequencer.submit(.chainJudged(asset: asset, problem: text)).refusal {
      logger.warning("a judgement of the chain was refused", metadata: ["reason": "\(refusal)"])
      return
    }
    if let problem {
      logger.critical(
        "the chain is not certain; deposits wait and withdrawals close",
        metadata: ["problem": "\(problem)"])
    } else {
      logger.notice("the chain is certain again")
    }
  }
}

extension Exchange {
  /// Whether the chain was judged not to be certain.
  fileprivate var isClosedByChain: Bool {
    suspensions.contains { suspension in
      if case .chainUnreliable = suspension.reason { true } else { false }
    }
  }
}
