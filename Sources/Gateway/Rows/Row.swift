import JSON

/// One row of an answer, put together field by field. OKX never leaves a documented key out: what
/// does not apply is a blank text.
struct Row {
  private var members: [JSON.Member] = []

  init() {}

  /// Appends a text.
  mutating func set(_ name: String, _ text: String) {
    members.append(JSON.Member(name, .string(text)))
  }

  /// Appends a whole number as text, as OKX sends times and ids.
  mutating func set(_ name: String, _ number: some BinaryInteger) { set(name, String(number)) }

  /// Appends a value of another type.
  mutating func set(_ name: String, json value: JSON) {
    members.append(JSON.Member(name, value))
  }

  /// Appends blank texts under the names in `names`, which blanks keep apart.
  mutating func blank(_ names: String) {
    for name in names.split(separator: " ") { set(String(name), "") }
  }

  /// Appends the same text under the names in `names`.
  mutating func fill(_ names: String, with text: String) {
    for name in names.split(separator: " ") { set(String(name), text) }
  }

  /// The finished row.
  var json: JSON { .object(members) }
}
