/// Why bytes are not a canonical encoding.
public enum WireError: Error, Equatable, Sendable {
  /// Fewer bytes than a field needs.
  case truncated(at: Int)
  /// A tag, presence byte or text that the format does not have.
  case malformed(at: Int)
  /// A length or count above what the format allows.
  case tooLong(at: Int, limit: Int)
  /// Bytes are left after the value.
  case trailing(at: Int)
}

/// Reads back what a ``ByteWriter`` wrote, refusing everything else. Never reads past the end.
public struct ByteReader: Sendable {
  @usableFromInline let bytes: [UInt8]
  /// Position of the next byte.
  @inlinable public var offset: Int { position }
  @usableFromInline var position: Int

  /// Creates a reader at the start of `bytes`.
  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = 0
  }

  /// Bytes not read yet.
  @inlinable public var remaining: Int { bytes.count - offset }

  /// Reads a little-endian integer.
  @inlinable public mutating func read<T: FixedWidthInteger>(_ type: T.Type = T.self)
    throws(WireError) -> T
  {
    let width = T.bitWidth / 8
    guard remaining >= width else { throw .truncated(at: offset) }
    var value: T = 0
    // Sound: as many bytes as the integer has are there, and any bits are an integer.
    unsafe withUnsafeMutableBytes(of: &value) { place in
      for index in 0..<width { unsafe place[index] = bytes[position + index] }
    }
    position += width
    return T(littleEndian: value)
  }

  /// The next byte, which stays unread; `nil` at the end.
  public func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  /// Reads a boolean; any byte but 0 and 1 is refused.
  public mutating func read(_ type: Bool.Type = Bool.self) throws(WireError) -> Bool {
    let at = offset
    switch try read(UInt8.self) {
    case 0: return false
    case 1: return true
    default: throw .malformed(at: at)
    }
  }

  /// Reads exactly `count` bytes.
  public mutating func read(fixed count: Int) throws(WireError) -> [UInt8] {
    guard count >= 0, remaining >= count else { throw .truncated(at: offset) }
    defer { position += count }
    return Array(bytes[offset..<(offset + count)])
  }

  /// Reads bytes behind a 32-bit length of at most `limit`.
  public mutating func read(
    _ type: [UInt8].Type = [UInt8].self, limit: Int = 1 << 24
  ) throws(WireError) -> [UInt8] {
    let at = offset
    let count = Int(try read(UInt32.self))
    guard count <= limit else { throw .tooLong(at: at, limit: limit) }
    return try read(fixed: count)
  }

  /// Reads UTF-8 text behind a 32-bit length of at most `limit` bytes.
  public mutating func read(
    _ type: String.Type = String.self, limit: Int = 1 << 16
  ) throws(WireError) -> String {
    let at = offset
    let raw = try read([UInt8].self, limit: limit)
    guard let text = String(validating: raw, as: UTF8.self) else { throw .malformed(at: at) }
    return text
  }

  /// Reads a list of at most `limit` elements.
  @inlinable public mutating func readList<T>(
    limit: Int = 1 << 24, _ element: (inout ByteReader) throws(WireError) -> T
  ) throws(WireError) -> [T] {
    let at = offset
    let count = Int(try read(UInt32.self))
    guard count <= limit, count <= remaining else { throw .tooLong(at: at, limit: limit) }
    var list: [T] = []
    list.reserveCapacity(count)
    for _ in 0..<count { list.append(try element(&self)) }
    return list
  }

  /// Reads an optional value.
  @inlinable public mutating func readOptional<T>(
    _ element: (inout ByteReader) throws(WireError) -> T
  ) throws(WireError) -> T? {
    try read(Bool.self) ? try element(&self) : nil
  }

  /// Confirms that nothing is left.
  public func finish() throws(WireError) {
    guard remaining == 0 else { throw .trailing(at: offset) }
  }
}
