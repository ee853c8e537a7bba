import Journal
import Structures
import Testing
import Wire

@Suite struct BatchFrameTests {
  private let frame = BatchFrame(
    sequence: 7, term: 3, previous: Array(0..<32), entryCount: 2,
    payload: Array("three small words, 24 by".utf8), eventsDigest: Array(32..<48))

  /// Put together with Python's struct and hashlib from the table in `BatchHeader`.
  @Test func `a batch has the documented bytes`() {
    #expect(
      Hex.text(frame.bytes)
        == """
        48464a320200000007000000000000000300000000000000000102030405060708090a0b0c0d0e0f1011121314\
        15161718191a1b1c1d1e1f0200000018000000000000004ef8ad28746872656520736d616c6c20776f7264732c\
        203234206279202122232425262728292a2b2c2d2e2fef2942d2000b404701d1e2fbe32cfb3f1253c3c208c87b\
        2056b47abe578da781ebad4524638bdc5d48464a322d454e44
        """)
  }

  @Test func `a batch reads back as it was written`() throws {
    let read = try BatchFrame(frame.bytes)
    #expect(read == frame)
    #expect(read.sequence == 7)
    #expect(read.header.term == 3)
    #expect(read.header.previous == Array(0..<32))
    #expect(read.header.entryCount == 2)
    #expect(Array(read.bytes[read.payload]) == Array("three small words, 24 by".utf8))
    #expect(read.eventsDigest == Array(32..<48))
  }

  @Test func `every shorter or longer sequence of bytes is refused`() {
    for count in 0..<frame.bytes.count {
      #expect(throws: BatchProblem.truncated) { try BatchFrame(Array(frame.bytes.prefix(count))) }
    }
    #expect(throws: BatchProblem.trailingBytes) { try BatchFrame(frame.bytes + [0]) }
  }

  /// What is reported for a changed bit in each part.
  private static let parts: [(end: Int, problem: BatchProblem)] = [
    (4, .noMagic), (72, .headerChecksum), (96, .payload), (112, .eventsDigest), (144, .hash),
    (160, .endMark),
  ]

  @Test func `every flipped bit is refused and its part named`() throws {
    for index in frame.bytes.indices {
      let problem = try #require(Self.parts.first { index < $0.end }).problem
      for bit in 0..<8 {
        var bytes = frame.bytes
        bytes[index] ^= 1 << UInt8(bit)
        #expect(throws: problem, "byte \(index)") { try BatchFrame(bytes) }
      }
    }
  }

  @Test func `an absurd length is refused before anything is read`() throws {
    var writer = ByteWriter()
    writer.write(fixed: frame.bytes.prefix(60))
    writer.write(UInt32.max)
    writer.write(UInt32(0))
    writer.write(CRC32C.checksum(writer.bytes))
    #expect(throws: BatchProblem.payloadTooLong(Int(UInt32.max))) {
      try BatchHeader(writer.bytes)
    }
  }

  @Test func `a later version is named`() throws {
    var bytes = Array(frame.bytes.prefix(68))
    bytes[4] = 3
    var writer = ByteWriter()
    writer.write(fixed: bytes)
    writer.write(CRC32C.checksum(bytes))
    #expect(throws: BatchProblem.unknownVersion(3)) { try BatchHeader(writer.bytes) }
  }
}
