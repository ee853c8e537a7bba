// Unsafe file. Sound because every buffer is that of a secret, used inside its own closure at
// indices below its count.
public import Cryptography

/// Splits a secret into groups of shares, and puts it together again. See SLIP-0039.
public enum ShamirSecret {
  /// How many shares a group has, and how many it takes.
  public struct Group: Hashable, Sendable {
    public var threshold: Int
    public var count: Int

    public init(threshold: Int, count: Int) {
      self.threshold = threshold
      self.count = count
    }
  }

  private static let digestPlace: UInt8 = 254
  private static let secretPlace: UInt8 = 255
  private static let digestCount = 4
  private static let rounds: UInt8 = 4

  /// Splits `secret`, of at least 16 and an even number of bytes, into shares: any
  /// `groupThreshold` groups give it back.
  ///
  /// - Parameters:
  ///   - passphrase: Printable ASCII, or `nil` for none. Any other passphrase gives another secret,
  ///     not an error.
  ///   - iterationExponent: Work against guessing the passphrase, 10 000 × 2^this steps.
  /// - Returns: For each group its shares.
  public static func split(
    _ secret: SecretBytes, groupThreshold: Int, groups: [Group], passphrase: SecretBytes? = nil,
    iterationExponent: UInt8 = 1, isExtendable: Bool = true
  ) throws(MnemonicError) -> [[ShamirShare]] {
    guard secret.count >= 16, secret.count.isMultiple(of: 2) else {
      throw .wrongSecretLength(bytes: secret.count)
    }
    guard (1...16).contains(groups.count), (1...groups.count).contains(groupThreshold) else {
      throw .badScheme("\(groupThreshold) of \(groups.count) groups; allowed are 1 to 16 groups")
    }
    for group in groups {
      guard (1...16).contains(group.count), (1...group.count).contains(group.threshold) else {
        throw .badScheme("\(group.threshold) of \(group.count) shares; allowed are 1 to 16 shares")
      }
      guard group.threshold > 1 || group.count == 1 else {
        throw .badScheme("a group that takes one share has one: more would be copies of it")
      }
    }
    guard iterationExponent <= 15 else {
      throw .badScheme("iteration exponent \(iterationExponent); allowed are 0 to 15")
    }
    let random = SecureRandom.bytes(2)
    let label = ShamirShare.Label(
      identifier: (UInt16(random[0]) << 8 | UInt16(random[1])) & 0x7FFF,
      isExtendable: isExtendable, iterationExponent: iterationExponent,
      groupThreshold: groupThreshold, groupCount: groups.count)
    do throws(CryptographyError) {
      let encrypted = try feistel(secret, passphrase, label, backwards: false)
      let parts = try shares(of: encrypted, threshold: groupThreshold, count: groups.count)
      var result: [[ShamirShare]] = []
      for (index, group) in groups.enumerated() {
        let values = try shares(
          of: parts[index].values, threshold: group.threshold, count: group.count)
        result.append(
          values.map { point in
            ShamirShare(
              label: label, group: index, member: Int(point.x),
              memberThreshold: group.threshold, value: point.values)
          })
      }
      return result
    } catch {
      throw .cryptography(error)
    }
  }

  /// Puts a secret together from shares; more than are needed must agree.
  public static func combine(
    _ shares: [ShamirShare], passphrase: SecretBytes? = nil
  ) throws(MnemonicError) -> SecretBytes {
    guard let first = shares.first else { throw .tooFewShares(group: nil, have: 0, need: 1) }
    guard shares.allSatisfy({ $0.label == first.label && $0.value.count == first.value.count })
    else { throw .differentSets }
    let label = first.label
    var complete: [ShamirField.Point] = []
    var firstGap: MnemonicError?
    for group in Set(shares.map(\.group)).sorted() {
      let members = shares.filter { $0.group == group }
      let threshold = members[0].memberThreshold
      guard members.allSatisfy({ $0.memberThreshold == threshold }) else { throw .differentSets }
      let points = try distinct(members)
      guard points.count >= threshold else {
        firstGap = firstGap ?? .tooFewShares(group: group + 1, have: points.count, need: threshold)
        continue
      }
      complete.append(
        ShamirField.Point(x: UInt8(group), values: try recover(points, threshold: threshold)))
    }
    guard complete.count >= label.groupThreshold else {
      throw firstGap
        ?? .tooFewShares(group: nil, have: complete.count, need: label.groupThreshold)
    }
    let encrypted = try recover(complete, threshold: label.groupThreshold)
    do throws(CryptographyError) {
      return try feistel(encrypted, passphrase, label, backwards: true)
    } catch {
      throw .cryptography(error)
    }
  }

  /// One point for each place; the same share twice counts once.
  private static func distinct(
    _ members: [ShamirShare]
  ) throws(MnemonicError) -> [ShamirField.Point] {
    var points: [ShamirField.Point] = []
    for share in members {
      guard let known = points.first(where: { $0.x == UInt8(share.member) }) else {
        points.append(ShamirField.Point(x: UInt8(share.member), values: share.value))
        continue
      }
      guard try equal(known.values, share.value) else { throw .conflictingShares }
    }
    return points
  }

  private static func equal(_ a: SecretBytes, _ b: SecretBytes) throws(MnemonicError) -> Bool {
    do throws(CryptographyError) {
      return try a.isEqual(to: b)
    } catch {
      throw .cryptography(error)
    }
  }

  /// The shared value of `points`, checked against the digest that was shared with it. Points
  /// beyond the threshold must lie on the same polynomials.
  private static func recover(
    _ points: [ShamirField.Point], threshold: Int
  ) throws(MnemonicError) -> SecretBytes {
    let used = Array(points.prefix(threshold))
    for extra in points.dropFirst(threshold) {
      // Where one share is the value itself, every share is.
      let expected = threshold == 1 ? used[0].values : try interpolate(used, at: extra.x)
      guard try equal(expected, extra.values) else { throw .conflictingShares }
    }
    guard threshold > 1 else { return used[0].values }
    let secret = try interpolate(used, at: secretPlace)
    let digest = try interpolate(used, at: digestPlace)
    let isRight: Bool
    do throws(CryptographyError) {
      let random = try digest.part(digestCount..<digest.count)
      let expected = try HMACSHA256.authenticateSecret(key: random, secret).part(0..<digestCount)
      isRight = try expected.isEqual(to: try digest.part(0..<digestCount))
    } catch {
      throw .cryptography(error)
    }
    guard isRight else { throw .wrongDigest }
    return secret
  }

  private static func interpolate(
    _ points: [ShamirField.Point], at place: UInt8
  ) throws(MnemonicError) -> SecretBytes {
    do throws(CryptographyError) {
      return try ShamirField.interpolate(points, at: place)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Points of random polynomials that have the secret at 255 and its digest at 254.
  private static func shares(
    of secret: SecretBytes, threshold: Int, count: Int
  ) throws(CryptographyError) -> [ShamirField.Point] {
    guard threshold > 1 else {
      return (0..<count).map { ShamirField.Point(x: UInt8($0), values: secret) }
    }
    var points: [ShamirField.Point] = []
    for place in 0..<(threshold - 2) {
      points.append(
        ShamirField.Point(x: UInt8(place), values: try SecureRandom.secret(secret.count)))
    }
    let random = try SecureRandom.secret(secret.count - digestCount)
    let code = try HMACSHA256.authenticateSecret(key: random, secret)
    let digest = try SecretBytes(try code.part(0..<digestCount), followedBy: random)
    let base =
      points + [
        ShamirField.Point(x: digestPlace, values: digest),
        ShamirField.Point(x: secretPlace, values: secret),
      ]
    for place in (threshold - 2)..<count {
      points.append(
        ShamirField.Point(
          x: UInt8(place), values: try ShamirField.interpolate(base, at: UInt8(place))))
    }
    return points
  }

  /// The four-round Feistel network that the passphrase drives. See SLIP-0039, "Encryption of the
  /// master secret".
  private static func feistel(
    _ input: SecretBytes, _ passphrase: SecretBytes?, _ label: ShamirShare.Label, backwards: Bool
  ) throws(CryptographyError) -> SecretBytes {
    let half = input.count / 2
    var left = try input.part(0..<half)
    var right = try input.part(half..<input.count)
    var prefix: [UInt8] = []
    if !label.isExtendable {
      prefix =
        Array("shamir".utf8) + [UInt8(label.identifier >> 8), UInt8(label.identifier & 0xFF)]
    }
    for step in 0..<rounds {
      let round = backwards ? rounds - 1 - step : step
      let password: SecretBytes
      if let passphrase {
        password = try SecretBytes([round], followedBy: passphrase)
      } else {
        password = try SecretBytes(copying: [round])
      }
      let mask = try PBKDF2.key(
        .sha256, password: password, salt: try SecretBytes(prefix, followedBy: right),
        iterations: UInt32(2500) << UInt32(label.iterationExponent), count: half)
      (left, right) = (right, try exclusiveOr(left, mask))
    }
    return try SecretBytes(right, followedBy: left)
  }

  private static func exclusiveOr(
    _ a: SecretBytes, _ b: SecretBytes
  ) throws(CryptographyError) -> SecretBytes {
    try unsafe SecretBytes(count: a.count) { target throws(CryptographyError) in
      try unsafe a.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
      try unsafe b.withUnsafeBytes { b in
        for index in 0..<target.count { unsafe target[index] ^= b[index] }
      }
    }
  }
}
