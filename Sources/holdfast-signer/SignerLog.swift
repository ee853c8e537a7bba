import FoundationEssentials
import Glibc

/// Log lines of `key=value` on the standard error, without secrets: the signer has no need of more.
enum SignerLog {
  enum Level: String {
    case info, notice, warning
  }

  static func write(_ level: Level, _ event: String, _ fields: KeyValuePairs<String, String>) {
    var line = "time=\(Date.now.ISO8601Format()) level=\(level.rawValue) event=\(quoted(event))"
    for (key, value) in fields { line += " \(key)=\(quoted(value))" }
    let bytes = Array((line + "\n").utf8)
    _ = unsafe Glibc.write(2, bytes, bytes.count)
  }

  /// In quotes, with everything escaped that could begin a new field or line.
  private static func quoted(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }
    if plain, !text.isEmpty { return text }
    var result = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      if scalar.value >= 0x20, scalar.value != 0x7F { result.unicodeScalars.append(scalar) }
    }
    return result + "\""
  }
}
