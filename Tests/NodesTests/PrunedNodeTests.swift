import Bitcoin
import Foundation
import JSON
import Logging
import Nodes
import Testing

/// A node that deletes old blocks, beside one that has them all.
@Suite struct PrunedNodeTests {
  @Test(.enabled(if: CoreProcess.program != nil, "BITCOIND names no bitcoind"))
  func `a pruned block is missed by name and fetched from a peer`() async throws {
    let port = Int.random(in: 20000..<60000)
    let whole = try CoreProcess([
      "-bind=127.0.0.1:\(port)", "-dnsseed=0", "-fixedseeds=0",
    ])
    let pruned = try CoreProcess([
      "-prune=1", "-fastprune", "-listen=0", "-connect=127.0.0.1:\(port)",
    ])
    let peer = BitcoinNode(try whole.start(), logger: BitcoinNodeTests.logger)
    try await peer.waitUntilReady(seconds: 120)
    let node = BitcoinNode(try pruned.start(), logger: BitcoinNodeTests.logger)
    try await node.waitUntilReady(seconds: 120)
    let hashes = try await peer.generate(800, to: BitcoinNodeTests.address)
    let deadline = ContinuousClock.now + .seconds(300)
    while try await node.chainInfo().height < 800 {
      try #require(ContinuousClock.now < deadline, "the pruned node does not follow")
      try await Task.sleep(for: .milliseconds(200))
    }
    #expect(try await node.chainInfo().prunedBelow == 0)
    _ = try await node.command("pruneblockchain", [500])
    let lowest = try #require(try await node.chainInfo().prunedBelow)
    #expect((100...501).contains(lowest))
    #expect(try await peer.chainInfo().prunedBelow == nil)

    let old = hashes[4]
    await #expect(throws: NodeError.pruned(block: old.hex)) { try await node.block(old) }
    #expect(try await node.block(hashes[799]) != nil)
    let wanted = try #require(try await peer.block(old))
    // As the follower asks for it.
    #expect(try await node.answer(.askBlock(old)) == .block(wanted))
    for each in [node, peer] { _ = try await each.command("stop") }
    pruned.waitUntilExit()
    whole.waitUntilExit()
  }
}
