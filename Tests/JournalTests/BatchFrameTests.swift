import Journal
import Structures
import Testing
import Wire

@Suite struct BatchFrameTests {
  private let frame = BatchFrame(
    sequence: 7, previous: Array(0..<32), entryCount: 2, payload: Array("three small words".utf8),
    eventsDigest: Array(32..<64))

  /// Put together with Python's struct and hashlib from the table in `BatchHeader`.
  @Test func `a batch has the documented bytes`() {
    #expect(
      Hex.text(frame.bytes)
        == """
        48464a31010000000700000000000000000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c\
        1d1e1f020000001100000069b6754b746872656520736d616c6c20776f726473202122232425262728292a2b2c\
        2d2e2f303132333435363738393a3b3c3d3e3f50c5474c83e0452bf30a99a4baf07ae96d3c177160fb455d20a9\
        38291557ec10
        """)
  }

  @Test func `a batch reads back as it was written`() throws {
    let read = try BatchFrame(frame.bytes)
    #expect(read == frame)
    #expect(read.sequence == 7)
    #expect(read.header.previous == Array(0..<32))
    #expect(read.header.entryCount == 2)
    #expect(Array(read.payload) == Array("three small words".utf8))
    #expect(read.eventsDigest == Array(32..<64))
  }

  @Test func `every shorter or longer sequence of bytes is refused`() {
    for count in 0..<frame.bytes.count {
      #expect(throws: BatchProblem.truncated) { try BatchFrame(Array(frame.bytes.prefix(count))) }
    }
    #expect(throws: BatchProblem.trailingBytes) { try BatchFrame(frame.bytes + [0]) }
  }

  @Test func `every flipped bit is refused`() {
    for index in frame.bytes.indices {
      for bit in 0..<8 {
        var bytes = frame.bytes
        bytes[index] ^= 1 << UInt8(bit)
        #expect(throws: BatchProblem.self) { try BatchFrame(bytes) }
      }
    }
  }

  @Test func `an absurd length is refused before anything is read`() throws {
    var writer = ByteWriter()
    writer.write(fixed: frame.bytes.prefix(52))
    writer.write(UInt32.max)
    writer.write(CRC32C.checksum(writer.bytes))
    #expect(throws: BatchProblem.payloadTooLong(Int(UInt32.max))) {
      try BatchHeader(writer.bytes)
    }
  }

  @Test func `a later version is named`() throws {
    var bytes = Array(frame.bytes.prefix(56))
    bytes[4] = 2
    var writer = ByteWriter()
    writer.write(fixed: bytes)
    writer.write(CRC32C.checksum(bytes))
    #expect(throws: BatchProblem.unknownVersion(2)) { try BatchHeader(writer.bytes) }
  }
}
