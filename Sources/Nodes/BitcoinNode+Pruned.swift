public import Bitcoin
import JSON

extension BitcoinNode {
  /// A block that a pruned node has deleted, fetched again from one of its peers.
  ///
  /// - Parameter seconds: How long to wait for a peer at most.
  /// - Returns: The block, checked as ``block(_:)`` checks it, or `nil` when no peer had it in time.
  public func refetchedBlock(
    _ hash: BlockHash, seconds: Int64
  ) async throws(NodeError) -> Block? {
    guard let peers = try await query("getpeerinfo").array else {
      throw .malformed("getpeerinfo answers no array")
    }
    let deadline = ContinuousClock.now + .seconds(seconds)
    for peer in peers {
      // A peer that is pruned itself announces the last blocks only.
      guard let id = peer["id"]?.integer,
        peer["servicesnames"]?.array?.contains("NETWORK") == true
      else { continue }
      do throws(NodeError) {
        _ = try await command("getblockfrompeer", [.string(hash.hex), .integer(id)])
      } catch {
        // The peer is gone, or the block is on its way already.
        guard case .rpc = error else { throw error }
      }
      let turn = min(deadline, ContinuousClock.now + .seconds(max(seconds / 4, 1)))
      while ContinuousClock.now < turn {
        do throws(NodeError) {
          return try await block(hash)
        } catch {
          guard case .pruned = error else { throw error }
        }
        guard (try? await Task.sleep(for: .milliseconds(100))) != nil else { return nil }
      }
      if ContinuousClock.now >= deadline { break }
    }
    return nil
  }
}
