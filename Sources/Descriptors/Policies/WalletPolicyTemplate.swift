import Bitcoin

/// A descriptor with placeholders instead of keys. See BIP-388, "Wallet descriptor template".
public struct WalletPolicyTemplate: Hashable, Sendable {
  /// Greatest length of a template, in characters.
  public static let characterLimit = 20_000

  /// What stands for a key: one placeholder, or several in `musig`.
  struct Placeholder: Hashable, Sendable {
    let indices: [Int]
    let isMuSig: Bool
    /// The steps for receiving and for change.
    let branches: [ChildNumber]

    var name: String {
      let names = indices.map { "@\($0)" }
      return isMuSig ? "musig(\(names.joined(separator: ",")))" : names[0]
    }
  }

  /// The text as it was given.
  public let text: String
  /// Number of different keys.
  public let keyCount: Int
  /// The text between the placeholders, one piece more than there are placeholders.
  private let pieces: [Substring]
  let placeholders: [Placeholder]

  /// Reads a template and checks all rules that need no keys.
  public init(parsing text: String) throws(WalletPolicyError) {
    guard text.utf8.count <= Self.characterLimit else {
      throw .tooLong(text.utf8.count, limit: Self.characterLimit)
    }
    var pieces: [Substring] = []
    var placeholders: [Placeholder] = []
    var rest = text[...]
    while let start = Self.nextPlaceholder(in: rest) {
      pieces.append(rest[..<start])
      var reader = PlaceholderReader(rest[start...])
      placeholders.append(try reader.placeholder())
      rest = reader.rest
    }
    pieces.append(rest)
    guard !placeholders.isEmpty else { throw .noPlaceholder }
    keyCount = try Self.checkOrder(placeholders)
    try Self.checkPaths(placeholders)
    self.text = text
    self.pieces = pieces
    self.placeholders = placeholders
  }

  /// The start of the next "@" or of a "musig(@" around it.
  private static func nextPlaceholder(in text: Substring) -> Substring.Index? {
    guard let at = text.firstIndex(of: "@") else { return nil }
    let before = text[..<at]
    guard before.hasSuffix("musig(") else { return at }
    return text.index(at, offsetBy: -"musig(".count)
  }

  /// Checks that each placeholder comes first after the one before it; returns how many there are.
  private static func checkOrder(_ placeholders: [Placeholder]) throws(WalletPolicyError) -> Int {
    var next = 0
    for index in placeholders.flatMap(\.indices) {
      guard index <= next else { throw .outOfOrder(expected: next, found: index) }
      if index == next { next += 1 }
    }
    return next
  }

  /// Checks that no public key can come out twice.
  private static func checkPaths(_ placeholders: [Placeholder]) throws(WalletPolicyError) {
    struct Root: Hashable {
      let indices: [Int]
      let isMuSig: Bool
    }
    var used: [Root: Set<ChildNumber>] = [:]
    for placeholder in placeholders {
      let root = Root(indices: placeholder.indices.sorted(), isMuSig: placeholder.isMuSig)
      let steps = Set(placeholder.branches)
      guard used[root, default: []].isDisjoint(with: steps) else {
        throw .overlappingPaths(placeholder.name)
      }
      used[root, default: []].formUnion(steps)
    }
  }

  /// The text of the descriptor with `keys`, their origins included.
  func descriptorText(_ keys: [String]) -> String {
    var text = String(pieces[0])
    for (placeholder, piece) in zip(placeholders, pieces.dropFirst()) {
      let own = placeholder.indices.map { keys[$0] }
      text += placeholder.isMuSig ? "musig(\(own.joined(separator: ",")))" : own[0]
      text += "/<\(placeholder.branches.map(\.text).joined(separator: ";"))>/*\(piece)"
    }
    return text
  }
}

/// Reads one placeholder with the path behind it.
private struct PlaceholderReader {
  private(set) var rest: Substring

  init(_ text: Substring) { rest = text }

  mutating func placeholder() throws(WalletPolicyError) -> WalletPolicyTemplate.Placeholder {
    var indices: [Int] = []
    let isMuSig = take("musig(")
    indices.append(try index())
    while isMuSig, take(",") {
      let next = try index()
      guard !indices.contains(next) else { throw .repeatedParticipant(next) }
      indices.append(next)
    }
    if isMuSig, !take(")") { throw .badPlaceholder(String(rest)) }
    return WalletPolicyTemplate.Placeholder(
      indices: indices, isMuSig: isMuSig, branches: try branches())
  }

  private mutating func index() throws(WalletPolicyError) -> Int {
    let start = rest
    guard take("@"), let index = number(digits: 4) else { throw .badPlaceholder(String(start)) }
    return Int(index)
  }

  private mutating func branches() throws(WalletPolicyError) -> [ChildNumber] {
    let start = rest
    if take("/**") { return [ChildNumber(rawValue: 0), ChildNumber(rawValue: 1)] }
    guard take("/<"), let first = number(digits: 10).flatMap({ ChildNumber($0) }), take(";"),
      let second = number(digits: 10).flatMap({ ChildNumber($0) }), take(">/*"), first != second
    else { throw .badPath(String(start)) }
    return [first, second]
  }

  private mutating func take(_ text: String) -> Bool {
    guard rest.hasPrefix(text) else { return false }
    rest = rest.dropFirst(text.count)
    return true
  }

  /// A decimal number without leading zeros.
  private mutating func number(digits limit: Int) -> UInt32? {
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard (1...limit).contains(digits.count), digits == "0" || digits.first != "0",
      let number = UInt32(digits)
    else { return nil }
    rest = rest.dropFirst(digits.count)
    return number
  }
}
