// Unsafe file. Sound because every read goes through `take`, which moves on only when that many
// bytes are left, and the pointer to them does not leave the closure that it is used in.

/// Reads the network serialisation of Bitcoin: little-endian integers and counts of variable width.
///
/// Never reads past the end, never reserves room on the word of a count alone, and copies nothing but
/// what it returns.
package struct ConsensusReader: Sendable {
  /// Largest count or length in the protocol, in elements.
  package static let maximumCount: UInt64 = 0x0200_0000

  private let bytes: [UInt8]
  /// Position of the next byte.
  package private(set) var offset: Int

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    offset = 0
  }

  /// Bytes not read yet.
  package var remaining: Int { bytes.count - offset }

  /// Moves past `count` bytes and returns where they begin.
  private mutating func take(
    _ count: Int, _ field: String
  ) throws(BitcoinError) -> Int {
    guard count >= 0, remaining >= count else {
      throw .truncated(field: field, at: offset)
    }
    defer { offset += count }
    return offset
  }

  package mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(
    _ field: String, as type: T.Type = T.self
  ) throws(BitcoinError) -> T {
    let start = try take(MemoryLayout<T>.size, field)
    return unsafe bytes.withUnsafeBytes { bytes in
      T(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: start, as: T.self))
    }
  }

  package mutating func fixed(
    _ count: Int, _ field: String
  ) throws(BitcoinError) -> [UInt8] {
    let start = try take(count, field)
    if count == 0 { return [] }
    return unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe [UInt8](unsafeUninitializedCapacity: count) { copy, initialised in
        let part = unsafe UnsafeBufferPointer(rebasing: bytes[start..<(start + count)])
        _ = unsafe copy.initialize(fromContentsOf: part)
        initialised = count
      }
    }
  }

  /// Reads a count in its shortest form.
  package mutating func compactSize(_ field: String) throws(BitcoinError) -> UInt64 {
    let start = offset
    let lead = try integer(field, as: UInt8.self)
    let (value, least): (UInt64, UInt64)
    switch lead {
    case 0xFD: (value, least) = (UInt64(try integer(field, as: UInt16.self)), 0xFD)
    case 0xFE: (value, least) = (UInt64(try integer(field, as: UInt32.self)), 0x1_0000)
    case 0xFF: (value, least) = (try integer(field, as: UInt64.self), 0x1_0000_0000)
    default: return UInt64(lead)
    }
    guard value >= least else { throw .nonCanonicalCount(field: field, at: start) }
    return value
  }

  /// Reads the count of a list whose elements take at least `elementWidth` bytes each.
  package mutating func count(
    _ field: String, elementWidth: Int
  ) throws(BitcoinError) -> Int {
    let start = offset
    let count = try compactSize(field)
    guard count <= Self.maximumCount else {
      throw .tooMany(field: field, at: start, count: count, limit: Self.maximumCount)
    }
    guard Int(count) * elementWidth <= remaining else {
      throw .truncated(field: field, at: offset)
    }
    return Int(count)
  }

  /// Reads bytes behind their count.
  package mutating func bytes(_ field: String) throws(BitcoinError) -> [UInt8] {
    try fixed(try count(field, elementWidth: 1), field)
  }

  package func finish() throws(BitcoinError) {
    guard remaining == 0 else { throw .trailingBytes(remaining, at: offset) }
  }
}
