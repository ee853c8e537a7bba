public import Cryptography
import Wire

/// Why an extended key, or a path from it, is refused. See BIP-32.
public enum ExtendedKeyError: Error, Equatable, Sendable {
  /// Not Base58Check text of 78 bytes.
  case badText
  /// The version bytes are neither xpub, xprv, tpub nor tprv.
  case unknownVersion(UInt32)
  /// The other kind of key was asked for: a public one where a private one is needed, or back.
  case wrongKind
  /// An xpub where the network needs a tpub, or back.
  case wrongNetwork
  /// Depth 0 with a parent fingerprint or a child number.
  case rootWithParent
  /// No point of the curve, or a private key outside 1 to n - 1.
  case badKey
  /// A seed that is not 16 to 64 bytes long.
  case badSeedLength(Int)
  /// A number of words or bytes that BIP-85 does not derive.
  case badEntropyCount(UInt32)
  /// A step of a path that is no number below 2^31 with an optional `h` or `'` behind it.
  case badPathStep(String)
  /// A hardened step from a public key.
  case hardenedFromPublic
  /// More than 255 steps from the root.
  case tooDeep
  /// The one index in 2^127 whose child does not exist; take the next index.
  case noSuchChild
  /// The private key was wiped, or there is no locked memory left.
  case secretUnavailable(CryptographyError)

  /// Tells a secret that could not be read from arithmetic that has no result.
  init(_ error: CryptographyError, otherwise: ExtendedKeyError) {
    switch error {
    case .wiped, .outOfMemory: self = .secretUnavailable(error)
    case .wrongLength, .invalidPrivateKey, .invalidPublicKey, .invalidTweak, .notAuthentic,
      .invalidCost:
      self = otherwise
    }
  }
}

/// What public and private extended keys have in common. See BIP-32, "Serialization format".
public enum ExtendedKey {
  /// The greatest depth the format can say.
  public static let maximumDepth = 255
  static let length = 78

  /// The two families of version bytes: all test networks share one.
  public enum Family: Hashable, Sendable {
    /// xpub and xprv.
    case mainnet
    /// tpub and tprv: testnet, signet and regtest.
    case test

    /// The family that `network` uses.
    public init(_ network: Network) { self = network == .mainnet ? .mainnet : .test }

    private var network: Network { self == .mainnet ? .mainnet : .testnet }
    var publicVersion: UInt32 { network.extendedPublicKeyVersion }
    var privateVersion: UInt32 { network.extendedPrivateKeyVersion }
  }

  /// Where a key stands in its tree.
  public struct Position: Hashable, Sendable {
    /// Steps from the root, 0 to 255.
    public let depth: UInt8
    /// Fingerprint of the parent, zero for the root.
    public let parent: KeyFingerprint
    /// The last step, `0` for the root.
    public let child: ChildNumber

    static let root = Position(
      depth: 0, parent: KeyFingerprint.zero, child: ChildNumber(rawValue: 0))

    func next(_ child: ChildNumber, of parent: KeyFingerprint) throws(ExtendedKeyError) -> Position
    {
      guard depth < UInt8.max else { throw .tooDeep }
      return Position(depth: depth + 1, parent: parent, child: child)
    }

    /// The 13 bytes that say version and position.
    func header(version: UInt32, chainCode: [UInt8]) -> [UInt8] {
      bigEndian(version) + [depth] + parent.bytes + bigEndian(child.rawValue) + chainCode
    }
  }

  /// The fields of 78 bytes, before the key itself is looked at.
  struct Fields {
    let version: UInt32
    let position: Position
    let chainCode: [UInt8]
    let key: [UInt8]

    init(_ bytes: [UInt8]) throws(ExtendedKeyError) {
      guard bytes.count == ExtendedKey.length, let parent = KeyFingerprint(Array(bytes[5..<9]))
      else { throw .badText }
      version = number(bytes[0..<4])
      position = Position(
        depth: bytes[4], parent: parent, child: ChildNumber(rawValue: number(bytes[9..<13])))
      chainCode = Array(bytes[13..<45])
      key = Array(bytes[45...])
      if position.depth == 0, position != .root { throw .rootWithParent }
    }
  }

  static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
  }

  static func number(_ bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }
}

/// The first four bytes of a key's Hash160: enough to tell keys of one wallet apart, no proof.
public struct KeyFingerprint: Hashable, Sendable, CustomStringConvertible {
  /// Four bytes, in the order they are written.
  public let bytes: [UInt8]

  static let zero = KeyFingerprint(unchecked: [0, 0, 0, 0])

  private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

  /// Creates a fingerprint, or `nil` when `bytes` are not four.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 4 else { return nil }
    self.bytes = bytes
  }

  /// Creates a fingerprint from eight hexadecimal digits, or `nil`.
  public init?(hex: some StringProtocol) {
    guard let bytes = Hex.bytes(hex) else { return nil }
    self.init(bytes)
  }

  /// Takes the fingerprint of a serialised public key.
  public init(ofPublicKey key: [UInt8]) { bytes = Array(Hash160.hash(key).prefix(4)) }

  /// Eight lower-case hexadecimal digits.
  public var description: String { Hex.text(bytes) }
}
