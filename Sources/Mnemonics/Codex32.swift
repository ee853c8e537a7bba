// Unsafe file. Sound because every buffer is that of a secret, used inside its own closure at
// indices below its count.
public import Cryptography

/// A master seed, or one share of it, as letters that can be checked and combined by hand. See
/// BIP-93.
public struct Codex32: Sendable {
  /// The header: how many shares are needed, whose they are, and which this is.
  public struct Header: Hashable, Sendable {
    /// 0 for a seed that is not shared, 2 to 9 otherwise.
    public var threshold: Int
    /// Four letters of the bech32 alphabet.
    public var identifier: String
    /// A letter; "s" for the secret itself.
    public var index: Character
  }

  public let header: Header
  /// Five bits in each byte: header, payload and checksum.
  private let symbols: SecretBytes

  private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
  private static let secretIndex: UInt8 = 16
  private static let headerCount = 6

  /// Reads a text that begins with "ms1"; all of it in one case.
  ///
  /// - Throws: ``MnemonicError``: a letter outside the alphabet, a length that is none, a checksum
  ///   or a header that is wrong.
  public init(text: SecretBytes) throws(MnemonicError) {
    guard (48...127).contains(text.count) else { throw .wrongLength(words: text.count) }
    var problem: MnemonicError?
    let isRight: Bool
    let first: [UInt8]
    do throws(CryptographyError) {
      symbols = try unsafe SecretBytes(count: text.count - 3) { target throws(CryptographyError) in
        try unsafe text.withUnsafeBytes { bytes in
          problem = unsafe Self.read(bytes, into: target)
        }
      }
      isRight = try Self.checksum(symbols) == Self.constant(symbols.count)
      first = try symbols.part(0..<Self.headerCount).revealed()
    } catch {
      throw .cryptography(error)
    }
    if let problem { throw problem }
    guard isRight else { throw .wrongChecksum }
    let letters = first.map { Character(UnicodeScalar(Self.alphabet[Int($0)])) }
    guard let threshold = letters[0].wholeNumberValue, threshold != 1 else {
      throw .malformedShare("has a threshold of \(letters[0]); allowed are 0 and 2 to 9")
    }
    header = Header(
      threshold: threshold, identifier: String(letters[1...4]), index: letters[5])
    guard threshold != 0 || header.index == "s" else {
      throw .malformedShare("is not shared and yet has the index \(header.index)")
    }
    guard Self.secretCount(symbols.count) != nil else {
      throw .wrongLength(words: text.count)
    }
  }

  private init(symbols: SecretBytes, header: Header) {
    self.symbols = symbols
    self.header = header
  }

  /// Creates the text of a seed of 16 to 64 bytes that is not shared, or that is the secret of a
  /// scheme of `threshold` shares.
  public init(
    secret: SecretBytes, threshold: Int = 0, identifier: String
  ) throws(MnemonicError) {
    guard (16...64).contains(secret.count) else {
      throw .wrongSecretLength(bytes: secret.count)
    }
    let letters = identifier.utf8.compactMap { Self.alphabet.firstIndex(of: $0) }
    guard letters.count == 4, identifier.utf8.count == 4 else {
      throw .badScheme("an identifier has four letters of the bech32 alphabet")
    }
    guard threshold == 0 || (2...9).contains(threshold),
      let digit = Self.alphabet.firstIndex(of: UInt8(ascii: "0") + UInt8(threshold))
    else { throw .badScheme("threshold \(threshold); allowed are 0 and 2 to 9") }
    let payloadCount = (8 * secret.count + 4) / 5
    let start = [digit] + letters + [Int(Self.secretIndex)]
    do throws(CryptographyError) {
      let body = try Self.secret(count: Self.headerCount + payloadCount) {
        index throws(CryptographyError) in
        index < start.count
          ? UInt8(start[index])
          : UInt8(try secret.bits(from: 5 * (index - start.count), count: 5))
      }
      symbols = try Self.withChecksum(body)
    } catch {
      throw .cryptography(error)
    }
    header = Header(threshold: threshold, identifier: identifier, index: "s")
  }

  /// The text in lower case.
  public func text() throws(CryptographyError) -> SecretBytes {
    try unsafe SecretBytes(count: symbols.count + 3) { target throws(CryptographyError) in
      unsafe target.copyBytes(from: "ms1".utf8)
      try unsafe symbols.withUnsafeBytes { symbols in
        for index in 0..<symbols.count {
          unsafe target[3 + index] = Self.alphabet[Int(symbols[index])]
        }
      }
    }
  }

  /// The master seed, where this is the secret itself.
  public func seed() throws(MnemonicError) -> SecretBytes {
    guard header.index == "s" else {
      throw .tooFewShares(group: nil, have: 1, need: header.threshold)
    }
    guard let count = Self.secretCount(symbols.count) else {
      throw .wrongLength(words: symbols.count + 3)
    }
    do throws(CryptographyError) {
      let packed = try SecretBytes(
        packing: symbols.count - Self.headerCount, wordsOf: 5
      ) { index throws(CryptographyError) in
        try symbols.bits(from: 8 * (index + Self.headerCount), count: 8)
      }
      return try packed.part(0..<count)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Returns the share, or with "s" the secret, that follows from `shares`.
  ///
  /// - Throws: ``MnemonicError/differentSets``, ``MnemonicError/conflictingShares`` for the same
  ///   index twice, or ``MnemonicError/tooFewShares(group:have:need:)``.
  public static func derive(
    _ index: Character, from shares: [Codex32]
  ) throws(MnemonicError) -> Codex32 {
    guard let first = shares.first else { throw .tooFewShares(group: nil, have: 0, need: 2) }
    let need = first.header.threshold
    guard
      shares.allSatisfy({
        $0.header.threshold == need && $0.header.identifier == first.header.identifier
          && $0.symbols.count == first.symbols.count
      })
    else { throw .differentSets }
    guard need > 0 else { throw .badScheme("a seed that is not shared has no other shares") }
    guard Set(shares.map(\.header.index)).count == shares.count else { throw .conflictingShares }
    guard shares.count >= need else {
      throw .tooFewShares(group: nil, have: shares.count, need: need)
    }
    guard let asked = index.asciiValue.flatMap({ alphabet.firstIndex(of: $0) }) else {
      throw .malformedShare("cannot have the index \(index)")
    }
    let used = Array(shares.prefix(need))
    let places = used.map { place(of: $0.header.index) }
    do throws(CryptographyError) {
      let symbols = try unsafe SecretBytes(count: first.symbols.count) {
        target throws(CryptographyError) in
        for (share, own) in zip(used, places) {
          var weight: UInt8 = 1
          for other in places where other != own {
            weight = product(
              weight, product(UInt8(asked) ^ other, inverse(own ^ other)))
          }
          try unsafe share.symbols.withUnsafeBytes { values in
            for index in 0..<values.count { unsafe target[index] ^= product(values[index], weight) }
          }
        }
      }
      let header = Header(threshold: need, identifier: first.header.identifier, index: index)
      if let known = used.first(where: { $0.header.index == index }) { return known }
      return Codex32(symbols: symbols, header: header)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Splits a seed: any `threshold` of the `count` shares give it back.
  public static func split(
    _ secret: SecretBytes, threshold: Int, count: Int, identifier: String
  ) throws(MnemonicError) -> [Codex32] {
    guard (2...9).contains(threshold), (threshold...31).contains(count) else {
      throw .badScheme("\(threshold) of \(count) shares; allowed are 2 to 9 of at most 31")
    }
    let whole = try Codex32(secret: secret, threshold: threshold, identifier: identifier)
    let indices = alphabet.filter { $0 != UInt8(ascii: "s") }.map { Character(UnicodeScalar($0)) }
    var shares: [Codex32] = []
    for index in indices.prefix(threshold - 1) {
      do throws(CryptographyError) {
        let random = try SecureRandom.secret(secret.count + 1)
        let bodyCount = whole.symbols.count - checksumCount(whole.symbols.count)
        let first = try whole.symbols.part(0..<headerCount).revealed()
        let body = try Self.secret(count: bodyCount) { position throws(CryptographyError) in
          if position < headerCount - 1 { return first[position] }
          if position == headerCount - 1 { return place(of: index) }
          return UInt8(try random.bits(from: 5 * (position - headerCount), count: 5))
        }
        shares.append(
          Codex32(
            symbols: try withChecksum(body),
            header: Header(threshold: threshold, identifier: identifier, index: index)))
      } catch {
        throw .cryptography(error)
      }
    }
    let base = shares + [whole]
    for index in indices.prefix(count).dropFirst(threshold - 1) {
      shares.append(try derive(index, from: base))
    }
    return shares
  }

  // MARK: Letters

  /// Reads the letters behind "ms1"; returns what is wrong with them.
  private static func read(
    _ text: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> MnemonicError? {
    let capital = unsafe text[0] == UInt8(ascii: "M")
    let prefix = Array((capital ? "MS1" : "ms1").utf8)
    for index in 0..<3 where unsafe text[index] != prefix[index] {
      return .malformedShare("does not begin with \"ms1\"")
    }
    for index in 3..<text.count {
      var letter = unsafe text[index]
      if letter >= UInt8(ascii: "A"), letter <= UInt8(ascii: "Z") {
        guard capital else { return .malformedShare("mixes capitals and small letters") }
        letter += 32
      } else if letter >= UInt8(ascii: "a"), letter <= UInt8(ascii: "z"), capital {
        return .malformedShare("mixes capitals and small letters")
      }
      guard let symbol = alphabet.firstIndex(of: letter) else { return .unknownWord(index + 1) }
      unsafe target[index - 3] = UInt8(symbol)
    }
    return nil
  }

  private static func place(of index: Character) -> UInt8 {
    UInt8(index.asciiValue.flatMap { alphabet.firstIndex(of: $0) } ?? 0)
  }

  private static func secret(
    count: Int, _ symbol: (Int) throws(CryptographyError) -> UInt8
  ) throws(CryptographyError) -> SecretBytes {
    try unsafe SecretBytes(count: count) { target throws(CryptographyError) in
      for index in 0..<count { unsafe target[index] = try symbol(index) }
    }
  }

  // MARK: Checksum

  private static func checksumCount(_ symbolCount: Int) -> Int { symbolCount >= 96 ? 15 : 13 }

  /// Bytes of the secret in so many letters; `nil` when that is no length.
  private static func secretCount(_ symbolCount: Int) -> Int? {
    let bits = 5 * (symbolCount - headerCount - checksumCount(symbolCount))
    guard symbolCount <= 93 || symbolCount >= 96, bits % 8 <= 4 else { return nil }
    return (16...64).contains(bits / 8) ? bits / 8 : nil
  }

  private static func constant(_ symbolCount: Int) -> UInt128 {
    symbolCount >= 96 ? 0x433_81E5_70BF_4798_AB26 : 0x1_0CE0_795C_2FD1_E62A
  }

  private static func checksum(_ symbols: SecretBytes) throws(CryptographyError) -> UInt128 {
    try unsafe symbols.withUnsafeBytes { symbols in
      var sum = Sum(isLong: symbols.count >= 96)
      for index in 0..<symbols.count { unsafe sum.add(symbols[index]) }
      return sum.value
    }
  }

  /// The code of BIP-93, "Checksum" and "Long codex32 Strings".
  private struct Sum {
    private(set) var value: UInt128 = 0x2318_1B3
    private let generator: [UInt128]
    private let width: UInt128

    init(isLong: Bool) {
      width = isLong ? 70 : 60
      generator =
        isLong
        ? [
          0x3D5_9D27_3535_EA62_D897, 0x7A9_BECB_6361_C6C5_1507, 0x543_F9B7_E6C3_8D8A_2A0E,
          0x0C5_77EA_ECCF_1990_D13C, 0x188_7F74_F8DC_71B1_0651,
        ]
        : [
          0x1_9DC5_00CE_73FD_E210, 0x1_BFAE_00DE_F77F_E529, 0x1_FBD9_20FF_FE7B_EE52,
          0x1_7396_40BD_EEE3_FDAD, 0x0_7729_A039_CFC7_5F5A,
        ]
    }

    mutating func add(_ symbol: UInt8) {
      let top = value >> width
      value = (value & ((1 << width) - 1)) << 5 ^ UInt128(symbol)
      for (bit, term) in generator.enumerated() {
        value ^= term & (0 &- (top >> UInt128(bit) & 1))
      }
    }
  }

  private static func withChecksum(_ body: SecretBytes) throws(CryptographyError) -> SecretBytes {
    // A body of up to 80 letters takes the short code.
    let count = body.count > 80 ? 15 : 13
    let value = try unsafe body.withUnsafeBytes { symbols in
      var sum = Sum(isLong: count == 15)
      for index in 0..<symbols.count { unsafe sum.add(symbols[index]) }
      for _ in 0..<count { sum.add(0) }
      return sum.value ^ constant(count == 15 ? 96 : 0)
    }
    return try SecretBytes(
      body,
      followedBy: try SecretBytes(
        copying: (0..<count).map { UInt8(value >> UInt128(5 * (count - 1 - $0)) & 31) }))
  }

  // MARK: The field of 32 elements

  /// The product modulo x^5 + x^3 + 1.
  private static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
    var sum: UInt8 = 0
    var shifted = a
    for bit in 0..<5 {
      sum ^= shifted & (0 &- (b >> UInt8(bit) & 1))
      shifted = (shifted << 1) ^ (41 & (0 &- (shifted >> 4 & 1)))
    }
    return sum
  }

  /// The inverse, a^30.
  private static func inverse(_ a: UInt8) -> UInt8 {
    var power = a
    var result: UInt8 = 1
    // 30 is 0b11110.
    for _ in 0..<4 {
      power = product(power, power)
      result = product(result, power)
    }
    return result
  }
}
