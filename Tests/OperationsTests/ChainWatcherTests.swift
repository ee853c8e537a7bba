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

@Suite struct ChainWatcherTests {
  private func watcher(
    _ exchange: TestExchange, _ node: BitcoinNode, second: BitcoinNode? = nil,
    status: ChainStatus = ChainStatus(), usesFilters: Bool = true
  ) -> ChainWatcher {
    let clock = exchange.clock
    return ChainWatcher(
      node: node, second: second, usesFilters: usesFilters, sequencer: exchange.sequencer,
      scripts: exchange.scripts, startHeight: 0,
      pollMilliseconds: 50, status: status, logger: DevnetHost.logger, clock: { clock.now })
  }

  /// A wallet of the outside world: an address that anyone can spend from by revealing its script.
  private static let outside = Script([0x51])
  private static func outsideAddress() throws -> String {
    try #require(
      Address.text(for: .payToWitnessScriptHash(of: outside), network: .regtest))
  }

  /// Spends the coinbase of block `height` to `outputs`.
  private func spend(
    _ node: BitcoinNode, coinbaseAt height: Int, to outputs: [(Int64, String)]
  ) async throws -> Transaction {
    let hash = try #require(try await node.blockHash(at: height))
    let block = try #require(try await node.block(hash))
    let transaction = Transaction(
      inputs: [
        TransactionInput(
          outpoint: Outpoint(transaction: block.transactions[0].id, index: 0),
          witness: [Self.outside.bytes])
      ],
      outputs: try outputs.map {
        TransactionOutput(value: $0.0, script: try Address.parse($0.1, network: .regtest))
      })
    try await node.send(transaction, maxFeeRateSatsPerKvB: 0)
    return transaction
  }

  private func funding(_ exchange: TestExchange, _ account: AccountID) async throws -> Int64 {
    try await exchange.sequencer.read {
      $0.balance(of: account, asset: TestExchange.btc, wallet: .funding).available.units
    }
  }

  @Test func `a deposit is seen, waits for its confirmations and is credited once`() async throws {
    try await DevnetHost.run { node, _ in
      let exchange = try await TestExchange()
      let (alice, address) = try await exchange.customer("alice")
      let watcher = self.watcher(exchange, node)
      let outside = try Self.outsideAddress()
      _ = try await node.generate(101, to: outside)
      try await watcher.look()
      #expect(try await exchange.sequencer.read { $0.tip?.height } == 101)

      let value: Int64 = 4_999_000_000
      let paid = try await self.spend(node, coinbaseAt: 1, to: [(value, address)])
      try await watcher.look()
      let outpoint = ChainOutpoint(transaction: paid.id.bytes, index: 0)
      let seen = try await exchange.sequencer.read { $0.deposit(at: outpoint) }
      #expect(seen?.state == .seen)
      #expect(try await self.funding(exchange, alice) == 0)

      _ = try await node.generate(1, to: outside)
      try await watcher.look()
      #expect(try await self.funding(exchange, alice) == 0)
      _ = try await node.generate(1, to: outside)
      try await watcher.look()
      #expect(try await self.funding(exchange, alice) == value)
      try await watcher.look()
      #expect(try await self.funding(exchange, alice) == value)
    }
  }

  @Test func `a watcher that starts again resumes where the journal stands`() async throws {
    try await DevnetHost.run { node, _ in
      let exchange = try await TestExchange()
      let (alice, address) = try await exchange.customer("alice")
      let outside = try Self.outsideAddress()
      _ = try await node.generate(101, to: outside)
      try await self.watcher(exchange, node).look()
      _ = try await self.spend(node, coinbaseAt: 1, to: [(1_000_000, address)])
      _ = try await node.generate(3, to: outside)
      try await self.watcher(exchange, node).look()
      #expect(try await self.funding(exchange, alice) == 1_000_000)
      let head = exchange.sequencer.head.sequence
      try await self.watcher(exchange, node).look()
      #expect(exchange.sequencer.head.sequence == head)
    }
  }

  @Test func `a reorganisation takes an uncredited deposit back and never credits twice`()
    async throws
  {
    try await DevnetHost.run { node, _ in
      let exchange = try await TestExchange()
      let (alice, address) = try await exchange.customer("alice")
      let watcher = self.watcher(exchange, node)
      let outside = try Self.outsideAddress()
      _ = try await node.generate(101, to: outside)
      let paid = try await self.spend(node, coinbaseAt: 1, to: [(2_000_000, address)])
      let blocks = try await node.generate(1, to: outside)
      try await watcher.look()
      let outpoint = ChainOutpoint(transaction: paid.id.bytes, index: 0)
      let state = try await exchange.sequencer.read { $0.deposit(at: outpoint)?.state }
      #expect(state == .confirming(ChainPoint(height: 102, hash: blocks[0].bytes)))

      _ = try await node.command("invalidateblock", [.string(blocks[0].hex)])
      // The transaction is back in the mempool; two empty blocks outgrow the branch with it.
      for _ in 0..<2 {
        _ = try await node.command("generateblock", [.string(outside), .array([])])
      }
      try await watcher.look()
      let after = try await exchange.sequencer.read { $0.deposit(at: outpoint)?.state }
      #expect(after == .seen)
      #expect(try await self.funding(exchange, alice) == 0)
      #expect(try await exchange.sequencer.read { $0.tip?.height } == 103)

      _ = try await node.generate(2, to: outside)
      try await watcher.look()
      #expect(try await self.funding(exchange, alice) == 2_000_000)
    }
  }

  @Test func `a node that does not answer is named and waited for`() async throws {
    try await DevnetHost.run { node, host in
      let exchange = try await TestExchange()
      let watcher = self.watcher(exchange, node)
      await host.set(down: true)
      await #expect(throws: NodeError.self) { try await watcher.look() }
      await host.set(down: false)
      try await watcher.look()
      #expect(try await exchange.sequencer.read { $0.tip?.height } == 0)
    }
  }

  @Test func `reserves are compared at the books' block and close withdrawals when short`()
    async throws
  {
    try await DevnetHost.run { node, _ in
      let exchange = try await TestExchange()
      let (_, address) = try await exchange.customer("alice")
      let status = ChainStatus()
      let watcher = self.watcher(exchange, node, status: status)
      let outside = try Self.outsideAddress()
      let reconciler = Reconciler(
        node: node, sequencer: exchange.sequencer, descriptor: exchange.scripts.descriptor,
        everyBlocks: 1000, pollMilliseconds: 50, status: status, logger: DevnetHost.logger)
      _ = try await node.generate(101, to: outside)
      _ = try await self.spend(node, coinbaseAt: 1, to: [(3_000_000, address)])
      _ = try await node.generate(2, to: outside)
      #expect(try await reconciler.compare() == false)
      try await watcher.look()
      #expect(try await reconciler.compare())
      #expect(status.reading.reservesPPM == 1_000_000)
      #expect(try await exchange.sequencer.read { $0.suspensions }.isEmpty)
      let head = exchange.sequencer.head.sequence

      // The same block is compared once; a block that changes nothing is not journaled.
      #expect(try await reconciler.compare() == false)
      _ = try await node.generate(1, to: outside)
      try await watcher.look()
      #expect(try await reconciler.compare())
      #expect(exchange.sequencer.head.sequence == head + 1)

      // Books that owe a coin the chain does not have.
      let tip = try #require(try await exchange.sequencer.read { $0.tip })
      let invented = ConnectBlock.Received(
        outpoint: ChainOutpoint(transaction: [UInt8](repeating: 9, count: 32), index: 0),
        script: ScriptIndex(branch: .deposit, index: 0), amount: Amount(units: 1_000_000))
      let hashes = try await node.generate(2, to: outside)
      var previous = tip
      for (offset, hash) in hashes.enumerated() {
        let point = ChainPoint(height: tip.height + 1 + UInt32(offset), hash: hash.bytes)
        let committed = try await exchange.sequencer.submit(
          .connectBlock(
            ConnectBlock(
              point: point, previous: previous.hash, received: offset == 0 ? [invented] : [],
              spent: [])))
        #expect(committed.refusal == nil)
        previous = point
      }
      #expect(try await reconciler.compare())
      #expect(status.reading.reservesPPM == 750_000)
      let suspensions = try await exchange.sequencer.read { $0.suspensions }
      #expect(suspensions.map(\.closes) == [true])
      guard case .reservesBelowLiabilities(let owed, let covered, _)? = suspensions.first?.reason
      else {
        Issue.record("no suspension for the reserves")
        return
      }
      #expect(owed == Amount(units: 4_000_000))
      #expect(covered == Amount(units: 3_000_000))
    }
  }

  private func isClosed(_ exchange: TestExchange) async throws -> Bool {
    try await exchange.sequencer.read { !$0.suspensions.isEmpty }
  }

  @Test func `while two nodes are on two branches nothing is credited`() async throws {
    try await DevnetHost.run { node, _ in
      try await DevnetHost.run { second, _ in
        let exchange = try await TestExchange()
        let (alice, address) = try await exchange.customer("alice")
        let status = ChainStatus()
        let watcher = self.watcher(exchange, node, second: second, status: status)
        let outside = try Self.outsideAddress()
        func copy(_ hashes: [BlockHash]) async throws {
          for hash in hashes {
            let block = try #require(try await node.block(hash))
            _ = try await second.command("submitblock", [.string(Hex.text(block.bytes))])
          }
        }
        try await copy(try await node.generate(101, to: outside))
        _ = try await self.spend(node, coinbaseAt: 1, to: [(1_000_000, address)])
        try await copy(try await node.generate(1, to: outside))
        try await watcher.look()
        #expect(try await !self.isClosed(exchange))
        // The second node goes another way, two blocks deep; the deposit would be credited here.
        let own = try await node.generate(2, to: outside)
        _ = try await second.generate(2, to: address)
        try await watcher.look()
        #expect(try await self.isClosed(exchange))
        #expect(status.reading.nodesProblem == "the nodes are on two branches, 2 blocks deep")
        #expect(try await self.funding(exchange, alice) == 0)
        // The first one's branch wins on both.
        try await copy(own)
        try await copy(try await node.generate(1, to: outside))
        try await watcher.look()
        #expect(try await !self.isClosed(exchange))
        #expect(status.reading.nodesProblem == nil)
        #expect(try await self.funding(exchange, alice) == 1_000_000)
      }
    }
  }

  @Test func `a second node that is silent for long is an alarm, also after a restart`()
    async throws
  {
    try await DevnetHost.run { node, _ in
      try await DevnetHost.run { second, host in
        let exchange = try await TestExchange()
        let watcher = self.watcher(exchange, node, second: second)
        try await watcher.look()
        await host.set(down: true)
        try await watcher.look()
        #expect(try await !self.isClosed(exchange))
        exchange.clock.advance(601_000)
        try await watcher.look()
        #expect(try await self.isClosed(exchange))
        let head = exchange.sequencer.head.sequence
        try await self.watcher(exchange, node, second: second).look()
        #expect(exchange.sequencer.head.sequence == head)
        await host.set(down: false)
        try await self.watcher(exchange, node, second: second).look()
        #expect(try await !self.isClosed(exchange))
      }
    }
  }

  @Test(arguments: [true, false])
  func `filters pass over blocks and miss no deposit`(usesFilters: Bool) async throws {
    try await DevnetHost.run { node, host in
      let exchange = try await TestExchange()
      let (alice, address) = try await exchange.customer("alice")
      let outside = try Self.outsideAddress()
      _ = try await node.generate(101, to: outside)
      var paid: Int64 = 0
      for coinbase in 1...4 {
        let value = Int64(coinbase) * 1_000_000
        _ = try await self.spend(node, coinbaseAt: coinbase, to: [(value, address)])
        _ = try await node.generate(15, to: outside)
        paid += value
      }
      try await self.watcher(exchange, node, usesFilters: usesFilters).look()
      #expect(try await self.funding(exchange, alice) == paid)
      #expect(try await exchange.sequencer.read { $0.recentBlocks.count } == 162)
      let blocks = await host.count(of: "getblock")
      if usesFilters {
        // Four deposits, those near the tip, and those that this test itself reads.
        #expect(blocks < 40)
      } else {
        #expect(blocks > 160)
      }
    }
  }
}
