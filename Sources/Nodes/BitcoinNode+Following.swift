import Bitcoin

extension BitcoinNode {
  /// Seconds that a peer has to send a block that this node has pruned.
  private static let refetchSeconds: Int64 = 60

  /// Carries out the questions of a ``ChainFollower``. A block that a pruned node has deleted is
  /// fetched from its peers.
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
    case .askBlock(let hash):
      do throws(NodeError) {
        return .block(try await block(hash))
      } catch {
        guard case .pruned = error,
          let block = try await refetchedBlock(hash, seconds: Self.refetchSeconds)
        else { throw error }
        return .block(block)
      }
    case .connect, .pass, .disconnect, .wait: return nil
    }
  }
}
