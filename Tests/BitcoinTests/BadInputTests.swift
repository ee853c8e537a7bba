import Bitcoin
import Testing
import Wire

/// Bytes and texts that must be refused.
@Suite struct BadInputTests {
  /// Version, one input without scriptSig, one output, lock time: 60 bytes.
  static let transaction = Transaction(
    inputs: [TransactionInput(outpoint: .null)],
    outputs: [TransactionOutput(value: 1, script: Script())])

  @Test func `a transaction cut at any byte, or with one more, is refused`() {
    let bytes = Self.transaction.bytes
    for count in 0..<bytes.count {
      #expect(throws: BitcoinError.self) { try Transaction(parsing: Array(bytes.prefix(count))) }
    }
    #expect(throws: BitcoinError.self) { try Transaction(parsing: bytes + [0]) }
  }

  @Test(
    arguments: [
      // The count of inputs in three, five and nine bytes; more inputs than bytes; than memory.
      [0xFD, 1, 0], [0xFE, 1, 0, 0, 0], [0xFF, 1, 0, 0, 0, 0, 0, 0, 0], [2], [0xFE, 0, 0, 0, 3],
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ] as [[UInt8]])
  func `a count that is too great or not in its shortest form is refused`(count: [UInt8]) {
    let bytes = Self.transaction.bytes
    #expect(throws: BitcoinError.self) {
      try Transaction(parsing: bytes[..<4] + count + bytes[5...])
    }
  }

  @Test(arguments: [
    ("1e-9223372036854775808", nil), ("1e9223372036854775807", nil), ("1e-31", nil), ("1e31", nil),
    ("1e-8", 1), ("1e-9", nil), ("21000000", 2_100_000_000_000_000), ("99999999999999999999", nil),
    ("", nil), (".5", nil), ("5.", nil), ("0x1", nil), ("1 ", nil), ("1e", nil),
    ("-0.1", -10_000_000),
  ])
  func `an amount is read exactly or not at all`(text: String, satoshis: Int64?) {
    #expect(Bitcoins.satoshis(text) == satoshis)
  }

  @Test func `a path step that is none is named in a few words`() {
    let step = String(repeating: "é", count: 5000)
    #expect(throws: ExtendedKeyError.badPathStep(String(repeating: "é", count: 40) + "…")) {
      try DerivationPath(parsing: "m/0/\(step)/1")
    }
    let deep = Array(repeating: "0", count: 256).joined(separator: "/")
    #expect(throws: ExtendedKeyError.tooDeep) { try DerivationPath(parsing: deep) }
  }

  @Test func `text beyond any address costs nothing`() {
    let long = String(repeating: "z", count: 1 << 20)
    #expect(Base58.bytes(long) == nil)
    #expect(throws: AddressError.malformed) { try Address.parse(long, network: .mainnet) }
    #expect(throws: ExtendedKeyError.badText) { try ExtendedPublicKey(parsing: long) }
  }
}
