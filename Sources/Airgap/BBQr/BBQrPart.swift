import Wire

/// One QR symbol of a BBQr sequence.
///
/// ```text
/// B$ Z P 0A 03 …     magic, encoding, kind, total and index in base 36, data
/// ```
/// See "BBQr", Coinkite, section "Header".
public struct BBQrPart: Hashable, Sendable {
  /// How the data of a part is written.
  public enum Encoding: Character, CaseIterable, Sendable {
    case hex = "H"
    /// RFC 4648 without padding.
    case base32 = "2"
    /// The whole message as raw deflate with a window of 1 KiB, in Base32.
    case zlib = "Z"

    /// Characters and the bytes that they hold; only the last part ends inside such a group.
    var group: (characters: Int, bytes: Int) { self == .hex ? (2, 1) : (8, 5) }

    func text(_ bytes: some Collection<UInt8>) -> String {
      self == .hex ? Hex.text(Array(bytes)).uppercased() : Base32.text(bytes)
    }
  }

  /// Two digits in base 36.
  public static let maximumTotal = 1295
  static let headerCount = 8

  public let encoding: Encoding
  public let kind: CarriedMessage.Kind
  /// How many parts there are, 1 to ``maximumTotal``.
  public let total: Int
  /// Which of them this is, from 0.
  public let index: Int
  /// What the part carries, still compressed where the encoding is.
  public let data: [UInt8]

  init(encoding: Encoding, kind: CarriedMessage.Kind, total: Int, index: Int, data: [UInt8]) {
    self.encoding = encoding
    self.kind = kind
    self.total = total
    self.index = index
    self.data = data
  }

  /// Reads the text of one symbol.
  public init(parsing text: some StringProtocol) throws(AirgapError) {
    let bytes = Array(text.utf8)
    guard bytes.starts(with: "B$".utf8) else {
      throw .notAFrame(text.excerpt)
    }
    guard bytes.count > Self.headerCount else {
      throw .truncated("BBQr header", offset: bytes.count)
    }
    // The largest QR symbol holds no more.
    guard bytes.count <= QRSymbol.maximumAlphanumericCount else {
      throw .tooLong(
        "BBQr part", count: bytes.count, limit: QRSymbol.maximumAlphanumericCount)
    }
    guard let encoding = Encoding(rawValue: Character(UnicodeScalar(bytes[2]))) else {
      throw .badField("BBQr encoding", reason: "none of H, 2 and Z")
    }
    guard let kind = CarriedMessage.Kind(rawValue: Character(UnicodeScalar(bytes[3]))) else {
      throw .badField("BBQr file type", reason: "none of P, T, J, C, U, B and X")
    }
    total = try Self.number(bytes[4..<6], "BBQr total")
    index = try Self.number(bytes[6..<8], "BBQr index")
    guard total > 0 else { throw .badField("BBQr total", reason: "it is 0") }
    guard index < total else {
      throw .badField("BBQr index", reason: "\(index) is not below the total of \(total)")
    }
    let rest = bytes[Self.headerCount...]
    if index < total - 1, !rest.count.isMultiple(of: encoding.group.characters) {
      throw .badField("BBQr part \(index)", reason: "it ends inside a byte and is not the last")
    }
    let field = "BBQr part \(index)"
    self.encoding = encoding
    self.kind = kind
    switch encoding {
    case .hex:
      if let offset = rest.firstIndex(where: { !Self.isHexDigit($0) }) {
        throw .badCharacter(field, offset: offset - rest.startIndex)
      }
      guard let bytes = Hex.bytes(String(decoding: rest, as: UTF8.self)) else {
        throw .badField(field, reason: "an odd number of hexadecimal digits")
      }
      data = bytes
    case .base32, .zlib: data = try Base32.bytes(rest, field: field)
    }
  }

  /// The text of the symbol: capitals and digits, which QR holds in its alphanumeric mode.
  public var text: String {
    "B$\(encoding.rawValue)\(kind.rawValue)\(Self.text(total))\(Self.text(index))"
      + encoding.text(data)
  }

  private static func isHexDigit(_ character: UInt8) -> Bool {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"): true
    default: false
    }
  }

  private static func text(_ number: Int) -> String {
    (number < 36 ? "0" : "") + String(number, radix: 36, uppercase: true)
  }

  private static func number(
    _ digits: ArraySlice<UInt8>, _ field: String
  ) throws(AirgapError) -> Int {
    var number = 0
    for (offset, digit) in digits.enumerated() {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        number = number * 36 + Int(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "A")...UInt8(ascii: "Z"):
        number = number * 36 + Int(digit - UInt8(ascii: "A")) + 10
      default: throw .badCharacter(field, offset: offset)
      }
    }
    return number
  }
}
