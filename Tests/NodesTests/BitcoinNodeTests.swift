import Bitcoin
import Foundation
import JSON
import Logging
import Nodes
import Testing
import Wire

@Suite(.serialized) struct BitcoinNodeTests {
  static let logger = Logger(label: "test")
  /// Pays anyone who knows the witness script OP_TRUE.
  static let open = Script.payToWitnessScriptHash(of: Script([0x51]))
  static let address = Address.text(for: open, network: .regtest) ?? ""

  private func client(_ endpoint: NodeEndpoint) -> BitcoinNode {
    BitcoinNode(
      endpoint, patience: .init(timeoutSeconds: 300, attempts: 2, firstPauseMilliseconds: 10),
      logger: Self.logger)
  }

  private func spend(_ outpoint: Outpoint, _ value: Int64, witness: [UInt8] = [0x51]) -> Transaction
  {
    Transaction(
      inputs: [TransactionInput(outpoint: outpoint, witness: [witness])],
      outputs: [TransactionOutput(value: value, script: Self.open)])
  }

  @Test func `every call works against a running devnet, also after kill -9`() async throws {
    let devnet = try DevnetProcess()
    func start() async throws -> BitcoinNode {
      try await devnet.start()
      return client(NodeEndpoint(url: devnet.url, authentication: .cookie(path: devnet.cookie)))
    }
    let node = try await start()
    try await makeEveryCall(node) { _ in
      devnet.kill()
      return try await start()
    }
    #expect(devnet.terminate() == 0)
    #expect(!FileManager.default.fileExists(atPath: devnet.cookie))
  }

  @Test(.enabled(if: CoreProcess.program != nil, "BITCOIND names no bitcoind"))
  func `every call works against Bitcoin Core, also after a restart`() async throws {
    let core = try CoreProcess()
    let node = client(try core.start())
    try await makeEveryCall(node) { node in
      _ = try await node.command("stop")
      core.waitUntilExit()
      return client(try core.start())
    }
  }

  private func makeEveryCall(
    _ first: BitcoinNode, restart: (BitcoinNode) async throws -> BitcoinNode
  ) async throws {
    var node = first
    try await node.waitUntilReady(seconds: 60)
    let start = try await node.checked(for: .regtest)
    #expect(start.height == 0)
    #expect(start.bestBlock.hex.hasPrefix("0f9188f1"))

    let hashes = try await node.generate(101, to: Self.address)
    #expect(hashes.count == 101)
    #expect(try await node.blockHash(at: 101) == hashes[100])
    #expect(try await node.blockHash(at: 102) == nil)
    let header = try #require(try await node.header(hashes[0]))
    #expect(header.height == 1)
    #expect(header.confirmations == 101)
    let block = try #require(try await node.block(hashes[0]))
    #expect(block.header == header.header)
    let coin = Outpoint(transaction: block.transactions[0].id, index: 0)
    let unspent = try #require(try await node.unspentOutput(coin))
    #expect(unspent.height == 1)
    #expect(unspent.isCoinbase)
    #expect(unspent.output.value == 5_000_000_000)

    let payment = spend(coin, 4_999_990_000)
    #expect(
      try await node.test(payment)
        == .allowed(fee: 10_000, virtualSize: payment.virtualSize))
    #expect(
      try await node.test(spend(coin, 5_000_000_000)) == .refused(reason: "min relay fee not met"))
    #expect(try await node.send(payment) == payment.id)
    #expect(try await node.send(payment) == payment.id)
    #expect(try await node.mempool() == [payment.id])
    let waiting = try #require(try await node.transaction(payment.id))
    #expect(waiting == TransactionInfo(transaction: payment, block: nil, confirmations: 0))
    #expect(try await node.unspentOutput(coin) == nil)
    #expect(try await node.unspentOutput(coin, includingMempool: false) != nil)

    node = try await restart(node)
    try await node.waitUntilReady(seconds: 60)
    #expect(try await node.chainInfo().bestBlock == hashes[100])
    #expect(try await node.mempool() == [payment.id])
    let next = try await node.generate(1, to: Self.address)
    let confirmed = try #require(try await node.transaction(payment.id))
    #expect(confirmed.block == next[0])
    #expect(confirmed.confirmations == 1)
    // Sent once more, it counts as sent.
    #expect(try await node.send(payment) == payment.id)
    let scan = try await node.scan([ScanRange(descriptor: "addr(\(Self.address))")])
    #expect(scan.height == 102)
    #expect(scan.block == next[0])
    #expect(scan.outputs.count == 102)
    #expect(scan.total == 102 * 5_000_000_000)
    #expect(try await node.feeRate(forConfirmationWithin: 6) == nil)
    try await compareFilters(node)
  }

  /// Every filter is the one that follows from the block, and every header from the one before.
  private func compareFilters(_ node: BitcoinNode) async throws {
    var header = FilterHeader.zero
    for height in 0...102 {
      let hash = try #require(try await node.blockHash(at: height))
      let block = try #require(try await node.block(hash))
      let answer = try #require(try await node.filter(of: hash))
      // All inputs but the coinbases' spend what pays to one script.
      let spendsOurs = block.transactions.count > 1
      let filter = BlockFilter(of: block, spending: spendsOurs ? [Self.open] : [])
      header = filter.header(after: header)
      #expect(answer.filter == filter)
      #expect(answer.header == header)
      #expect(answer.filter.matches(any: [Self.open]) == (height > 0))
    }
    let unknown = try #require(BlockHash(bytes: [UInt8](repeating: 7, count: 32)))
    #expect(try await node.filter(of: unknown) == nil)
  }

  @Test func `two nodes are told apart by their tips`() async throws {
    let (one, two) = (try DevnetProcess(), try DevnetProcess())
    var nodes: [BitcoinNode] = []
    for devnet in [one, two] {
      try await devnet.start()
      let node = client(
        NodeEndpoint(url: devnet.url, authentication: .cookie(path: devnet.cookie)))
      try await node.waitUntilReady(seconds: 60)
      nodes.append(node)
    }
    let (first, second) = (nodes[0], nodes[1])
    #expect(await first.relation(to: second) == .same)
    let hashes = try await first.generate(3, to: Self.address)
    #expect(await first.relation(to: second) == .behind(.second, blocks: 3))
    #expect(await second.relation(to: first) == .behind(.first, blocks: 3))
    for hash in hashes {
      let block = try #require(try await first.block(hash))
      _ = try await second.command("submitblock", [.string(Hex.text(block.bytes))])
    }
    #expect(await first.relation(to: second) == .same)
    // Another address, so that the blocks differ.
    let other = Script.payToWitness(version: 0, program: [UInt8](repeating: 3, count: 20))
    let address = try #require(Address.text(for: other, network: .regtest))
    _ = try await first.generate(2, to: Self.address)
    _ = try await second.generate(4, to: address)
    #expect(await first.relation(to: second) == .forked(depth: 2))
    two.kill()
    guard case .silent(.second, _) = await first.relation(to: second) else {
      Issue.record("a node that is gone is not missed")
      return
    }
  }

  @Test func `each kind of failure has its own error`() async throws {
    let devnet = try DevnetProcess()
    try await devnet.start(["--rpcuser", "alice", "--rpcpassword", "wonder:land"])
    let node = client(
      NodeEndpoint(url: devnet.url, authentication: .user("alice", password: "wonder:land")))
    try await node.waitUntilReady(seconds: 60)
    _ = try await node.generate(1, to: Self.address)
    let missing = spend(Outpoint(transaction: .zero, index: 5), 1_000_000)
    await #expect(
      throws: NodeError.rpc(code: -25, message: "bad-txns-inputs-missingorspent")
    ) { try await node.send(missing) }
    await #expect(
      throws: NodeError.rpc(code: -32601, message: "Method not found")
    ) { try await node.query("nosuchmethod") }
    let unknown = try #require(BlockHash(bytes: [UInt8](repeating: 7, count: 32)))
    #expect(try await node.block(unknown) == nil)
    #expect(try await node.header(unknown) == nil)
    #expect(try await node.transaction(missing.id) == nil)
    let stranger = client(
      NodeEndpoint(url: devnet.url, authentication: .user("alice", password: "guess")))
    let error = await #expect(throws: NodeError.self) { try await stranger.chainInfo() }
    guard case .unauthorised = error else {
      Issue.record("expected unauthorised, got \(String(describing: error))")
      return
    }
    #expect("\(NodeError.unauthorised("x"))".contains("guess") == false)
    await #expect(throws: NodeError.self) { try await node.checked(for: .mainnet) }
    #expect(devnet.terminate() == 0)
    let gone = await #expect(throws: NodeError.self) { try await node.chainInfo() }
    guard case .unreachable = gone else {
      Issue.record("expected unreachable, got \(String(describing: gone))")
      return
    }
  }

  @Test(arguments: [
    ("http://alice:secret@127.0.0.1:18443", "http://127.0.0.1:18443"),
    ("http://alice:secret@node:8332", "http://node:8332"),
  ])
  func `an address gives up its credentials`(text: String, url: String) throws {
    #expect(try NodeEndpoint(parsing: text).url == url)
  }

  @Test(arguments: ["", "127.0.0.1:18443", "https://a:b@host:1", "http://host", "http://host:1"])
  func `an address without form, port or credentials is refused`(text: String) {
    #expect(throws: NodeError.self) { try NodeEndpoint(parsing: text) }
  }

  @Test func `a follower keeps up with a running devnet through a reorganisation`() async throws {
    let devnet = try DevnetProcess()
    try await devnet.start()
    let node = client(NodeEndpoint(url: devnet.url, authentication: .cookie(path: devnet.cookie)))
    try await node.waitUntilReady(seconds: 60)
    var follower = ChainFollower()
    var chain: [BlockHash] = []
    func follow() async throws {
      var action = follower.start()
      while true {
        if let answer = try await node.answer(action) {
          action = try follower.next(after: answer)
          continue
        }
        switch action {
        case .connect(let block, let position):
          #expect(position.height == chain.count + 1)
          chain.append(block.hash)
        case .disconnect(let position): #expect(chain.removeLast() == position.hash)
        default: return
        }
        action = try follower.next(after: .done)
      }
    }
    let first = try await node.generate(5, to: Self.address)
    try await follow()
    #expect(chain == first)
    _ = try await node.command("invalidateblock", [.string(first[2].hex)])
    let second = try await node.generate(4, to: Self.address)
    try await follow()
    #expect(chain == first[..<2] + second)
    #expect(follower.tip == BlockPosition(height: 6, hash: second[3]))
    #expect(devnet.terminate() == 0)
  }
}

@Suite struct DevnetKillTests {
  @Test(arguments: UInt64(0)..<6)
  func `a kill at any moment loses no acknowledged block and invents none`(
    seed: UInt64
  ) async throws {
    let devnet = try DevnetProcess()
    try await devnet.start()
    func client() -> BitcoinNode {
      BitcoinNode(
        NodeEndpoint(url: devnet.url, authentication: .cookie(path: devnet.cookie)),
        logger: BitcoinNodeTests.logger)
    }
    var acknowledged: [BlockHash] = []
    for round in 1...3 as ClosedRange<UInt64> {
      let node = client()
      try await node.waitUntilReady(seconds: 60)
      let mining = Task {
        var hashes: [BlockHash] = []
        while let hash = try? await node.generate(1, to: BitcoinNodeTests.address).first {
          hashes.append(hash)
        }
        return hashes
      }
      try await Task.sleep(for: .milliseconds((seed &* 37 &+ round &* 61) % 150))
      devnet.kill()
      acknowledged += await mining.value
      try await devnet.start()
      try await client().waitUntilReady(seconds: 60)
      let height = try await client().chainInfo().height
      // One block may have become durable without its answer getting out.
      #expect((acknowledged.count...acknowledged.count + 1).contains(height))
      for (index, hash) in acknowledged.enumerated() {
        #expect(try await client().blockHash(at: index + 1) == hash)
      }
      if height > acknowledged.count {
        acknowledged.append(try #require(try await client().blockHash(at: height)))
      }
    }
    #expect(devnet.terminate() == 0)
  }
}
