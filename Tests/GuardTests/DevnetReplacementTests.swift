// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Cryptography
import Custody
import Descriptors
import Devnet
import Engine
import Guard
import JSON
import Journal
import Money
import Testing
import Wire

/// The devnet's mempool judges what the guard builds and three signers sign: script rules, and the
/// rules of replacement.
@Suite struct DevnetReplacementTests {
  typealias K = GuardKeys

  /// A node, and the exchange that follows its blocks.
  private struct Network {
    var node = DevnetNode(startTime: 1_700_000_000)
    var now: Int64 = 1_700_000_000
    let world: GuardWorld
    private let miner = try! SecretBytes(copying: [UInt8](repeating: 0x55, count: 32))

    init() async throws {
      world = try await GuardWorld()
      try call(
        "generatetoaddress", .integer(101), .string(Address.text(for: script(), network: .regtest)!)
      )
      let payment = try funding()
      _ = try send(payment)
      _ = try mine()
      try await world.openAlice(paidBy: payment)
    }

    @discardableResult
    mutating func call(_ method: String, _ params: JSON...) throws -> JSON {
      now += 600
      return try node.call(method, .array(params), now: now)
    }

    mutating func send(_ transaction: Transaction) throws -> JSON {
      try call("sendrawtransaction", .string(Hex.text(transaction.bytes)))
    }

    mutating func mempool() throws -> Set<String> {
      Set(try #require(try call("getrawmempool").array).compactMap(\.string))
    }

    /// Mines a block and returns what it holds besides the coinbase.
    mutating func mine() throws -> [Transaction] {
      try call(
        "generatetoaddress", .integer(1), .string(Address.text(for: script(), network: .regtest)!))
      return Array(node.chain.entry(at: node.chain.height).block.transactions.dropFirst())
    }

    private func script() throws -> Script {
      .payToWitnessPublicKeyHash(of: try Secp256k1.publicKey(from: miner))
    }

    /// Pays 0.05 BTC of the first block to the wallet's first address.
    private func funding() throws -> Transaction {
      let coinbase = node.chain.entry(at: 1).block.transactions[0]
      let value = coinbase.outputs[0].value
      var transaction = Transaction(
        inputs: [TransactionInput(outpoint: Outpoint(transaction: coinbase.id, index: 0))],
        outputs: [
          TransactionOutput(
            value: 5_000_000, script: try K.descriptor.script(branch: 0, index: 0).scriptPubKey),
          TransactionOutput(value: value - 5_010_000, script: try script()),
        ])
      let key = try Secp256k1.publicKey(from: miner)
      let digest = Sighash.segwitV0(
        transaction, input: 0, scriptCode: .payToPublicKeyHash(Hash160.hash(key)), value: value,
        type: 1)
      transaction.inputs[0].witness = [try Secp256k1.signECDSA(digest, with: miner) + [1], key]
      return transaction
    }
  }

  @Test func `the node takes each dearer version in the old one's place, and pays once`()
    async throws
  {
    var network = try await Network()
    let world = network.world
    let id = try await world.withdraw(300_000)
    try await world.round()
    var versions = [try await world.signedTransaction()]
    _ = try network.send(versions[0])
    for rate in [14, 20, 27] as [Int64] {
      world.clock.advance(3_600_000)
      let command = try world.build {
        world.core.replacePayout(feeRate: FeeRate(satsPerVByte: rate)!, signers: $0)
      }.get()
      try await world.give(try #require(command))
      try await world.round()
      #expect(world.lastRefusals.isEmpty)
      let next = try await world.signedTransaction()
      _ = try network.send(next)
      #expect(try network.mempool() == ["\(next.id)"])
      let old = versions[versions.count - 1]
      #expect(throws: RPCError.self) { try network.send(old) }
      versions.append(next)
    }
    let mined = try network.mine()
    #expect(mined.map(\.id) == [versions[3].id])
    try await world.mine(mined)
    try await world.mine()
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
    for old in versions.dropLast() {
      #expect(throws: RPCError.self) { try network.send(old) }
    }
  }

  @Test func `a block with the old version ends the race`() async throws {
    var network = try await Network()
    let world = network.world
    let id = try await world.withdraw(300_000)
    try await world.round()
    let old = try await world.signedTransaction()
    _ = try network.send(old)
    world.clock.advance(3_600_000)
    let command = try world.build {
      world.core.replacePayout(feeRate: FeeRate(satsPerVByte: 25)!, signers: $0)
    }.get()
    try await world.give(try #require(command))
    try await world.round()
    let new = try await world.signedTransaction()
    // A miner had not heard of the new one.
    let mined = try network.mine()
    #expect(mined.map(\.id) == [old.id])
    #expect(throws: RPCError.self) { try network.send(new) }
    try await world.mine(mined)
    try await world.mine()
    guard case .confirmed = try await world.state(id) else {
      Issue.record("not confirmed")
      return
    }
    #expect(try await world.withdrawal(id).transaction == old.id.bytes)
    #expect(try await world.sequencer.read { $0.suspensions.isEmpty })
  }
}
