import Bitcoin
import Custody
import Engine
import JSON
import Journal
import Money
import Nodes
import Operations
import Testing
import Wire

@Suite struct RotationActionsTests {
  @Test func `every coin of a former wallet is shown, with or without its transaction`()
    async throws
  {
    try await DevnetHost.run { node, _ in
      let exchange = try await TestExchange()
      let (_, address) = try await exchange.customer("alice")
      let clock = exchange.clock
      let watcher = ChainWatcher(
        node: node, second: nil, usesFilters: true, sequencer: exchange.sequencer,
        scripts: exchange.scripts, startHeight: 0, pollMilliseconds: 50, status: ChainStatus(),
        logger: DevnetHost.logger, clock: { clock.now })
      let outside = Script([0x51])
      let miner = try #require(
        Address.text(for: .payToWitnessScriptHash(of: outside), network: .regtest))
      _ = try await node.generate(101, to: miner)
      let hash = try #require(try await node.blockHash(at: 1))
      let block = try #require(try await node.block(hash))
      let script = try Address.parse(address, network: .regtest)
      try await node.send(
        Transaction(
          inputs: [
            TransactionInput(
              outpoint: Outpoint(transaction: block.transactions[0].id, index: 0),
              witness: [outside.bytes])
          ],
          outputs: [2_000_000_000, 2_999_000_000].map {
            TransactionOutput(value: $0, script: script)
          }), maxFeeRateSatsPerKvB: 0)
      _ = try await node.generate(1, to: miner)
      try await watcher.look()
      let made = try await exchange.sequencer.read { $0.ownedOutputs }
      #expect(made.count == 2)
      let rotated = try await exchange.sequencer.submit(
        .rotateWallet(WalletRotation(descriptor: "second", maximumFee: .zero)))
      #expect(rotated.refusal == nil)

      @Sendable func status(_ node: BitcoinNode) async throws -> JSON {
        try await RotationActions(
          sequencer: exchange.sequencer, node: node, scripts: exchange.scripts
        ).status()
      }
      @Sendable func check(_ found: JSON, hasTransactions: Bool) throws {
        let coins = try #require(found["coins"]?.array)
        #expect(coins.count == 2 && found["count"] == .integer(2))
        #expect(found["satoshi"] == .integer(made.reduce(0) { $0 + $1.amount.units }))
        for (coin, output) in zip(coins, made) {
          let id = try #require(TransactionID(bytes: output.outpoint.transaction))
          #expect(coin["outpoint"] == .string("\(id.hex):\(output.outpoint.index)"))
          #expect(coin["satoshi"] == .integer(output.amount.units))
          #expect(coin["payout"] == "")
          let bytes = try #require(Hex.bytes(coin["transaction"]?.string ?? "-"))
          #expect(bytes.isEmpty != hasTransactions)
          if hasTransactions { #expect(try Transaction(parsing: bytes).id == id) }
        }
      }
      try check(try await status(node), hasTransactions: true)
      // Another node has never heard of these blocks.
      try await DevnetHost.run { other, _ in
        try check(try await status(other), hasTransactions: false)
      }
    }
  }
}
