import Airgap
import Structures
import Testing
import Wire

@Suite struct FrameTests {
  @Test(arguments: UInt64(0)..<12)
  func `a message comes through whichever frames are lost, repeated or out of order`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let bytes = (0..<Int.random(in: 1...3000, using: &random)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
    let message = try CarriedMessage(.psbt, bytes)
    for carrier in Carrier.allCases {
      var sender = try FrameSender(
        message, carrier: carrier, version: .random(in: 5...20, using: &random))
      var receiver = FrameReceiver()
      var shown = 0
      while try receiver.message() == nil, shown < 200 * sender.count + 200 {
        let frame = sender.next()
        shown += 1
        #expect(try QRSymbol(frame).width <= 17 + 4 * sender.version, "seed \(seed)")
        if Bool.random(using: &random) { try receiver.add(frame) }
      }
      #expect(try receiver.message() == message, "seed \(seed), \(carrier)")
      #expect(try receiver.message()?.checkWords == message.checkWords, "seed \(seed)")
    }
  }

  @Test func `check words are the first 44 bits of the digest in words of BIP-39`() {
    // SHA-256 of nothing begins e3b0c44298fc: 11100011101 10000110001 00010000101 00110001111.
    #expect(CheckWords(of: []).words == ["together", "mail", "awful", "cradle"])
    #expect(CheckWords(of: [0]).words != CheckWords(of: [1]).words)
    #expect(CheckWords(of: [7]).words.count == 4)
  }

  @Test func `the table of capacities is that of the symbols`() throws {
    for version in 1...40 {
      let capacity = QRSymbol.alphanumericCapacity(version: version)
      #expect(try QRSymbol(String(repeating: "A", count: capacity)).width == 17 + 4 * version)
      guard version < 40 else { continue }
      #expect(
        try QRSymbol(String(repeating: "A", count: capacity + 1)).width == 21 + 4 * version)
    }
    #expect(throws: AirgapError.symbolTooLarge(count: 4297)) {
      try QRSymbol(String(repeating: "A", count: 4297))
    }
  }

  @Test(arguments: [
    ("hello", AirgapError.notAFrame("hello")),
    ("", .notAFrame("")),
    ("B$ZP0101", .truncated("BBQr header", offset: 8)),
    ("B$QP0100AA", .badField("BBQr encoding", reason: "none of H, 2 and Z")),
    ("B$H!0100AA", .badField("BBQr file type", reason: "none of P, T, J, C, U, B and X")),
    ("B$HP0000AA", .badField("BBQr total", reason: "it is 0")),
    ("B$HP0101AA", .badField("BBQr index", reason: "1 is not below the total of 1")),
    ("B$HP0a00AA", .badCharacter("BBQr total", offset: 1)),
    ("B$HP0100AG", .badCharacter("BBQr part 0", offset: 1)),
    ("B$HP0100AAA", .badField("BBQr part 0", reason: "an odd number of hexadecimal digits")),
    (
      "B$2P0200AAAA",
      .badField("BBQr part 0", reason: "it ends inside a byte and is not the last")
    ),
    ("B$2P0100A1", .badCharacter("BBQr part 0", offset: 1)),
    ("B$2P0100AB", .notMinimal("BBQr part 0", offset: 1)),
    (
      "B$2P0100AAA",
      .badField("BBQr part 0", reason: "3 characters of Base32 are no whole bytes")
    ),
    ("ur:bytes", .badField("UR", reason: "1 fields, not a type, perhaps a part, and data")),
    (
      "ur:by_tes/aeadaolazmjendeoti",
      .badField("UR type", reason: "not letters, digits and hyphens")
    ),
    ("ur:bytes/aeadaolazmjendeotx", .badCharacter("bytewords", offset: 16)),
    ("ur:bytes/aeadaolazmjendeoae", .badChecksum("bytewords")),
    ("ur:bytes/aeadaolazmjendeot", .truncated("bytewords", offset: 16)),
    (
      "ur:bytes/01-9/aeadaolazmjendeoti",
      .badField("UR sequence", reason: "not two numbers such as 7-9")
    ),
    ("ur:bytes/1-9/aeadaolazmjendeoti", .badField("UR part, array", reason: "CBOR type 0, not 4")),
  ])
  func `a frame that is none is refused by its fault`(text: String, error: AirgapError) {
    var receiver = FrameReceiver()
    #expect(throws: error) { try receiver.add(text) }
  }

  private static func resource(_ hex: String) throws -> CarriedMessage {
    let bytes = try #require(Hex.bytes(hex))
    return try UniformResource(parsing: "ur:bytes/" + Bytewords.text(bytes, style: .minimal))
      .message()
  }

  @Test(arguments: [
    ("5800", AirgapError.notMinimal("ur:bytes, byte string", offset: 0)),
    ("580101", .notMinimal("ur:bytes, byte string", offset: 0)),
    ("59010001", .truncated("ur:bytes, byte string", offset: 4)),
    ("4101ff", .trailing("ur:bytes", count: 1)),
    ("5f4101ff", .badField("ur:bytes, byte string", reason: "an indefinite or reserved length")),
    ("6101", .badField("ur:bytes, byte string", reason: "CBOR type 3, not 2")),
    ("d99d764101", .badField("ur:bytes, byte string", reason: "CBOR type 6, not 2")),
    ("5bffffffffffffffff", .truncated("ur:bytes, byte string", offset: 9)),
    ("40", .badField("message", reason: "it is empty")),
  ])
  func `CBOR is refused unless it is one byte string in its shortest form`(
    hex: String, error: AirgapError
  ) throws {
    #expect(throws: error) { try Self.resource(hex) }
  }

  @Test func `frames of two messages do not mix`() throws {
    let first = try CarriedMessage(.psbt, [UInt8](repeating: 1, count: 3000))
    let second = try CarriedMessage(.psbt, (0..<3000).map { UInt8($0 % 251) })
    for carrier in Carrier.allCases {
      var one = try FrameSender(first, carrier: carrier, version: 5)
      var other = try FrameSender(second, carrier: carrier, version: 6)
      var receiver = FrameReceiver()
      try receiver.add(one.next())
      let foreign = other.next()
      #expect(throws: AirgapError.self) { try receiver.add(foreign) }
    }
    var receiver = FrameReceiver()
    try receiver.add("B$HP0200AA")
    #expect(throws: AirgapError.contradiction(part: 0)) { try receiver.add("B$HP0200AB") }
    #expect(throws: AirgapError.foreignFrame("total")) { try receiver.add("B$HP0301AB") }
    #expect(throws: AirgapError.foreignFrame("file type")) { try receiver.add("B$HT0201AB") }
    #expect(throws: AirgapError.foreignFrame("encoding")) { try receiver.add("B$2P0201AE") }
    #expect(throws: AirgapError.foreignFrame("carrier")) {
      try receiver.add("ur:bytes/aeadaolazmjendeoti")
    }
    try receiver.add("B$HP0201CCDD")
    #expect(throws: AirgapError.badField("BBQr part 1", reason: "its length is not that of part 0"))
    { try receiver.message() }
  }

  @Test func `compressed data that grows without end or is damaged is refused`() throws {
    let huge = [UInt8](repeating: 0, count: CarriedMessage.maximumCount)
    var joiner = BBQrJoiner()
    for part in try BBQr.parts(of: try CarriedMessage(.binary, huge), encoding: .zlib) {
      try joiner.add(part)
    }
    #expect(try joiner.message().bytes == huge)
    #expect(throws: AirgapError.self) { try Deflate.unpacked(Deflate.packed(huge), limit: 1000) }
    let packed = Deflate.packed(Array("down the rabbit hole".utf8))
    #expect(throws: AirgapError.badCompression) {
      try Deflate.unpacked(Array(packed.dropLast()), limit: 1000)
    }
    #expect(throws: AirgapError.trailing("compressed data", count: 1)) {
      try Deflate.unpacked(packed + [0], limit: 1000)
    }
    #expect(throws: AirgapError.self) {
      try CarriedMessage(.binary, huge + [0])
    }
  }
}
