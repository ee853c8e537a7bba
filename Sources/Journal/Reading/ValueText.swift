import Structures
import Wire

/// Writes any value of the core in one line, for people: bytes as hexadecimal digits, ids and amounts
/// as their numbers.
public enum ValueText {
  /// Returns `value` as text, such as `openAccount(name: "alice")`.
  public static func text(of value: Any) -> String {
    // Only by its type: an empty list of anything could be cast to bytes.
    if type(of: value) == [UInt8].self, let bytes = value as? [UInt8] {
      return bytes.isEmpty ? "-" : Hex.text(bytes)
    }
    switch value {
    case let text as String: return "\"\(text)\""
    case let text as Text16: return "\"\(text)\""
    case let text as Text32: return "\"\(text)\""
    case let integer as any BinaryInteger: return String(describing: integer)
    case let truth as Bool: return String(truth)
    default: break
    }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.map { text(of: $0.value) } ?? "none"
    case .collection:
      return "[" + mirror.children.map { text(of: $0.value) }.joined(separator: ", ") + "]"
    case .enum:
      guard let child = mirror.children.first, let name = child.label else {
        return String(describing: value)
      }
      let payload = Mirror(reflecting: child.value)
      let text = text(of: child.value)
      let isInBrackets = payload.displayStyle == .tuple || text.hasPrefix("(")
      return isInBrackets ? name + text : "\(name)(\(text))"
    case .struct where mirror.children.count == 1:
      // A number with a type, such as an amount or an id.
      return mirror.children.first.map { text(of: $0.value) } ?? ""
    case .struct, .tuple: return "(" + fields(of: mirror) + ")"
    default: return String(describing: value)
    }
  }

  private static func fields(of mirror: Mirror) -> String {
    mirror.children.map { child in
      // A name that only counts positions says nothing.
      let name = child.label.flatMap { $0.hasPrefix(".") ? nil : $0 }
      let value = text(of: child.value)
      return name.map { "\($0): \(value)" } ?? value
    }.joined(separator: ", ")
  }
}
