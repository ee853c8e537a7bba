/// A value with exactly one encoding, which reads back as the same value.
package protocol Canonical {
  func encode(into writer: inout ByteWriter)
  init(from reader: inout ByteReader) throws(WireError)
}

extension ByteWriter {
  /// Appends `value` in its own canonical form.
  package mutating func write<T: Canonical>(_ value: T) { value.encode(into: &self) }

  /// Appends a presence byte and then the value, if there is one.
  package mutating func write<T: Canonical>(_ value: T?) {
    write(optional: value) { $0.write($1) }
  }

  /// Appends a 32-bit count and then each element.
  package mutating func write<T: Canonical>(_ list: [T]) {
    write(list: list) { $0.write($1) }
  }

  /// Appends the one-byte number of an enumeration's case.
  package mutating func write<T: RawRepresentable>(tag value: T) where T.RawValue == UInt8 {
    write(value.rawValue)
  }
}

extension ByteReader {
  /// Reads a value in its own canonical form.
  package mutating func read<T: Canonical>(_ type: T.Type = T.self) throws(WireError) -> T {
    try T(from: &self)
  }

  /// Reads a list.
  package mutating func read<T: Canonical>(_ type: [T].Type = [T].self) throws(WireError) -> [T] {
    try readList(T.init(from:))
  }

  /// Reads the one-byte number of an enumeration's case; an unknown number is refused.
  package mutating func read<T: RawRepresentable>(
    tag type: T.Type = T.self
  ) throws(WireError) -> T where T.RawValue == UInt8 {
    let at = offset
    guard let value = T(rawValue: try read()) else { throw .malformed(at: at) }
    return value
  }
}
