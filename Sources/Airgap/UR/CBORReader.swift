/// Reads the little of CBOR that a UR needs, in its shortest form only. See RFC 8949, section 4.2.1,
/// "Core Deterministic Encoding Requirements".
struct CBORReader {
  /// The three bits that say what a value is.
  enum MajorType: UInt8 {
    case unsigned = 0
    case bytes = 2
    case array = 4
  }

  private let bytes: [UInt8]
  private let field: String
  private(set) var offset = 0

  init(_ bytes: [UInt8], field: String) {
    self.bytes = bytes
    self.field = field
  }

  /// Reads a number of at most 32 bits.
  mutating func unsigned(_ name: String) throws(AirgapError) -> UInt32 {
    let value = try argument(.unsigned, name)
    guard let number = UInt32(exactly: value) else {
      throw .badField("\(field), \(name)", reason: "above 32 bits")
    }
    return number
  }

  /// Reads a byte string of definite length.
  mutating func byteString(_ name: String) throws(AirgapError) -> [UInt8] {
    let count = try argument(.bytes, name)
    guard count <= UInt64(bytes.count - offset) else {
      throw .truncated("\(field), \(name)", offset: bytes.count)
    }
    defer { offset += Int(count) }
    return Array(bytes[offset..<(offset + Int(count))])
  }

  /// Reads the head of an array of exactly `count` values.
  mutating func array(of count: Int, _ name: String) throws(AirgapError) {
    let found = try argument(.array, name)
    guard found == UInt64(count) else {
      throw .badField("\(field), \(name)", reason: "\(found) values, not \(count)")
    }
  }

  /// Confirms that nothing is left.
  func finish() throws(AirgapError) {
    guard offset == bytes.count else { throw .trailing(field, count: bytes.count - offset) }
  }

  private mutating func argument(
    _ type: MajorType, _ name: String
  ) throws(AirgapError) -> UInt64 {
    let start = offset
    guard start < bytes.count else { throw .truncated("\(field), \(name)", offset: start) }
    let head = bytes[start]
    guard head >> 5 == type.rawValue else {
      throw .badField("\(field), \(name)", reason: "CBOR type \(head >> 5), not \(type.rawValue)")
    }
    offset += 1
    let low = head & 31
    guard low >= 24 else { return UInt64(low) }
    guard low <= 27 else {
      throw .badField("\(field), \(name)", reason: "an indefinite or reserved length")
    }
    let width = 1 << Int(low - 24)
    guard offset + width <= bytes.count else {
      throw .truncated("\(field), \(name)", offset: bytes.count)
    }
    let value = bytes[offset..<(offset + width)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    offset += width
    let least: UInt64 = width == 1 ? 24 : 1 << UInt64(width * 4)
    guard value >= least else { throw .notMinimal("\(field), \(name)", offset: start) }
    return value
  }

  /// The head of a value in its shortest form.
  static func head(_ type: MajorType, _ value: UInt64) -> [UInt8] {
    let major = type.rawValue << 5
    let (code, width): (UInt8, Int) =
      switch value {
      case ..<24: (UInt8(value), 0)
      case ..<(1 << 8): (24, 1)
      case ..<(1 << 16): (25, 2)
      case ..<(1 << 32): (26, 4)
      default: (27, 8)
      }
    return [major | code]
      + (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (width - 1 - $0))) }
  }

  static func byteString(_ bytes: [UInt8]) -> [UInt8] {
    head(.bytes, UInt64(bytes.count)) + bytes
  }
}
