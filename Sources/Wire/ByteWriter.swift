// Wire owns canonical bytes: one value has exactly one encoding, on every machine and every day,
// so that hashes and signatures over it are reproducible. It refuses to know what the bytes mean.

/// Appends values in their canonical form: integers little-endian at fixed width, bytes and text
/// with a 32-bit length before them, lists with a 32-bit count, optionals with a presence byte.
public struct ByteWriter: Sendable {
  @usableFromInline var written: [UInt8] = []

  /// What has been written so far.
  public var bytes: [UInt8] { written }

  /// Creates an empty writer.
  public init() {}

  /// Appends `value` little-endian at its full width.
  @inlinable public mutating func write<T: FixedWidthInteger>(_ value: T) {
    // Sound: an integer has no padding, and the bytes are copied while they are borrowed.
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe written.append(contentsOf: $0) }
  }

  /// Appends one byte, 1 for true.
  public mutating func write(_ value: Bool) { written.append(value ? 1 : 0) }

  /// Appends `value` without a length; both sides know it.
  @inlinable public mutating func write(fixed value: some Collection<UInt8>) {
    written.append(contentsOf: value)
  }

  /// Appends a 32-bit length and then `value`.
  public mutating func write(_ value: [UInt8]) {
    write(UInt32(value.count))
    written.append(contentsOf: value)
  }

  /// Appends a 32-bit length and then the UTF-8 of `value`.
  public mutating func write(_ value: String) { write(Array(value.utf8)) }

  /// Appends a 32-bit count and then each element.
  @inlinable public mutating func write<T>(list: [T], _ element: (inout ByteWriter, T) -> Void) {
    write(UInt32(list.count))
    for item in list { element(&self, item) }
  }

  /// Appends a presence byte and then the value, if there is one.
  @inlinable public mutating func write<T>(
    optional value: T?, _ element: (inout ByteWriter, T) -> Void
  ) {
    write(value != nil)
    if let value { element(&self, value) }
  }
}
