import Bitcoin
import Cryptography
import Foundation
import Structures
import TestVectors
import Testing
import Wire

@Suite struct BlockFilterTests {
  /// One row of the published table.
  private struct Row {
    let height: Int64
    let block: Block
    let spent: [Script]
    let previous: FilterHeader
    let filter: [UInt8]
    let header: FilterHeader

    init(_ row: JSONValue) throws {
      let row = row.list
      height = try row[0].number()
      block = try Block(parsing: try row[2].bytes())
      #expect(block.hash.hex == row[1].text)
      spent = try row[3].list.map { Script(try $0.bytes()) }
      previous = try #require(FilterHeader(hex: try row[4].string()))
      filter = try row[5].bytes()
      header = try #require(FilterHeader(hex: try row[6].string()))
    }

    static func all() throws -> [Row] {
      // The first row names the columns.
      try JSONValue(file: "bip158_testnet_19.json", in: .module).list.dropFirst().map(Row.init)
    }
  }

  @Test func `filters and their headers are those of BIP-158`() throws {
    var tally = VectorTally("bip158_testnet_19.json")
    for row in try Row.all() {
      let filter = BlockFilter(of: row.block, spending: row.spent)
      let header = filter.header(after: row.previous)
      tally.record(
        filter.bytes == row.filter && header == row.header,
        "height \(row.height): \(Hex.text(filter.bytes)) \(header)")
    }
    #expect(tally.total == 10)
    #expect(tally.report() == [])
  }

  @Test func `a published filter reads back and matches every script of its block`() throws {
    for row in try Row.all() {
      let filter = try BlockFilter(parsing: row.filter, of: row.block.hash)
      #expect(filter == BlockFilter(of: row.block, spending: row.spent))
      let paid = row.block.transactions.flatMap(\.outputs).map(\.script)
      for script in paid + row.spent {
        let isIn = !script.bytes.isEmpty && !script.bytes.starts(with: [0x6A])
        #expect(filter.matches(any: [script]) == isIn)
      }
      #expect(!filter.matches(any: []))
    }
  }

  private func block(paying scripts: [Script]) -> Block {
    Block(
      header: BlockHeader(
        version: 4, previous: .zero, merkleRoot: .zero, time: 1, bits: 2, nonce: 3),
      transactions: [
        Transaction(
          inputs: [TransactionInput(outpoint: .null)],
          outputs: scripts.map { TransactionOutput(value: 1, script: $0) })
      ])
  }

  private func script(using random: inout SplitMix64) -> Script {
    .payToWitness(
      version: 0, program: (0..<32).map { _ in .random(in: 0...255, using: &random) })
  }

  @Test(arguments: UInt64(0)..<16)
  func `a filter finds its scripts among any others and seldom a foreign one`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let own = (0..<Int.random(in: 1...300, using: &random)).map { _ in script(using: &random) }
    let filter = BlockFilter(of: block(paying: own), spending: [])
    #expect(filter.count == own.count)
    #expect(try BlockFilter(parsing: filter.bytes, of: filter.block) == filter)
    let foreign = (0..<500).map { _ in script(using: &random) }
    let one = try #require(own.randomElement(using: &random))
    #expect(filter.matches(any: (foreign + [one]).shuffled(using: &random)))
    // 500 of 784 931 foreign scripts: that none matches is all but certain, and the seeds are fixed.
    #expect(!filter.matches(any: foreign))
  }

  @Test func `a filter of nothing is one byte and matches nothing`() throws {
    let filter = BlockFilter(
      of: block(paying: [Script(), Script([0x6A, 1, 2])]), spending: [Script()])
    #expect(filter.bytes == [0])
    #expect(filter.count == 0)
    #expect(!filter.matches(any: [Script(), Script([0x6A, 1, 2])]))
    #expect(try BlockFilter(parsing: [0], of: filter.block) == filter)
  }

  @Test func `bytes that are no filter are refused with the reason`() throws {
    let row = try #require(try Row.all().last)
    let whole = row.filter
    let count = BlockFilter(of: row.block, spending: row.spent).count
    func failure(_ bytes: [UInt8]) -> BlockFilterError? {
      do throws(BlockFilterError) {
        _ = try BlockFilter(parsing: bytes, of: row.block.hash)
        return nil
      } catch {
        return error
      }
    }
    #expect(failure(whole) == nil)
    #expect(failure([]) == .count(.truncated(field: "elements", at: 0)))
    #expect(failure([0xFD, 1, 0]) == .count(.nonCanonicalCount(field: "elements", at: 0)))
    #expect(
      failure([200] + whole.dropFirst()) == .tooManyElements(200, limit: (whole.count - 1) * 8 / 20)
    )
    #expect(failure([2] + [UInt8](repeating: 0xFF, count: 40)) == .badElement(at: 0, of: 2))
    #expect(failure(whole + [0]) != nil)
    #expect(failure([0, 0]) == .trailingBits(8))
    #expect(failure([1, 0, 0, 0]) == nil)
    #expect(failure([1, 0, 0, 1]) == .trailingBits(4))
    for length in 1..<whole.count {
      let cut = try #require(failure(Array(whole.prefix(length))))
      switch cut {
      case .tooManyElements(UInt64(count), _), .badElement(_, count): break
      default: Issue.record("cut to \(length): \(cut)")
      }
    }
  }

  @Test(arguments: UInt64(0)..<16)
  func `a damaged filter is refused or goes both ways`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let row = try #require(try Row.all().randomElement(using: &random))
    for _ in 0..<300 {
      var bytes = row.filter
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[.random(in: bytes.indices, using: &random)] ^=
          1
          << UInt8.random(
            in: 0..<8, using: &random)
      }
      guard let filter = try? BlockFilter(parsing: bytes, of: row.block.hash) else { continue }
      #expect(filter.bytes == bytes)
      _ = filter.matches(any: row.spent)
    }
  }
}
