import Bitcoin
import Cryptography
import Foundation
import TestVectors
import Testing
import Wire
import Structures

@Suite struct ScriptVectorTests {
  /// One row of the file.
  private struct Row {
    var witness: [[UInt8]] = []
    var value: Int64 = 0
    var scriptSig: Script
    var condition: Script
    var flags: ScriptFlags
    var expected: String

    init(_ json: JSONValue) throws {
      var fields = json.list
      var condition: Script?
      if fields[0].isList {
        let first = fields.removeFirst().list
        value = try #require(first.last?.satoshis)
        (witness, condition) = try Row.witness(try first.dropLast().map { try $0.string() })
      }
      let texts = try fields.prefix(4).map { try $0.string() }
      scriptSig = try ScriptText.parse(texts[0])
      self.condition = try condition ?? ScriptText.parse(texts[1])
      flags = try ScriptFlags(text: texts[2])
      if flags.contains(.cleanStack) { flags = flags.filled }
      expected = texts[3]
    }

    /// Fills in the places that taproot rows leave open: a leaf with the script, under a key of
    /// which nobody knows the private key.
    private static func witness(_ elements: [String]) throws -> ([[UInt8]], Script?) {
      let internalKey = try #require(
        Hex.bytes("50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"))
      var output: (key: [UInt8], isOdd: Bool)?
      var witness: [[UInt8]] = []
      for element in elements {
        if element.hasPrefix("#SCRIPT#") {
          let leaf = try ScriptText.parse(String(element.dropFirst("#SCRIPT#".count)))
          witness.append(leaf.bytes)
          let root = Taproot.leafHash(version: Taproot.tapscriptLeafVersion, script: leaf)
          output = try Secp256k1.xOnlyTweakAdd(
            publicKey: internalKey,
            tweak: Taproot.tweak(internalKey: internalKey, merkleRoot: root))
        } else if element == "#CONTROLBLOCK#" {
          let parity: UInt8 = try #require(output).isOdd ? 1 : 0
          witness.append([Taproot.tapscriptLeafVersion | parity] + internalKey)
        } else {
          witness.append(try #require(Hex.bytes(element)))
        }
      }
      return (witness, output.map { Script.payToTaproot(outputKey: $0.key) })
    }

    /// A transaction that pays the condition and one that spends it, as the file describes.
    var spending: SpendingTransaction {
      let crediting = Transaction(
        version: 1, inputs: [TransactionInput(outpoint: .null, scriptSig: Script([0, 0]))],
        outputs: [TransactionOutput(value: value, script: condition)])
      let input = TransactionInput(
        outpoint: Outpoint(transaction: crediting.id, index: 0), scriptSig: scriptSig,
        witness: witness)
      let transaction = Transaction(
        version: 1, inputs: [input],
        outputs: [TransactionOutput(value: value, script: Script())])
      return SpendingTransaction(transaction, spending: crediting.outputs)
    }
  }

  private func verdict(_ spending: SpendingTransaction, _ flags: ScriptFlags) -> String {
    do throws(ScriptError) {
      try spending.verify(input: 0, flags: flags)
      return "OK"
    } catch {
      return error.rawValue
    }
  }

  @Test func `every script has the verdict of Bitcoin Core`() throws {
    var tally = VectorTally("script_tests.json")
    var random = SplitMix64(seed: 1)
    for json in try JSONValue(file: "script_tests.json", in: .module).list
    where json.list.count > 1 {
      let row = try Row(json)
      let spending = row.spending
      let seen = verdict(spending, row.flags)
      var isAsPublished = seen == row.expected
      // Fewer rules cannot make a good script bad, and more rules cannot make a bad one good.
      for _ in 0..<16 {
        let other = ScriptFlags(rawValue: .random(in: 0...ScriptFlags.all.rawValue, using: &random))
        let flags = row.expected == "OK" ? row.flags.subtracting(other) : row.flags.union(other)
        guard flags == flags.trimmed else { continue }
        let isStillGood = verdict(spending, flags) == "OK"
        isAsPublished = isAsPublished && isStillGood == (row.expected == "OK")
      }
      tally.record(isAsPublished, "\(json): \(seen)")
    }
    #expect(tally.report() == [])
    #expect(tally.total == 1222)
  }
}
