public import Bitcoin
import Wire

extension Descriptor {
  /// Reads a descriptor, and checks its checksum when there is one.
  ///
  /// - Parameters:
  ///   - text: For example "wsh(sortedmulti(2,[…]tpub…/<0;1>/*,…))#checksum".
  ///   - network: Keys and addresses of another network are refused.
  ///   - requiringChecksum: Refuses a text without one: for every text that a person carried.
  ///   - privateKeys: What to do with a private key in the text.
  /// - Throws: ``DescriptorError`` naming what is wrong.
  public init(
    parsing text: String, network: Network, requiringChecksum: Bool = false,
    privateKeys: PrivateKeys = .refused
  ) throws(DescriptorError) {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let expected: String
    switch DescriptorChecksum.checksum(of: parts[0]) {
    case .success(let checksum): expected = checksum
    case .failure(let character): throw .badCharacter(offset: character.offset)
    }
    if parts.count == 2 {
      guard parts[1].utf8.count == DescriptorChecksum.length else {
        throw .badChecksumLength(parts[1].utf8.count)
      }
      guard parts[1] == expected else {
        throw .wrongChecksum(expected: expected, found: String(parts[1]))
      }
    } else if requiringChecksum {
      throw .missingChecksum
    }
    let parser = DescriptorParser(network: network, privateKeys: privateKeys)
    try self.init(network: network, expression: try parser.expression(parts[0], inside: .top))
  }
}

/// Reads expressions from the outside in. The depth is bounded by what may stand inside what.
private struct DescriptorParser {
  let network: Network
  let privateKeys: Descriptor.PrivateKeys

  enum Place: String {
    case top = "nothing"
    case sh = "sh"
    case wsh = "wsh"
  }

  /// Parts of the language that are known, and not built.
  private static let miniscript: Set<String> = [
    "and_v", "and_b", "and_n", "or_b", "or_c", "or_d", "or_i", "andor", "thresh", "older", "after",
    "sha256", "hash256", "ripemd160", "hash160", "pk_k", "pk_h",
  ]

  func expression(
    _ text: Substring, inside place: Place
  ) throws(DescriptorError) -> Descriptor.Expression {
    guard let open = text.firstIndex(of: "("), text.last == ")" else {
      throw .malformed(Self.excerpt(text))
    }
    let name = String(text[..<open])
    let body = text[text.index(after: open)...].dropLast()
    func allow(_ places: Place...) throws(DescriptorError) {
      guard places.contains(place) else {
        throw .notAllowed(function: name, inside: place.rawValue)
      }
    }
    switch name {
    case "pk": return .pk(try key(body, inside: place))
    case "pkh": return .pkh(try key(body, inside: place))
    case "wpkh":
      try allow(.top, .sh)
      return .wpkh(try key(body, inside: .wsh, named: "wpkh"))
    case "sh":
      try allow(.top)
      let inner = try expression(body, inside: .sh)
      try checkRedeemScript(inner)
      return .sh(inner)
    case "wsh":
      try allow(.top, .sh)
      return .wsh(try expression(body, inside: .wsh))
    case "multi", "sortedmulti":
      return try multi(body, inside: place, sorted: name == "sortedmulti")
    case "tr":
      try allow(.top)
      return .tr(try taprootKey(body))
    case "addr":
      try allow(.top)
      do { return .addr(String(body), try Address.parse(String(body), network: network)) } catch {
        throw .badAddress
      }
    case "raw":
      try allow(.top)
      guard let bytes = Hex.bytes(body), !bytes.isEmpty else {
        throw .malformed(Self.excerpt(text))
      }
      return .raw(Script(bytes))
    case "combo":
      try allow(.top)
      throw .unsupported("combo()")
    case "rawtr", "musig", "multi_a", "sortedmulti_a":
      throw .unsupported("\(name)()")
    default:
      guard Self.miniscript.contains(name) || name.contains(":") else {
        throw .unknownFunction(Self.excerpt(text[..<open]))
      }
      throw .unsupported("Miniscript (\(Self.excerpt(text[..<open])))")
    }
  }

  private func key(
    _ text: Substring, inside place: Place, named name: String? = nil
  ) throws(DescriptorError) -> KeyExpression {
    guard !text.contains("("), !text.contains(",") else { throw .malformed(Self.excerpt(text)) }
    let key = try KeyExpression(
      parsing: text, network: network, privateKeys: privateKeys)
    let name = name ?? place.rawValue
    guard !key.isXOnly else { throw .xOnlyKey(inside: name) }
    guard !key.isUncompressed || place != .wsh else { throw .uncompressedKey(inside: name) }
    return key
  }

  private func taprootKey(_ text: Substring) throws(DescriptorError) -> KeyExpression {
    guard !text.contains("{"), !text.contains(",") else {
      throw .unsupported("a taproot script tree")
    }
    guard !text.hasPrefix("musig(") else { throw .unsupported("musig()") }
    guard !text.contains("(") else { throw .malformed(Self.excerpt(text)) }
    let key = try KeyExpression(
      parsing: text, network: network, privateKeys: privateKeys)
    guard !key.isUncompressed else { throw .uncompressedKey(inside: "tr") }
    return key
  }

  private func multi(
    _ text: Substring, inside place: Place, sorted: Bool
  ) throws(DescriptorError) -> Descriptor.Expression {
    let arguments = text.split(separator: ",", omittingEmptySubsequences: false)
    let keyCount = arguments.count - 1
    // Only bare scripts of at most three keys are relayed.
    let limit = place == .top ? 3 : Descriptor.keyLimit
    guard keyCount <= limit else { throw .tooManyKeys(keyCount, limit: limit) }
    let threshold = arguments[0].utf8
    guard keyCount > 0, (1...2).contains(threshold.count),
      threshold.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let threshold = Int(arguments[0]), (1...keyCount).contains(threshold)
    else { throw .badThreshold(Self.excerpt(arguments[0]), keys: keyCount) }
    var keys: [KeyExpression] = []
    for argument in arguments.dropFirst() { keys.append(try key(argument, inside: place)) }
    return .multi(threshold: threshold, keys: keys, sorted: sorted)
  }

  /// A P2SH input pushes its redeem script, and a push is at most 520 bytes. See BIP-16.
  private func checkRedeemScript(_ inner: Descriptor.Expression) throws(DescriptorError) {
    guard case .multi(_, let keys, _) = inner else { return }
    let count = 3 + keys.reduce(0) { $0 + ($1.isUncompressed ? 66 : 34) }
    guard count <= 520 else { throw .redeemScriptTooLong(count) }
  }

  /// What an error shows of a text that may be long.
  private static func excerpt(_ text: Substring) -> String {
    text.count > 40 ? "\(text.prefix(40))…" : String(text)
  }
}
