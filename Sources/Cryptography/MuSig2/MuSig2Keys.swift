/// Public keys of several signers joined to one, and what is added to it. See BIP-327, "Key
/// Aggregation and Tweaking".
public struct MuSig2Keys: Sendable {
  /// A number that is added to the joint key.
  public struct Tweak: Hashable, Sendable {
    /// 32 bytes, below the group order.
    public let bytes: [UInt8]
    /// Whether it is added to the even point, as taproot does, or to the point as it is, as BIP-32
    /// does.
    public let isXOnly: Bool

    public init(_ bytes: [UInt8], isXOnly: Bool) {
      self.bytes = bytes
      self.isXOnly = isXOnly
    }
  }

  /// The signers' keys in their order, 33 bytes each.
  public let publicKeys: [[UInt8]]
  private let list: [UInt8]
  private let second: [UInt8]?
  let point: CurvePoint
  /// 1 or -1: whether the sum of the parts has to be turned over.
  let sign: CurveScalar
  let tweak: CurveScalar

  /// Joins keys. Another order gives another key; see ``sorted(_:)``.
  public init(_ publicKeys: [[UInt8]]) throws(MuSig2Error) {
    guard let first = publicKeys.first else {
      throw .wrongCount(of: "keys", expected: 1, actual: 0)
    }
    var points: [CurvePoint] = []
    for (signer, key) in publicKeys.enumerated() {
      guard let point = CurvePoint(key) else { throw .badPublicKey(signer: signer) }
      points.append(point)
    }
    self.publicKeys = publicKeys
    list = SHA256.tagged("KeyAgg list", publicKeys.flatMap { $0 })
    second = publicKeys.first { $0 != first }
    var sum = CurvePoint.infinity
    for (point, key) in zip(points, publicKeys) {
      sum = sum + point.times(Self.coefficient(of: key, list: list, second: second))
    }
    // Cannot be reached but with negligible probability.
    guard !sum.isInfinity else { throw .badPublicKey(signer: 0) }
    point = sum
    sign = .one
    tweak = .zero
  }

  private init(_ keys: MuSig2Keys, point: CurvePoint, sign: CurveScalar, tweak: CurveScalar) {
    publicKeys = keys.publicKeys
    list = keys.list
    second = keys.second
    self.point = point
    self.sign = sign
    self.tweak = tweak
  }

  /// The joint key with all tweaks, 33 bytes.
  public var publicKey: [UInt8] { point.bytes }

  /// The joint key as taproot writes it, 32 bytes.
  public var xOnlyPublicKey: [UInt8] { point.xOnly }

  /// Returns the keys in the order of their bytes. See BIP-327, "Key Sorting".
  public static func sorted(_ publicKeys: [[UInt8]]) -> [[UInt8]] {
    publicKeys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// Returns the keys with `tweak` added. See BIP-327, `ApplyTweak`.
  public func adding(_ tweak: Tweak) throws(MuSig2Error) -> MuSig2Keys {
    guard let number = CurveScalar(tweak.bytes) else { throw .badTweak }
    let turns = tweak.isXOnly && !point.hasEvenY
    let sum = (turns ? point.negated : point) + CurvePoint.generator(times: number)
    guard !sum.isInfinity else { throw .badTweak }
    return MuSig2Keys(
      self, point: sum, sign: turns ? sign.negated : sign,
      tweak: (turns ? self.tweak.negated : self.tweak) + number)
  }

  /// The number by which the key of one signer counts. See BIP-327, `KeyAggCoeff`.
  func coefficient(of key: [UInt8]) -> CurveScalar {
    Self.coefficient(of: key, list: list, second: second)
  }

  private static func coefficient(
    of key: [UInt8], list: [UInt8], second: [UInt8]?
  ) -> CurveScalar {
    guard key != second else { return .one }
    return CurveScalar(reducing: SHA256.tagged("KeyAgg coefficient", list + key))
  }
}
