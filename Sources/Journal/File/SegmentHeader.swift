import Wire

/// The first bytes of a segment, durable before the segment has its name.
///
/// | bytes | field |
/// |---|---|
/// | 4 | magic `HFSG` |
/// | 2 | version, 2 |
/// | 2 | zero |
/// | 8 | number of the segment, from 1 |
/// | 8 | bytes of the file that were reserved |
/// | 4 | zero |
/// | 4 | CRC-32C of the 28 bytes above |
package struct SegmentHeader: Equatable, Sendable {
  package static let count = 32
  private static let magic = Array("HFSG".utf8)

  package let number: Int
  package let capacity: Int

  package init(number: Int, capacity: Int) {
    self.number = number
    self.capacity = capacity
  }

  /// Reads a header; `nil` when any byte of it is not as it was written.
  package init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count >= Self.count else { return nil }
    let own = Array(bytes.prefix(Self.count))
    var reader = ByteReader(own)
    guard let magic = try? reader.read(fixed: 4), magic == Self.magic,
      let version = try? reader.read(UInt16.self), version == 2,
      let zero = try? reader.read(UInt16.self), zero == 0,
      let number = (try? reader.read(UInt64.self)).flatMap({ Int(exactly: $0) }),
      let capacity = (try? reader.read(UInt64.self)).flatMap({ Int(exactly: $0) }),
      let rest = try? reader.read(UInt32.self), rest == 0,
      let checksum = try? reader.read(UInt32.self), checksum == CRC32C.checksum(own.dropLast(4))
    else { return nil }
    self.number = number
    self.capacity = capacity
  }

  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(fixed: Self.magic)
    writer.write(UInt16(2))
    writer.write(UInt16(0))
    writer.write(UInt64(number))
    writer.write(UInt64(capacity))
    writer.write(UInt32(0))
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes
  }
}
