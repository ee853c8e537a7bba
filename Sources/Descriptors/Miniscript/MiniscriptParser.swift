import Wire

/// Reads the text of a Miniscript expression. See BIP-379.
struct MiniscriptParser<Key: Hashable & Sendable> {
  /// Expressions and wrappers inside one another; the scripts that fit into a transaction stay far
  /// below.
  private static var depthLimit: Int { 400 }

  private let text: Substring
  private let context: MiniscriptContext
  private let key: (Substring) throws(DescriptorError) -> Key
  private var position: Substring.Index

  /// Reads `text`.
  ///
  /// - Parameter key: Reads one key expression.
  static func node(
    _ text: Substring, in context: MiniscriptContext,
    key: @escaping (Substring) throws(DescriptorError) -> Key
  ) throws(DescriptorError) -> MiniscriptNode<Key> {
    var parser = MiniscriptParser(text, context, key)
    let node = try parser.expression(depth: 0)
    guard parser.position == text.endIndex else { throw parser.malformed() }
    return node
  }

  private init(
    _ text: Substring, _ context: MiniscriptContext,
    _ key: @escaping (Substring) throws(DescriptorError) -> Key
  ) {
    self.text = text
    self.context = context
    self.key = key
    position = text.startIndex
  }

  private mutating func expression(
    depth: Int
  ) throws(DescriptorError) -> MiniscriptNode<Key> {
    guard depth < Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
    let word = take(while: { $0 != "(" && $0 != "," && $0 != ")" && $0 != ":" })
    if position < text.endIndex, text[position] == ":" {
      advance()
      guard !word.isEmpty, depth + word.count < Self.depthLimit else { throw malformed() }
      let inner = try expression(depth: depth + word.count)
      return try wrap(inner, in: word)
    }
    if word == "0" || word == "1" { return .constant(word == "1") }
    try expect("(")
    let node = try function(String(word), depth: depth)
    try expect(")")
    return node
  }

  /// Puts wrappers around an expression, the one nearest to it first.
  private func wrap(
    _ node: MiniscriptNode<Key>, in letters: Substring
  ) throws(DescriptorError) -> MiniscriptNode<Key> {
    var node = node
    for letter in letters.reversed() {
      switch letter {
      case "t": node = .join(.andV, node, .constant(true))
      case "l": node = .join(.orI, .constant(false), node)
      case "u": node = .join(.orI, node, .constant(false))
      default:
        guard let wrapper = MiniscriptWrapper(rawValue: letter) else {
          throw .unknownFunction("\(letter):")
        }
        node = .wrap(wrapper, node)
      }
    }
    return node
  }

  private mutating func function(
    _ name: String, depth: Int
  ) throws(DescriptorError) -> MiniscriptNode<Key> {
    if let function = MiniscriptHash(rawValue: name) {
      let argument = argument()
      guard let digest = Hex.bytes(argument), digest.count == function.byteCount else {
        throw .badDigest(String(argument), bytes: function.byteCount)
      }
      return .hash(function, digest)
    }
    if let joint = MiniscriptJoin(rawValue: name) {
      let x = try expression(depth: depth + 1)
      return .join(joint, x, try next(depth: depth))
    }
    switch name {
    case "pk_k": return .key(try key(argument()))
    case "pk_h": return .keyHash(try key(argument()))
    case "pk": return .wrap(.check, .key(try key(argument())))
    case "pkh": return .wrap(.check, .keyHash(try key(argument())))
    case "older": return .older(try lock())
    case "after": return .after(try lock())
    case "and_n":
      let x = try expression(depth: depth + 1)
      return .andOr(x, try next(depth: depth), .constant(false))
    case "andor":
      let x = try expression(depth: depth + 1)
      let y = try next(depth: depth)
      return .andOr(x, y, try next(depth: depth))
    case "thresh":
      let count = argument()
      var parts: [MiniscriptNode<Key>] = []
      while position < text.endIndex, text[position] == "," {
        guard parts.count < context.partLimit else {
          throw .tooManyParts(parts.count + 1, limit: context.partLimit)
        }
        parts.append(try next(depth: depth))
      }
      return .threshold(try threshold(count, of: parts.count), parts)
    case "multi", "multi_a":
      let isTapscript = name == "multi_a"
      guard isTapscript == (context == .tapscript) else {
        throw .notAllowed(function: name, inside: context == .tapscript ? "tr" : "wsh")
      }
      let count = argument()
      var keys: [Key] = []
      while position < text.endIndex, text[position] == "," {
        advance()
        guard keys.count < context.keyLimit else {
          throw .tooManyKeys(keys.count + 1, limit: context.keyLimit)
        }
        keys.append(try key(argument()))
      }
      let k = try threshold(count, of: keys.count)
      return isTapscript ? .multiA(k, keys) : .multi(k, keys)
    default: throw .unknownFunction(name.excerpt)
    }
  }

  /// The expression behind the next comma.
  private mutating func next(depth: Int) throws(DescriptorError) -> MiniscriptNode<Key> {
    try expect(",")
    return try expression(depth: depth + 1)
  }

  private mutating func lock() throws(DescriptorError) -> UInt32 {
    let argument = argument()
    guard let value = Self.number(argument), (1..<(1 << 31)).contains(value) else {
      throw .badLock(argument.excerpt)
    }
    return UInt32(value)
  }

  private func threshold(_ text: Substring, of count: Int) throws(DescriptorError) -> Int {
    guard count > 0, let value = Self.number(text), (1...count).contains(value) else {
      throw .badThreshold(text.excerpt, keys: count)
    }
    return value
  }

  /// A decimal number without sign or leading zeros.
  private static func number(_ text: Substring) -> Int? {
    guard (1...10).contains(text.utf8.count), text.first != "0",
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(text)
  }

  /// Everything up to the next comma or closing parenthesis that is not inside parentheses, as the
  /// keys of `musig()` are.
  private mutating func argument() -> Substring {
    var depth = 0
    return take { character in
      switch character {
      case "(": depth += 1
      case ")" where depth == 0, "," where depth == 0: return false
      case ")": depth -= 1
      default: break
      }
      return true
    }
  }

  private mutating func take(while belongs: (Character) -> Bool) -> Substring {
    let start = position
    position = text[start...].firstIndex { !belongs($0) } ?? text.endIndex
    return text[start..<position]
  }

  private mutating func advance() { position = text.index(after: position) }

  private mutating func expect(_ character: Character) throws(DescriptorError) {
    guard position < text.endIndex, text[position] == character else { throw malformed() }
    advance()
  }

  private func malformed() -> DescriptorError {
    .malformed(text[position...].excerpt)
  }
}

extension Miniscript {
  /// The names of all functions of the language but the keys' and `multi`.
  static let functions: Set<String> = Set(
    MiniscriptHash.allCases.map(\.rawValue) + MiniscriptJoin.allCases.map(\.rawValue)
      + ["and_n", "andor", "thresh", "older", "after", "pk_k", "pk_h", "multi_a", "sortedmulti_a"])
}
