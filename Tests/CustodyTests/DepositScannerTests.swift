import Bitcoin
import Cryptography
import Custody
import Descriptors
import Engine
import Money
import Testing

@Suite struct DepositScannerTests {
  private let scanner: DepositScanner
  private let deposit: Script
  private let change: Script
  private let foreign = Script.payToWitness(version: 0, program: [UInt8](repeating: 9, count: 20))

  init() throws {
    let scripts = try WalletScripts(descriptor: TestWallet.descriptor(), lookAhead: 4)
    scanner = DepositScanner(scripts: scripts)
    deposit = try scripts.derived(at: ScriptIndex(branch: .deposit, index: 2)).scriptPubKey
    change = try scripts.derived(at: ScriptIndex(branch: .change, index: 1)).scriptPubKey
  }

  private func transaction(
    spending inputs: [Outpoint], paying outputs: [(Int64, Script)]
  ) -> Transaction {
    Transaction(
      inputs: inputs.map { TransactionInput(outpoint: $0) },
      outputs: outputs.map { TransactionOutput(value: $0.0, script: $0.1) })
  }

  private func outpoint(_ seed: UInt8, _ index: UInt32 = 0) throws -> Outpoint {
    Outpoint(
      transaction: try #require(TransactionID(bytes: [UInt8](repeating: seed, count: 32))),
      index: index)
  }

  private func block(_ transactions: [Transaction]) throws -> Block {
    Block(
      header: BlockHeader(
        version: 4, previous: try #require(BlockHash(bytes: [UInt8](repeating: 7, count: 32))),
        merkleRoot: try #require(Digest256([UInt8](repeating: 0, count: 32))), time: 1, bits: 2,
        nonce: 3),
      transactions: transactions)
  }

  @Test func `a block brings deposits and change in the order of the chain`() throws {
    let first = transaction(
      spending: [try outpoint(1)], paying: [(50, foreign), (1000, deposit), (30, change)])
    let second = transaction(spending: [try outpoint(2)], paying: [(7, deposit)])
    let block = try block([first, second])
    let found = scanner.connecting(block, height: 12) { _ in false }
    #expect(found.point == ChainPoint(height: 12, hash: block.hash.bytes))
    #expect(found.previous == [UInt8](repeating: 7, count: 32))
    #expect(
      found.received == [
        .init(
          outpoint: ChainOutpoint(transaction: first.id.bytes, index: 1),
          script: ScriptIndex(branch: .deposit, index: 2), amount: Amount(units: 1000)),
        .init(
          outpoint: ChainOutpoint(transaction: first.id.bytes, index: 2),
          script: ScriptIndex(branch: .change, index: 1), amount: Amount(units: 30)),
        .init(
          outpoint: ChainOutpoint(transaction: second.id.bytes, index: 0),
          script: ScriptIndex(branch: .deposit, index: 2), amount: Amount(units: 7)),
      ])
    #expect(found.spent.isEmpty)
  }

  @Test func `a block takes only coins that are ours`() throws {
    let ours = try outpoint(3, 1)
    let spend = transaction(spending: [try outpoint(4), ours], paying: [(1, foreign)])
    let found = scanner.connecting(try block([spend]), height: 1) { $0 == ChainOutpoint(ours) }
    #expect(found.spent == [.init(outpoint: ChainOutpoint(ours), by: spend.id.bytes)])
    #expect(found.received.isEmpty)
  }

  @Test func `a coin created and spent in one block is seen both ways`() throws {
    let create = transaction(spending: [try outpoint(1)], paying: [(1000, deposit)])
    let created = Outpoint(transaction: create.id, index: 0)
    let spend = transaction(spending: [created], paying: [(900, foreign)])
    let found = scanner.connecting(try block([create, spend]), height: 1) { _ in false }
    #expect(found.received.map(\.outpoint) == [ChainOutpoint(created)])
    #expect(found.spent == [.init(outpoint: ChainOutpoint(created), by: spend.id.bytes)])
  }

  @Test func `a coinbase is no deposit`() throws {
    let coinbase = transaction(spending: [.null], paying: [(5_000_000_000, deposit)])
    #expect(scanner.connecting(try block([coinbase]), height: 1) { _ in false }.received.isEmpty)
    #expect(scanner.sightings(in: coinbase).isEmpty)
  }

  @Test func `an output of nothing is no deposit`() throws {
    let empty = transaction(spending: [try outpoint(1)], paying: [(0, deposit)])
    #expect(scanner.connecting(try block([empty]), height: 1) { _ in false }.received.isEmpty)
    #expect(scanner.sightings(in: empty).isEmpty)
  }

  @Test func `an unconfirmed transaction shows deposits but not change`() throws {
    let seen = transaction(spending: [try outpoint(1)], paying: [(30, change), (1000, deposit)])
    #expect(
      scanner.sightings(in: seen) == [
        .depositSeen(
          outpoint: ChainOutpoint(transaction: seen.id.bytes, index: 1),
          script: ScriptIndex(branch: .deposit, index: 2), amount: Amount(units: 1000))
      ])
  }

  @Test func `outpoints translate both ways`() throws {
    let point = try outpoint(5, 9)
    #expect(Outpoint(ChainOutpoint(point)) == point)
    #expect(Outpoint(ChainOutpoint(transaction: [1, 2], index: 0)) == nil)
  }
}
