import JSON
import Money

/// The parameters of a request, from its query or its JSON object.
///
/// Clients differ: numbers come where text is documented and the other way round, and a blank text or
/// null means "not given". See OKX v5, "conventions".
struct Parameters: Sendable {
  private var values: [String: JSON] = [:]

  init() {}

  /// The members of an object.
  init(_ members: [JSON.Member]) {
    for member in members { values[member.name] = member.value }
  }

  /// The pairs of a query string as it stood in the request line.
  init(query: Substring) {
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? Self.decoded(parts[1]) : ""
      values[Self.decoded(parts[0])] = .string(value)
    }
  }

  /// The value as it came.
  subscript(name: String) -> JSON? { values[name] }

  /// The text of `name`, or `nil` when it is missing, blank or null.
  func text(_ name: String) -> String? {
    switch values[name] {
    case .string(let text): text.isEmpty ? nil : text
    case .number(let text): text
    case .bool(let value): value ? "true" : "false"
    default: nil
    }
  }

  /// Whether `name` is missing, null, or an empty text or list.
  func isBlank(_ name: String) -> Bool {
    switch values[name] {
    case nil, .null, .string(""), .array([]): true
    default: false
    }
  }

  /// The text of `name`, which must be there.
  func required(_ name: String) throws(Rejection) -> String {
    guard let text = text(name) else { throw Rejection(.parameterEmpty, name: name) }
    return text
  }

  /// A truth value, however it is spelled.
  func flag(_ name: String) throws(Rejection) -> Bool? {
    switch text(name)?.lowercased() {
    case nil: nil
    case "true": true
    case "false": false
    default: throw Rejection(.parameterInvalid, name: name, problem: "must be true or false")
    }
  }

  /// A whole number from 0 up.
  func number(_ name: String) throws(Rejection) -> Int64? {
    guard let text = text(name) else { return nil }
    guard let number = Int64(text), number >= 0 else {
      throw Rejection(.parameterInvalid, name: name, problem: "must be a whole number")
    }
    return number
  }

  /// A page size: `usual` when not given, cut to `most`.
  func limit(usual: Int = 100, most: Int = 100) throws(Rejection) -> Int {
    guard let number = try number("limit") else { return usual }
    guard number > 0 else {
      throw Rejection(.parameterInvalid, name: "limit", problem: "must be at least 1")
    }
    return Int(min(number, Int64(most)))
  }

  /// An instant in milliseconds.
  func time(_ name: String) throws(Rejection) -> Timestamp? {
    try number(name).map(Timestamp.init(milliseconds:))
  }

  /// Returns `text` without percent escapes; a plus is a blank, as forms have it.
  static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    var index = 0
    while index < source.count {
      if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
        let byte = UInt8(
          String(decoding: source[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        bytes.append(byte)
        index += 3
      } else {
        bytes.append(source[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : source[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
