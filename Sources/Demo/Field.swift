/// A value of an answer of the public interface.
enum Field: Decodable, Equatable {
  case text(String)
  case number(Double)
  case flag(Bool)
  case list([Field])
  case object([String: Field])
  case none

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .none
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .flag(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode([Field].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: Field].self))
    }
  }

  /// The text of a text, or empty.
  var text: String { if case .text(let value) = self { value } else { "" } }
  /// The text of a text or a whole number, or empty.
  var words: String { if case .number(let value) = self { String(Int64(value)) } else { text } }
  var flag: Bool { self == .flag(true) }
  var list: [Field] { if case .list(let value) = self { value } else { [] } }

  subscript(key: String) -> Field {
    if case .object(let fields) = self { fields[key] ?? .none } else { .none }
  }
}
