/// A value in the part of CBOR that authenticators speak. See RFC 8949 and CTAP 2.1, section 8
/// ("Message Encoding").
public enum CBOR: Hashable, Sendable {
  case unsigned(UInt64)
  /// Stands for -1 less the number.
  case negative(UInt64)
  case bytes([UInt8])
  case text(String)
  case array([CBOR])
  /// Pairs in their order; no key twice.
  case map([Pair])
  case bool(Bool)
  case null

  public struct Pair: Hashable, Sendable {
    public var key: CBOR
    public var value: CBOR

    public init(_ key: CBOR, _ value: CBOR) {
      self.key = key
      self.value = value
    }
  }

  /// How deep values may lie in each other, as CTAP has it.
  static let depthLimit = 4

  /// Reads one value.
  ///
  /// - Throws: ``PasskeyError/notCBOR(at:problem:)`` for lengths and numbers that are not in their
  ///   shortest form or of no definite length, for tags, floats, a key given twice, nesting beyond four
  ///   levels, and bytes left over.
  public init(parsing bytes: [UInt8]) throws(PasskeyError) {
    var reader = CBORReader(bytes[...])
    self = try reader.value()
    guard reader.rest.isEmpty else { throw reader.failure("bytes behind the value") }
  }

  /// The value under `key`, when it is a map that has it.
  subscript(key: CBOR) -> CBOR? {
    guard case .map(let pairs) = self else { return nil }
    return pairs.first { $0.key == key }?.value
  }

  var pairs: [Pair]? {
    guard case .map(let pairs) = self else { return nil }
    return pairs
  }

  /// The number `value` of a label or an algorithm.
  static func integer(_ value: Int64) -> CBOR {
    value < 0 ? .negative(UInt64(-1 - value)) : .unsigned(UInt64(value))
  }

  /// The one form in bytes.
  public var encoded: [UInt8] {
    switch self {
    case .unsigned(let number): Self.head(0, number)
    case .negative(let number): Self.head(1, number)
    case .bytes(let bytes): Self.head(2, UInt64(bytes.count)) + bytes
    case .text(let text): Self.head(3, UInt64(text.utf8.count)) + text.utf8
    case .array(let values): Self.head(4, UInt64(values.count)) + values.flatMap(\.encoded)
    case .map(let pairs):
      Self.head(5, UInt64(pairs.count)) + pairs.flatMap { $0.key.encoded + $0.value.encoded }
    case .bool(let value): [value ? 0xF5 : 0xF4]
    case .null: [0xF6]
    }
  }

  private static func head(_ major: UInt8, _ number: UInt64) -> [UInt8] {
    func big(_ count: Int) -> [UInt8] {
      (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> UInt64($0 * 8)) }
    }
    switch number {
    case ..<24: return [major << 5 | UInt8(number)]
    case ..<0x100: return [major << 5 | 24] + big(1)
    case ..<0x1_0000: return [major << 5 | 25] + big(2)
    case ..<0x1_0000_0000: return [major << 5 | 26] + big(4)
    default: return [major << 5 | 27] + big(8)
    }
  }
}

/// Takes values from the front of bytes.
struct CBORReader {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func value(depth: Int = 0) throws(PasskeyError) -> CBOR {
    guard depth <= CBOR.depthLimit else {
      throw failure("nesting deeper than \(CBOR.depthLimit)")
    }
    guard let first = rest.first else { throw failure("ends where a value is expected") }
    switch first {
    case 0xF4, 0xF5, 0xF6:
      rest.removeFirst()
      return first == 0xF6 ? .null : .bool(first == 0xF5)
    case 0xC0...: throw failure("a tag, a float or another value that is not used here")
    default: break
    }
    let start = self
    let number = try head()
    switch first >> 5 {
    case 0: return .unsigned(number)
    case 1: return .negative(number)
    case 2: return .bytes(try take(number))
    case 3:
      guard let text = String(validating: try take(number), as: UTF8.self) else {
        throw start.failure("a text that is not UTF-8")
      }
      return .text(text)
    case 4:
      var values: [CBOR] = []
      for _ in 0..<(try count(number)) { values.append(try value(depth: depth + 1)) }
      return .array(values)
    default:
      var pairs: [CBOR.Pair] = []
      var keys: Set<CBOR> = []
      for _ in 0..<(try count(number)) {
        let place = self
        let key = try value(depth: depth + 1)
        guard keys.insert(key).inserted else { throw place.failure("a key given twice") }
        pairs.append(CBOR.Pair(key, try value(depth: depth + 1)))
      }
      return .map(pairs)
    }
  }

  private mutating func head() throws(PasskeyError) -> UInt64 {
    let start = self
    let low = rest.removeFirst() & 0x1F
    guard low >= 24 else { return UInt64(low) }
    guard low <= 27 else { throw start.failure("a length that is not definite") }
    let number = try take(1 << UInt64(low - 24)).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let least: UInt64 = [24, 0x100, 0x1_0000, 0x1_0000_0000][Int(low) - 24]
    guard number >= least else { throw start.failure("a number not in its shortest form") }
    return number
  }

  /// A number of elements, of which each takes a byte at least.
  private func count(_ number: UInt64) throws(PasskeyError) -> Int {
    guard number <= UInt64(rest.count) else { throw failure("ends inside a value") }
    return Int(number)
  }

  private mutating func take(_ number: UInt64) throws(PasskeyError) -> [UInt8] {
    let count = try count(number)
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  func failure(_ problem: String) -> PasskeyError {
    .notCBOR(at: rest.startIndex, problem: problem)
  }
}
