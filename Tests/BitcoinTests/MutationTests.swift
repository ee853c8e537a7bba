import Bitcoin
import Cryptography
import Foundation
import TestVectors
import Testing
import Wire
import Structures

/// Damaged input is refused or read as something else, but never stops the process.
@Suite struct MutationTests {
  /// Returns `bytes` with some of them changed, taken out, doubled or cut off.
  private func mutate(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      guard !bytes.isEmpty else { return bytes }
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[place] = .random(in: 0...255, using: &random)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: bytes.remove(at: place)
      case 3: bytes.insert(.random(in: 0...255, using: &random), at: place)
      case 4: bytes.removeLast(min(bytes.count, Int.random(in: 1...16, using: &random)))
      default:
        bytes[place] = [0, 1, 0x7F, 0x80, 0xFD, 0xFE, 0xFF].randomElement(using: &random) ?? 0
      }
    }
    return bytes
  }

  private static let transactions: [[UInt8]] = {
    guard let rows = try? JSONValue(file: "tx_valid.json", in: .module).list else { return [] }
    return rows.compactMap { row in
      row.list.count > 1 ? row.list[1].text.flatMap { Hex.bytes($0) } : nil
    }
  }()

  @Test(arguments: UInt64(0)..<16)
  func `a damaged transaction is refused or goes both ways`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let source = Self.transactions
    #expect(source.count == 121)
    var accepted = 0
    for _ in 0..<400 {
      let bytes = mutate(try #require(source.randomElement(using: &random)), using: &random)
      guard let transaction = try? Transaction(parsing: bytes) else { continue }
      accepted += 1
      // Without inputs, the bytes say something else; see `init(parsingWithoutWitness:)`.
      if !transaction.inputs.isEmpty { #expect(transaction.bytes == bytes) }
      _ = try? transaction.check()
      _ = (transaction.weight, transaction.id, transaction.witnessID)
    }
    // Both ways are really taken.
    #expect((1..<400).contains(accepted))
  }

  @Test(arguments: UInt64(0)..<16)
  func `a damaged block is refused or goes both ways`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let transactions = try (0..<5).map { _ in
      try Transaction(parsing: try #require(Self.transactions.randomElement(using: &random)))
    }
    let header = BlockHeader(
      version: 1, previous: .zero, merkleRoot: .zero, time: 1, bits: 0x207F_FFFF, nonce: 0)
    let whole = Block(header: header, transactions: transactions)
    #expect(try Block(parsing: whole.bytes) == whole)
    for _ in 0..<200 {
      let bytes = mutate(whole.bytes, using: &random)
      guard let block = try? Block(parsing: bytes) else { continue }
      if block.transactions.allSatisfy({ !$0.inputs.isEmpty }) { #expect(block.bytes == bytes) }
      _ = (block.merkleRoot, block.hasValidWitnessCommitment, block.header.hasProofOfWork)
    }
  }

  @Test(arguments: UInt64(0)..<32)
  func `a damaged or random script has a verdict under any rules`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<150 {
      let bytes = mutate(
        try #require(Self.transactions.randomElement(using: &random)), using: &random)
      let noise = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        // Mostly operations and short pushes, so that scripts get somewhere.
        UInt8.random(in: 0...0xBA, using: &random) | (Bool.random(using: &random) ? 0x50 : 0)
      }
      let script = Script(noise)
      _ = (script.assembly, script.standardKind, script.signatureOperationCount(accurate: true))
      let conditions = [
        script, .payToScriptHash(of: script), .payToWitnessScriptHash(of: script),
        .payToTaproot(outputKey: [UInt8](repeating: 2, count: 32)),
      ]
      let condition = try #require(conditions.randomElement(using: &random))
      var sig = Script()
      for _ in 0..<4 {
        sig.append(push: Array(bytes.prefix(Int.random(in: 0...80, using: &random))))
      }
      if condition.scriptHash != nil { sig.append(push: noise) }
      let isWitness = condition.witnessProgram != nil
      let input = TransactionInput(
        outpoint: .null, scriptSig: isWitness ? Script() : sig,
        witness: isWitness ? [bytes, [1], [], noise] : [])
      let output = TransactionOutput(value: 1, script: condition)
      let spending = SpendingTransaction(
        Transaction(inputs: [input], outputs: [output]), spending: [output])
      let flags = ScriptFlags(rawValue: .random(in: 0...ScriptFlags.all.rawValue, using: &random))
      _ = try? spending.verify(flags: flags.filled)
      _ = try? spending.verify(flags: .standard)
    }
  }

  @Test(arguments: UInt64(0)..<16)
  func `a damaged address is refused or is another address`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let valid = [
      "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "2MxFajLApXpYk4VodBSZSt7rw8y4ryABkfA",
      "n4fajahJrAuKbN7uNsKjLjQkz9Qn5ewJXQ",
    ]
    for _ in 0..<300 {
      let source = try #require(valid.randomElement(using: &random))
      let text = String(decoding: mutate(Array(source.utf8), using: &random), as: UTF8.self)
      guard let script = try? Address.parse(text, network: .regtest) else { continue }
      #expect(Address.text(for: script, network: .regtest)?.lowercased() == text.lowercased())
    }
  }

  @Test(arguments: UInt64(0)..<8)
  func `random text is no address and no key`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let text = String(decoding: bytes, as: UTF8.self)
      #expect((try? Address.parse(text, network: .mainnet)) == nil)
      #expect(PrivateKeyText.parse(text, network: .mainnet) == nil)
      #expect(Base58.bytes(Base58.text(bytes)) == bytes)
    }
  }
}
