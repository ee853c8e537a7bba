/// Takes an input apart for targets that need more than one value.
struct Pieces {
  private var rest: ArraySlice<UInt8>

  init(_ input: [UInt8]) { rest = input[...] }

  /// The next byte; 0 when there is none.
  mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

  /// An integer of the next bytes, the lowest first.
  mutating func integer<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T {
    (0..<(T.bitWidth / 8)).reduce(0) { $0 | T(truncatingIfNeeded: byte()) << T(8 * $1) }
  }

  /// As many bytes as the next byte says, or as there are.
  mutating func counted() -> [UInt8] { fixed(Int(byte())) }

  /// `count` bytes, or as many as there are.
  mutating func fixed(_ count: Int) -> [UInt8] {
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  /// Everything that is left.
  mutating func remainder() -> [UInt8] { fixed(rest.count) }

  var isEmpty: Bool { rest.isEmpty }
}

extension [UInt8] {
  /// The input as text; bytes that are no UTF-8 become a sign that no format has.
  var text: String { String(decoding: self, as: UTF8.self) }
}
