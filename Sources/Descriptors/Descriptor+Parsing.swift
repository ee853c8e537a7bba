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
    guard text.utf8.count <= Self.textLimit else {
      throw .textTooLong(text.utf8.count, limit: Self.textLimit)
    }
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

  func expression(
    _ text: Substring, inside place: Place
  ) throws(DescriptorError) -> Descriptor.Expression {
    guard let open = text.firstIndex(of: "("), text.last == ")" else {
      throw .malformed(text.excerpt)
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
      return try taproot(body)
    case "rawtr":
      try allow(.top)
      return .rawtr(try taprootKey(body))
    case "combo":
      try allow(.top)
      return .combo(try key(body, inside: place))
    case "addr":
      try allow(.top)
      do { return .addr(String(body), try Address.parse(String(body), network: network)) } catch {
        throw .badAddress
      }
    case "raw":
      try allow(.top)
      guard let bytes = Hex.bytes(body), !bytes.isEmpty else {
        throw .malformed(text.excerpt)
      }
      return .raw(Script(bytes))
    case "musig": throw .notAllowed(function: name, inside: place.rawValue)
    default:
      guard place == .wsh else {
        guard Miniscript.functions.contains(name) || name.contains(":") else {
          throw .unknownFunction(text[..<open].excerpt)
        }
        throw .notAllowed(function: text[..<open].excerpt, inside: place.rawValue)
      }
      return .miniscript(try miniscript(text, in: .p2wsh))
    }
  }

  /// Reads Miniscript, and refuses what nobody should send money to.
  private func miniscript(
    _ text: Substring, in context: MiniscriptContext
  ) throws(DescriptorError) -> Miniscript {
    let miniscript = try Miniscript(
      parsing: text, in: context, network: network, privateKeys: privateKeys)
    if let problem = miniscript.problem {
      throw .unsafeMiniscript(text.excerpt, problem)
    }
    return miniscript
  }

  private func taproot(_ text: Substring) throws(DescriptorError) -> Descriptor.Expression {
    guard let comma = Self.comma(in: text, depth: 0) else { return .tr(try taprootKey(text), nil) }
    let key = try taprootKey(text[..<comma])
    return .tr(key, try tree(text[text.index(after: comma)...], depth: 0))
  }

  private func tree(_ text: Substring, depth: Int) throws(DescriptorError) -> TapTree {
    guard depth <= TapTree.depthLimit else { throw .tooDeep(limit: TapTree.depthLimit) }
    guard text.first == "{" else { return .leaf(try leaf(text)) }
    guard text.last == "}", let comma = Self.comma(in: text, depth: 1) else {
      throw .malformed(text.excerpt)
    }
    let inside = text.dropFirst().dropLast()
    return .branch(
      try tree(inside[..<comma], depth: depth + 1),
      try tree(inside[text.index(after: comma)...], depth: depth + 1))
  }

  /// The first comma that stands inside so many brackets: 1 between the parts of "{left,right}".
  private static func comma(in text: Substring, depth wanted: Int) -> Substring.Index? {
    var depth = 0
    for index in text.indices {
      switch text[index] {
      case "{", "(": depth += 1
      case "}", ")": depth -= 1
      case "," where depth == wanted: return index
      default: break
      }
    }
    return nil
  }

  private func leaf(_ text: Substring) throws(DescriptorError) -> TapLeafExpression {
    let name = "sortedmulti_a"
    guard text.hasPrefix(name + "(") else {
      return .miniscript(try miniscript(text, in: .tapscript))
    }
    // Only the order of its keys sets it apart from `multi_a`.
    let plain = try miniscript(text.dropFirst("sorted".count), in: .tapscript)
    guard case .multiA(let threshold, let keys) = plain.node else {
      throw .malformed(text.excerpt)
    }
    return .sortedMultiA(threshold, keys)
  }

  private func key(
    _ text: Substring, inside place: Place, named name: String? = nil
  ) throws(DescriptorError) -> KeyExpression {
    if text.hasPrefix("musig(") { throw .notAllowed(function: "musig", inside: place.rawValue) }
    guard !text.contains("("), !text.contains(",") else { throw .malformed(text.excerpt) }
    let key = try KeyExpression(
      parsing: text, network: network, privateKeys: privateKeys)
    let name = name ?? place.rawValue
    guard !key.isXOnly else { throw .xOnlyKey(inside: name) }
    guard !key.isUncompressed || place != .wsh else { throw .uncompressedKey(inside: name) }
    return key
  }

  private func taprootKey(_ text: Substring) throws(DescriptorError) -> KeyExpression {
    guard text.hasPrefix("musig(") || !text.contains("(") else {
      throw .malformed(text.excerpt)
    }
    let key = try KeyExpression(
      parsing: text, network: network, privateKeys: privateKeys, allowingMuSig: true)
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
    else { throw .badThreshold(arguments[0].excerpt, keys: keyCount) }
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
}
