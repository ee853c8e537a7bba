import Bitcoin
import Devnet
import JSON
import Testing
import Wire

@Suite struct ReorganisationTests {
  @Test func `transactions of a block marked invalid return to the mempool`() throws {
    var fixture = try Fixture()
    let payment = try fixture.payment(1_000_000)
    _ = try fixture.send(payment)
    let before = try fixture.call("gettxoutsetinfo")
    let block = try fixture.mine(1)[0]
    #expect(try fixture.mempool().isEmpty)
    _ = try fixture.call("invalidateblock", .string(block))
    #expect(try fixture.call("gettxoutsetinfo") == before)
    #expect(try fixture.mempool() == [payment.id.hex])
    #expect(try fixture.call("getblockheader", .string(block))["confirmations"] == -1)
    _ = try fixture.call("reconsiderblock", .string(block))
    #expect(try fixture.call("getbestblockhash") == .string(block))
    #expect(try fixture.mempool().isEmpty)
  }

  @Test func `a longer branch wins, and its spend of a coin beats the other`() throws {
    var fixture = try Fixture()
    var rival = fixture
    let ours = try fixture.payment(1_000_000)
    let theirs = try fixture.payment(2_000_000)
    _ = try fixture.send(ours)
    let first = try fixture.mine(1)[0]
    _ = try rival.send(theirs)
    try rival.mine(2)
    let heights = [102, 103]
    let blocks = heights.map { rival.node.chain.entry(at: $0).block }
    let texts = blocks.map { JSON.string(Hex.text($0.bytes)) }
    #expect(try fixture.call("submitblock", texts[0]) == "inconclusive")
    #expect(try fixture.call("getbestblockhash") == .string(first))
    #expect(try fixture.call("submitblock", texts[1]) == .null)
    #expect(try fixture.call("getbestblockhash") == .string(blocks[1].hash.hex))
    #expect(try fixture.call("submitblock", texts[1]) == "duplicate")
    #expect(try fixture.mempool().isEmpty)
    #expect(try fixture.call("gettxoutsetinfo") == rival.call("gettxoutsetinfo"))
    #expect(fixture.refusal(ours)?.message == "bad-txns-inputs-missingorspent")
  }

  @Test func `a branch with a bad block is left for the best good one`() throws {
    var fixture = try Fixture()
    var rival = fixture
    let first = try fixture.mine(1)[0]
    rival.now += 7
    try rival.mine(1)
    // The second block of the rival branch pays its miner too much, which shows on connecting it.
    var greedy = rival.node.chain.tip.block
    let good = JSON.string(Hex.text(greedy.bytes))
    rival.now += 600
    let mined = try rival.call("generateblock", .string(rival.miner.address), [], false)
    let text = try #require(mined["hex"]?.string)
    greedy = try Block(parsing: try #require(Hex.bytes(text)))
    greedy.transactions[0].outputs[0].value += 1
    greedy = try resolved(greedy)
    #expect(try fixture.call("submitblock", good) == "inconclusive")
    #expect(
      try fixture.call("submitblock", .string(Hex.text(greedy.bytes))) == "bad-cb-amount")
    #expect(try fixture.call("getbestblockhash") == .string(first))
    #expect(
      try fixture.call("submitblock", .string(Hex.text(greedy.bytes))) == "duplicate-invalid")
  }

  @Test func `a block mined again after it was marked invalid is another block`() throws {
    var fixture = try Fixture()
    let first = try fixture.mine(1)[0]
    _ = try fixture.call("invalidateblock", .string(first))
    fixture.now -= 600
    let second = try fixture.mine(1)[0]
    #expect(first != second)
    #expect(try fixture.call("getblockcount") == 102)
  }

  /// A block whose header fits its transactions again.
  private func resolved(_ block: Block) throws -> Block {
    var block = block
    let root = block.merkleRoot.root
    var bytes = block.header.bytes
    bytes.replaceSubrange(36..<68, with: root)
    block.header = try BlockHeader(parsing: bytes)
    while !block.header.hasProofOfWork { block.header.nonce += 1 }
    return block
  }
}
