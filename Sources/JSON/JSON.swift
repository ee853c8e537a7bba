// JSON owns one exact value type for JSON text (RFC 8259). Numbers keep their digits as written,
// so an amount never passes through floating point, and members of an object keep their order. It
// refuses to know what the values mean.

/// A JSON value.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number as its text, for example "0.00001000".
  case number(String)
  case string(String)
  case array([JSON])
  /// Members in their order; a parsed object has no two of the same name.
  case object([Member])

  /// One member of an object.
  public struct Member: Hashable, Sendable {
    public var name: String
    public var value: JSON

    /// Creates a member.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }
}

extension JSON {
  /// Creates a number from an integer.
  public static func integer(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

  /// The member called `name`, or `nil` when this is no object or has no such member.
  public subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The element at `index`, or `nil` when this is no array or is shorter.
  public subscript(index: Int) -> JSON? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  /// Whether this is `null`.
  public var isNull: Bool { self == .null }

  /// The text of a string value.
  public var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The truth of a boolean value.
  public var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  /// The value of a number that is written as an integer and fits in 64 bits.
  public var integer: Int64? {
    guard case .number(let text) = self else { return nil }
    return Int64(text)
  }

  /// The elements of an array.
  public var array: [JSON]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The members of an object.
  public var members: [Member]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  /// The name of this value's type, as error messages call it.
  public var typeName: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .number(String(value)) }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
  public init(nilLiteral: ()) { self = .null }
}
