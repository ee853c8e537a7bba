import Bitcoin

extension BitcoinNode {
  /// Carries out the questions of a ``ChainFollower``.
  ///
  /// - Returns: The answer, or `nil` for an action that is the caller's own: to connect, to
  ///   disconnect, or to wait.
  public func answer(
    _ action: ChainFollower.Action
  ) async throws(NodeError) -> ChainFollower.Answer? {
    switch action {
    case .askTip:
      let info = try await chainInfo()
      return .tip(
        BlockPosition(height: info.height, hash: info.bestBlock), isSyncing: info.isInitialDownload)
    case .askPlace(let hash):
      guard let header = try await header(hash) else { return .place(.unknown) }
      return .place(header.confirmations > 0 ? .active : .stale)
    case .askHash(let height): return .hash(try await blockHash(at: height))
    case .askBlock(let hash): return .block(try await block(hash))
    case .connect, .disconnect, .wait: return nil
    }
  }
}
