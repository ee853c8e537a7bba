import Bitcoin
import Wire

/// The notation of scripts in Bitcoin Core's vectors: numbers, `0x` and raw bytes, `'text'` and
/// names of operations.
enum ScriptText {
  struct Unknown: Error { let word: String }

  private static let operations: [String: Opcode] = {
    var operations: [String: Opcode] = [:]
    for opcode in Opcode.allCases
    where opcode.rawValue >= Opcode.nop.rawValue || opcode == .reserved {
      operations[opcode.name] = opcode
      operations[String(opcode.name.dropFirst(3))] = opcode
    }
    return operations
  }()

  static func parse(_ text: String) throws -> Script {
    var script = Script()
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let number = Int64(word), word.first != "+" {
        script.append(number: number)
      } else if word.hasPrefix("0x"), let bytes = Hex.bytes(word.dropFirst(2)) {
        script.append(Script(bytes))
      } else if word.count >= 2, word.first == "'", word.last == "'" {
        script.append(push: Array(word.dropFirst().dropLast().utf8))
      } else if let opcode = operations[String(word)] {
        script.append(opcode)
      } else {
        throw Unknown(word: String(word))
      }
    }
    return script
  }
}

extension ScriptFlags {
  /// Every flag that has a name.
  static let all = ScriptFlags(names.map(\.flag))

  /// Reads names between commas; `NONE` and nothing are no flag.
  init(text: String) throws {
    self = []
    for name in text.split(separator: ",") where name != "NONE" {
      guard let known = Self.names.first(where: { $0.name == name }) else {
        throw ScriptText.Unknown(word: String(name))
      }
      insert(known.flag)
    }
  }

  /// Adds the flags that others mean nothing without.
  var filled: ScriptFlags {
    var flags = self
    if flags.contains(.cleanStack) { flags.insert(.witness) }
    if flags.contains(.witness) { flags.insert(.p2sh) }
    return flags
  }

  /// Takes out the flags that mean nothing without others.
  var trimmed: ScriptFlags {
    var flags = self
    if !flags.contains(.p2sh) { flags.remove(.witness) }
    if !flags.contains(.witness) { flags.remove(.cleanStack) }
    return flags
  }

  /// The sets that lack one of these flags.
  var withoutOne: Set<ScriptFlags> {
    var sets: Set<ScriptFlags> = []
    for (_, flag) in Self.names {
      let rest = subtracting(flag).trimmed
      if rest != self { sets.insert(rest) }
    }
    return sets
  }
}
