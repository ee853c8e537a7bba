import Wire

/// A typed message as text that QR holds well: `ur:type/…`, or many parts `ur:type/7-9/…`.
///
/// Carried are byte strings: `bytes`, `psbt` and the older name `crypto-psbt`. See BCR-2020-005 and
/// BCR-2020-006.
public struct UniformResource: Hashable, Sendable {
  /// The types that carry one byte string.
  public static let knownTypes = ["bytes", "psbt", "crypto-psbt"]

  /// Letters, digits and hyphens in lower case.
  public let type: String
  /// The message in CBOR.
  public let cbor: [UInt8]

  /// Wraps `message` as CBOR under its type.
  public init(_ message: CarriedMessage) {
    type = message.kind.urType
    cbor = CBORReader.byteString(message.bytes)
  }

  init(type: String, cbor: [UInt8]) {
    self.type = type
    self.cbor = cbor
  }

  /// The whole resource in one text.
  public var text: String { "ur:\(type)/\(Bytewords.text(cbor, style: .minimal))" }

  /// The byte string inside.
  ///
  /// - Throws: ``AirgapError`` for a type that is not among ``knownTypes``, or CBOR that is not
  ///   exactly one byte string in its shortest form.
  public func message() throws(AirgapError) -> CarriedMessage {
    guard Self.knownTypes.contains(type) else {
      throw .badField("UR type", reason: "\(type.excerpt) is none of \(Self.knownTypes)")
    }
    var reader = CBORReader(cbor, field: "ur:\(type)")
    let bytes = try reader.byteString("byte string")
    try reader.finish()
    return try CarriedMessage(type == "bytes" ? .binary : .psbt, bytes)
  }

  /// Reads the text of a resource of one part, and nothing else.
  public init(parsing text: some StringProtocol) throws(AirgapError) {
    guard case .single(let resource) = try URFrame(parsing: text) else {
      throw .badField("UR", reason: "one part of many")
    }
    self = resource
  }
}

/// The text of one symbol of a UR.
enum URFrame {
  case single(UniformResource)
  case part(type: String, FountainPart)

  private static let limit = 8192

  init(parsing text: some StringProtocol) throws(AirgapError) {
    guard text.utf8.count <= Self.limit else {
      throw .tooLong("UR", count: text.utf8.count, limit: Self.limit)
    }
    // Before lower case is made of it: other letters than ASCII's become some of ASCII's there.
    if let offset = Array(text.utf8).firstIndex(where: { $0 > 0x7F }) {
      throw .badCharacter("UR", offset: offset)
    }
    let lower = text.lowercased()
    guard lower.hasPrefix("ur:") else { throw .notAFrame(text.excerpt) }
    let fields = lower.dropFirst(3).split(separator: "/", omittingEmptySubsequences: false)
    guard fields.count == 2 || fields.count == 3 else {
      throw .badField("UR", reason: "\(fields.count) fields, not a type, perhaps a part, and data")
    }
    let type = String(fields[0])
    guard !type.isEmpty, type.utf8.allSatisfy(Self.isTypeCharacter) else {
      throw .badField("UR type", reason: "not letters, digits and hyphens")
    }
    guard fields.count == 3 else {
      self = .single(
        UniformResource(type: type, cbor: try Bytewords.bytes(fields[1], style: .minimal)))
      return
    }
    let numbers = fields[1].split(separator: "-", omittingEmptySubsequences: false)
    guard numbers.count == 2, let sequence = Self.number(numbers[0]),
      let count = Self.number(numbers[1])
    else { throw .badField("UR sequence", reason: "not two numbers such as 7-9") }
    let part = try FountainPart(cbor: try Bytewords.bytes(fields[2], style: .minimal))
    guard part.sequence == sequence, part.fragmentCount == Int(count) else {
      throw .badField("UR sequence", reason: "not that of the part inside")
    }
    self = .part(type: type, part)
  }

  private static func isTypeCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// A decimal number from 1 without leading zeros.
  private static func number(_ text: Substring) -> UInt32? {
    guard let first = text.utf8.first, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first),
      text.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
    else { return nil }
    return UInt32(text)
  }
}
