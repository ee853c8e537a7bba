import Bitcoin

extension BitcoinNode {
  /// Forks are measured down to this many blocks below the lower tip.
  private static let forkLimit = 300

  /// How this node's tip relates to that of `second`. What a node does not answer is part of the
  /// answer.
  public func relation(to second: BitcoinNode) async -> NodeComparison.Relation {
    let mine: ChainInfo
    do throws(NodeError) { mine = try await chainInfo() } catch {
      return .silent(.first, reason: "\(error)")
    }
    let theirs: ChainInfo
    do throws(NodeError) { theirs = try await second.chainInfo() } catch {
      return .silent(.second, reason: "\(error)")
    }
    guard mine.chain == theirs.chain else {
      return .silent(.second, reason: "it is of chain \(theirs.chain), not \(mine.chain)")
    }
    if mine.bestBlock == theirs.bestBlock { return .same }
    let lower: NodeComparison.Node = mine.height <= theirs.height ? .first : .second
    let start = min(mine.height, theirs.height)
    var asked = NodeComparison.Node.first
    do throws(NodeError) {
      for depth in 0...min(start, Self.forkLimit) {
        asked = .first
        let one = try await blockHash(at: start - depth)
        asked = .second
        let other = try await second.blockHash(at: start - depth)
        guard one == other else { continue }
        return depth == 0
          ? .behind(lower, blocks: abs(mine.height - theirs.height)) : .forked(depth: depth)
      }
      return .forked(depth: Self.forkLimit)
    } catch {
      return .silent(asked, reason: "\(error)")
    }
  }
}
