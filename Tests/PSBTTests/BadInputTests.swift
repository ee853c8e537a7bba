import Bitcoin
import PSBT
import Testing

/// Bytes that must be refused, each with its own error.
@Suite struct BadInputTests {
  /// A PSBT of one input and one output, taken apart.
  static let magic: [UInt8] = [0x70, 0x73, 0x62, 0x74, 0xFF]
  static let transaction = Transaction(
    inputs: [TransactionInput(outpoint: .null)],
    outputs: [TransactionOutput(value: 1, script: Script([0x51]))])
  static var global: [UInt8] {
    let bytes = transaction.bytesWithoutWitness
    return [1, 0, UInt8(bytes.count)] + bytes
  }

  static let rows: [(bytes: [UInt8], error: PSBTError)] = [
    ([], .noMagic), (Array(magic.dropLast()), .noMagic), (magic, .truncated),
    (magic + global, .truncated), (magic + global + [0, 0], .truncated),
    (magic + [0], .missing(.global, field: 0)), (magic + global + [0, 0, 0, 7], .trailingBytes(1)),
    (magic + global + global + [0, 0, 0], .duplicateKey(.global, key: [0])),
    // The length of a key in three bytes where one is enough, and one beyond all there is.
    (magic + [0xFD, 1, 0] + global.dropFirst() + [0, 0, 0], .truncated),
    (magic + [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], .truncated),
    (
      magic + global + [0, 1, 3, 3, 1, 0, 0, 0, 0],
      .badValue(.input(0), field: 3, reason: "3 bytes; allowed are 4")
    ),
    (
      magic + global + [1, 0xFB, 4, 1, 0, 0, 0, 0, 0, 0], .unsupportedVersion(1)
    ),
  ]

  @Test(arguments: rows)
  func `bytes that are no PSBT are refused for their own reason`(
    row: (bytes: [UInt8], error: PSBTError)
  ) throws {
    #expect(try PSBT(parsing: Self.magic + Self.global + [0, 0, 0]).inputs.count == 1)
    #expect(throws: row.error) { try PSBT(parsing: row.bytes) }
    #expect(!"\(row.error)".isEmpty)
  }

  @Test(arguments: [
    ([Int64.max, Int64.max], 1), ([-1, 0], 0), ([Consensus.maximumMoney, 1], 1),
  ])
  func `amounts that cannot exist have no fee instead of a sum that wraps`(
    amounts: [Int64], culprit: Int
  ) throws {
    var transaction = Self.transaction
    transaction.inputs = amounts.indices.map {
      TransactionInput(outpoint: Outpoint(transaction: Self.transaction.id, index: UInt32($0)))
    }
    let unsigned = try #require(UnsignedTransaction(transaction))
    var psbt = PSBT(creating: unsigned)
    for (index, amount) in amounts.enumerated() {
      try psbt.setSpentOutput(
        TransactionOutput(value: amount, script: Script([0x51])), forInput: index)
    }
    let place = amounts[0] > Consensus.maximumMoney ? 0 : culprit
    #expect(throws: PSBTError.badAmount(.input(place), value: amounts[place])) { try psbt.fee() }
  }
}
