import Bitcoin
import Cryptography
import Wire

extension KeyExpression {
  /// Reads a key expression.
  ///
  /// A private key, where it is allowed at all, is turned into a public one here: everything up to
  /// the last hardened step moves into the origin, and no secret stays in the value.
  init(
    parsing text: Substring, network: Network, privateKeys: Descriptor.PrivateKeys,
    allowingMuSig: Bool = false
  ) throws(DescriptorError) {
    if allowingMuSig, text.hasPrefix("musig(") {
      try self.init(musig: text, network: network, privateKeys: privateKeys)
      return
    }
    let family = ExtendedKey.Family(network)
    let (origin, rest) = try Self.splitOrigin(text)
    guard !rest.isEmpty else { throw .badKey("there is nothing behind the origin") }
    var parts = rest.split(separator: "/", omittingEmptySubsequences: false)
    let head = parts.removeFirst()
    if let single = try Self.single(head, network: network, privateKeys: privateKeys) {
      guard parts.isEmpty else { throw .badKey("no path may follow a single key") }
      self.init(origin: origin, single: single)
      return
    }
    let isRanged = try Self.takeWildcard(&parts)
    let steps = try Self.steps(parts)
    do {
      let key = try ExtendedPublicKey(parsing: head)
      guard key.family == family else { throw DescriptorError.wrongNetwork }
      try self.init(origin: origin, extended: key, steps: steps, isRanged: isRanged)
    } catch ExtendedKeyError.wrongKind {
      guard privateKeys == .madePublic else { throw .privateKey }
      try self.init(
        origin: origin, privateText: head, steps: steps, isRanged: isRanged, family: family)
    } catch let error as DescriptorError {
      throw error
    } catch {
      throw .badKey("neither a public key nor an extended key (\(error))")
    }
  }

  /// Reads "musig(key,key,…)" with the steps behind it. See BIP-390.
  private init(
    musig text: Substring, network: Network, privateKeys: Descriptor.PrivateKeys
  ) throws(DescriptorError) {
    guard let close = text.firstIndex(of: ")") else { throw .badKey("musig( without end") }
    let inside = text[..<close].dropFirst("musig(".count)
    var participants: [KeyExpression] = []
    for part in inside.split(separator: ",", omittingEmptySubsequences: false) {
      guard participants.count < Descriptor.participantLimit else {
        throw .tooManyKeys(participants.count + 1, limit: Descriptor.participantLimit)
      }
      let key = try KeyExpression(parsing: part, network: network, privateKeys: privateKeys)
      guard !key.isUncompressed else { throw .uncompressedKey(inside: "musig") }
      guard !key.isXOnly else { throw .xOnlyKey(inside: "musig") }
      participants.append(key)
    }
    let rest = text[text.index(after: close)...]
    guard rest.isEmpty || rest.first == "/" else { throw .badKey("no path behind musig()") }
    var parts = rest.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    if rest.isEmpty { parts = [] }
    let isRanged = try Self.takeWildcard(&parts)
    try self.init(musig: participants, steps: try Self.steps(parts), isRanged: isRanged)
  }

  /// Takes a wildcard off the end of a path; returns whether there was one.
  private static func takeWildcard(_ parts: inout [Substring]) throws(DescriptorError) -> Bool {
    guard let last = parts.last, last == "*" || last == "*h" || last == "*'" else { return false }
    guard last == "*" else { throw .hardenedStep }
    parts.removeLast()
    return true
  }

  private init(
    origin: KeyOrigin?, privateText: Substring, steps: [Step], isRanged: Bool,
    family: ExtendedKey.Family
  ) throws(DescriptorError) {
    let root: ExtendedPrivateKey
    do { root = try ExtendedPrivateKey(parsing: privateText) } catch {
      throw .badKey("not an extended key (\(error))")
    }
    guard root.publicKey.family == family else { throw .wrongNetwork }
    let hardened = steps.lastIndex { step in
      if case .one(let number) = step { number.isHardened } else { false }
    }
    guard let hardened else {
      try self.init(
        origin: origin, extended: root.publicKey, steps: steps, isRanged: isRanged)
      return
    }
    var path = DerivationPath()
    for step in steps[...hardened] {
      guard case .one(let number) = step else { throw .hardenedStep }
      path = path.appending(number)
    }
    let base = origin ?? KeyOrigin(fingerprint: root.fingerprint, path: DerivationPath())
    let account: ExtendedPublicKey
    do { account = try root.descendant(path).publicKey } catch {
      throw .badKey("its path leads to no key (\(error))")
    }
    try self.init(
      origin: KeyOrigin(fingerprint: base.fingerprint, path: base.path.appending(path)),
      extended: account, steps: Array(steps[(hardened + 1)...]), isRanged: isRanged)
  }

  private static func splitOrigin(
    _ text: Substring
  ) throws(DescriptorError) -> (origin: KeyOrigin?, rest: Substring) {
    guard text.first == "[" else {
      guard !text.contains("]"), !text.contains("[") else {
        throw .badKey("a bracket that is not the start of an origin")
      }
      return (nil, text)
    }
    guard let close = text.firstIndex(of: "]") else { throw .badKey("an origin without end") }
    let inside = text[text.index(after: text.startIndex)..<close]
    let rest = text[text.index(after: close)...]
    guard !rest.contains("["), !rest.contains("]") else { throw .badKey("more than one origin") }
    let slash = inside.firstIndex(of: "/") ?? inside.endIndex
    guard let fingerprint = KeyFingerprint(hex: inside[..<slash]) else {
      throw .badKey("the fingerprint of an origin is eight hexadecimal digits")
    }
    guard slash < inside.endIndex else {
      return (KeyOrigin(fingerprint: fingerprint, path: DerivationPath()), rest)
    }
    do {
      let path = try DerivationPath(parsing: inside[inside.index(after: slash)...])
      return (KeyOrigin(fingerprint: fingerprint, path: path), rest)
    } catch {
      throw .badKey("the path of the origin (\(error))")
    }
  }

  /// Returns the bytes of a key that is no extended key, or `nil` when `text` looks like one.
  private static func single(
    _ text: Substring, network: Network, privateKeys: Descriptor.PrivateKeys
  ) throws(DescriptorError) -> [UInt8]? {
    if let bytes = Hex.bytes(text), [32, 33, 65].contains(bytes.count) {
      // A hybrid key (prefix 6 or 7) parses as a point, yet no wallet may use one.
      let isKey =
        switch bytes.count {
        case 32: Secp256k1.isValidXOnlyPublicKey(bytes)
        case 33: Secp256k1.isValidPublicKey(bytes)
        default: bytes[0] == 4 && Secp256k1.isValidPublicKey(bytes)
        }
      guard isKey else { throw .badKey("no point of the curve") }
      return bytes
    }
    for other in Network.allCases {
      guard let (key, isCompressed) = PrivateKeyText.parse(String(text), network: other) else {
        continue
      }
      guard privateKeys == .madePublic else { throw .privateKey }
      guard ExtendedKey.Family(other) == ExtendedKey.Family(network) else { throw .wrongNetwork }
      do { return try Secp256k1.publicKey(from: key, compressed: isCompressed) } catch {
        throw .badKey("\(error)")
      }
    }
    return nil
  }

  /// Alternatives of a multipath step: wallets have two, and each takes derivations when it is read.
  private static let alternativeLimit = 256

  private static func steps(_ parts: [Substring]) throws(DescriptorError) -> [Step] {
    var steps: [Step] = []
    var hasChoice = false
    for part in parts {
      guard part.first == "<" else {
        guard let number = ChildNumber(parsing: part) else {
          throw .badKey(
            "\"\(part.excerpt)\" is no step: a number below 2^31, with h or ' if hardened")
        }
        steps.append(.one(number))
        continue
      }
      guard part.last == ">", !hasChoice else { throw .badMultipath(part.excerpt) }
      hasChoice = true
      var numbers: [ChildNumber] = []
      for choice in part.dropFirst().dropLast().split(
        separator: ";", omittingEmptySubsequences: false)
      {
        guard let number = ChildNumber(parsing: choice), !numbers.contains(number) else {
          throw .badMultipath(part.excerpt)
        }
        guard numbers.count < Self.alternativeLimit else {
          throw .tooManyAlternatives(limit: Self.alternativeLimit)
        }
        numbers.append(number)
      }
      guard numbers.count >= 2 else { throw .badMultipath(part.excerpt) }
      steps.append(.oneOf(numbers))
    }
    return steps
  }
}
