import Testing
import Wire

@Suite struct WireTests {
  @Test func `the checksum of the standard text is the published one`() {
    #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
  }

  @Test func `values come back as they were written`() throws {
    var writer = ByteWriter()
    writer.write(UInt8(7))
    writer.write(Int64(-3))
    writer.write(true)
    writer.write("naïve")
    writer.write([1, 2, 3] as [UInt8])
    writer.write(list: [UInt16(1), 2]) { $0.write($1) }
    writer.write(optional: UInt32?.none) { $0.write($1) }
    var reader = ByteReader(writer.bytes)
    #expect(try reader.read(UInt8.self) == 7)
    #expect(try reader.read(Int64.self) == -3)
    #expect(try reader.read(Bool.self))
    #expect(try reader.read(String.self) == "naïve")
    #expect(try reader.read([UInt8].self) == [1, 2, 3])
    let list = try reader.readList { reader throws(WireError) in try reader.read(UInt16.self) }
    #expect(list == [1, 2])
    let absent = try reader.readOptional { reader throws(WireError) in try reader.read(UInt32.self)
    }
    #expect(absent == nil)
    try reader.finish()
  }

  @Test func `every truncation is refused and never read past`() throws {
    var writer = ByteWriter()
    writer.write("abc")
    writer.write(UInt64(9))
    for count in 0..<writer.bytes.count {
      var reader = ByteReader(Array(writer.bytes.prefix(count)))
      #expect(throws: WireError.self) {
        _ = try reader.read(String.self)
        _ = try reader.read(UInt64.self)
      }
    }
  }

  @Test(arguments: ["0", "zz", "0g"]) func `text that is not hexadecimal is refused`(text: String) {
    #expect(Hex.bytes(text) == nil)
  }

  @Test func `hexadecimal text goes both ways`() {
    #expect(Hex.text([0, 255, 16]) == "00ff10")
    #expect(Hex.bytes("00FF10") == [0, 255, 16])
  }
}
