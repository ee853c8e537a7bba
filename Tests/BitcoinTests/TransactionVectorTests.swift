import Bitcoin
import Foundation
import TestVectors
import Testing
import Wire

@Suite struct TransactionVectorTests {
  /// One row: the transaction, what it spends, and the flags.
  private struct Row {
    let transaction: Transaction
    let spending: SpendingTransaction
    let flags: String

    init(_ json: JSONValue) throws {
      let fields = json.list
      var spent: [Outpoint: TransactionOutput] = [:]
      for field in fields[0].list.map(\.list) {
        let outpoint = Outpoint(
          transaction: try Self.id(field[0]),
          index: UInt32(truncatingIfNeeded: try field[1].number()))
        spent[outpoint] = TransactionOutput(
          value: field.count > 3 ? try field[3].number() : 0,
          script: try ScriptText.parse(try field[2].string()))
      }
      let bytes = try fields[1].bytes()
      transaction = try Transaction(parsing: bytes)
      #expect(transaction.bytes == bytes)
      spending = SpendingTransaction(
        transaction, spending: try transaction.inputs.map { try #require(spent[$0.outpoint]) })
      flags = try fields[2].string()
    }

    private static func id(_ json: JSONValue) throws -> TransactionID {
      let hex = try json.string()
      return try #require(TransactionID(hex: hex))
    }

    func isValid(_ flags: ScriptFlags) -> Bool {
      do throws(ScriptError) {
        try spending.verify(flags: flags)
        return true
      } catch {
        return false
      }
    }

    var isWellFormed: Bool { (try? transaction.check()) != nil }
  }

  @Test func `every valid transaction is valid, and its flags are as many as can be`() throws {
    var tally = VectorTally("tx_valid.json")
    for json in try JSONValue(file: "tx_valid.json", in: .module).list where json.list.count > 1 {
      let row = try Row(json)
      let excluded = try ScriptFlags(text: row.flags)
      let flags = ScriptFlags.all.subtracting(excluded)
      var isAsPublished = row.isWellFormed && flags == flags.filled && row.isValid(flags)
      for (_, flag) in ScriptFlags.names {
        isAsPublished = isAsPublished && row.isValid(flags.subtracting(flag).trimmed)
      }
      for fewer in excluded.withoutOne {
        isAsPublished = isAsPublished && !row.isValid(ScriptFlags.all.subtracting(fewer))
      }
      tally.record(isAsPublished, "\(json)")
    }
    #expect(tally.report() == [])
    #expect(tally.total == 121)
  }

  @Test func `every invalid transaction is invalid, and its flags are as few as can be`() throws {
    var tally = VectorTally("tx_invalid.json")
    for json in try JSONValue(file: "tx_invalid.json", in: .module).list where json.list.count > 1 {
      let row = try Row(json)
      guard row.isWellFormed, row.flags != "BADTX" else {
        tally.record(!row.isWellFormed && row.flags == "BADTX", "\(json)")
        continue
      }
      let flags = try ScriptFlags(text: row.flags)
      var isAsPublished = flags == flags.filled && !row.isValid(flags)
      for (_, flag) in ScriptFlags.names {
        isAsPublished = isAsPublished && !row.isValid(flags.union(flag).filled)
      }
      for fewer in flags.withoutOne { isAsPublished = isAsPublished && row.isValid(fewer) }
      tally.record(isAsPublished, "\(json)")
    }
    #expect(tally.report() == [])
    #expect(tally.total == 93)
  }
}
