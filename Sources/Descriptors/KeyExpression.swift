public import Bitcoin
import Wire

/// Where a key comes from: the fingerprint of a root and the path from it.
public struct KeyOrigin: Hashable, Sendable {
  /// Fingerprint of the root key.
  public let fingerprint: KeyFingerprint
  /// Steps from that root.
  public let path: DerivationPath

  /// Creates an origin.
  public init(fingerprint: KeyFingerprint, path: DerivationPath) {
    self.fingerprint = fingerprint
    self.path = path
  }

  /// The text between the brackets of a key expression, such as "d34db33f/48h/1h/0h/2h".
  public var text: String {
    path.steps.isEmpty ? "\(fingerprint)" : "\(fingerprint)/\(path.text)"
  }
}

/// A public key as a script needs it, and where a signer finds its private half.
public struct DerivedKey: Hashable, Sendable {
  /// As it stands in the script: 33 or 65 bytes, or 32 for taproot (the internal key).
  public let publicKey: [UInt8]
  /// Root and full path, as BIP-174 carries them.
  public let origin: KeyOrigin
}

/// One key of a descriptor. See BIP-380, "Key Expressions", and BIP-389.
public struct KeyExpression: Hashable, Sendable {
  /// What stands behind the origin.
  public enum Key: Hashable, Sendable {
    /// One key: 33 bytes, 65 when uncompressed, 32 when x-only.
    case single([UInt8])
    /// An extended key with the steps behind it.
    case extended(ExtendedPublicKey)
  }

  /// The bracketed origin, if one is given.
  public let origin: KeyOrigin?
  /// The key.
  public let key: Key
  /// Steps before the wildcard, with at most one choice among them.
  let steps: [Step]
  /// Whether `/*` ends the expression.
  public let isRanged: Bool
  /// For each alternative of the multipath step, the steps taken and the key they lead to.
  private let parents: [Parent]

  enum Step: Hashable, Sendable {
    case one(ChildNumber)
    case oneOf([ChildNumber])
  }

  private struct Parent: Hashable, Sendable {
    let path: DerivationPath
    let key: ExtendedPublicKey
  }

  init(origin: KeyOrigin?, single: [UInt8]) {
    self.origin = origin
    key = .single(single)
    steps = []
    isRanged = false
    parents = []
  }

  init(
    origin: KeyOrigin?, extended: ExtendedPublicKey, steps: [Step], isRanged: Bool
  ) throws(DescriptorError) {
    self.origin = origin
    key = .extended(extended)
    self.steps = steps
    self.isRanged = isRanged
    var parents: [Parent] = []
    for alternative in 0..<Self.alternatives(of: steps) {
      let path = DerivationPath(
        steps.map { step in
          switch step {
          case .one(let number): number
          case .oneOf(let numbers): numbers[alternative]
          }
        })
      do {
        parents.append(Parent(path: path, key: try extended.descendant(path)))
      } catch .hardenedFromPublic {
        throw .hardenedStep
      } catch {
        throw .badKey("its path leads to no key (\(error))")
      }
    }
    self.parents = parents
  }

  /// Creates the key that `account` gives to one wallet, ranged over `branches`:
  /// "[origin]xpub/<0;1>/*".
  public init(
    origin: KeyOrigin?, account: ExtendedPublicKey, branches: [ChildNumber]
  ) throws(DescriptorError) {
    let steps: [Step] =
      switch branches.count {
      case 0: []
      case 1: [.one(branches[0])]
      default: [.oneOf(branches)]
      }
    try self.init(origin: origin, extended: account, steps: steps, isRanged: true)
  }

  /// Number of alternatives of the multipath step; 1 without one.
  public var branchCount: Int { Self.alternatives(of: steps) }

  /// Whether this is one uncompressed key.
  var isUncompressed: Bool {
    if case .single(let bytes) = key { bytes.count == 65 } else { false }
  }

  /// Whether this is one x-only key.
  var isXOnly: Bool { if case .single(let bytes) = key { bytes.count == 32 } else { false } }

  /// Returns the key at `branch` (ignored without a multipath step) and `index` (without a
  /// wildcard).
  func derived(branch: Int, index: UInt32) throws(DescriptorError) -> DerivedKey {
    switch key {
    case .single(let bytes):
      // Without an origin a key is its own root; an x-only key stands for the even point.
      let own = KeyFingerprint(ofPublicKey: bytes.count == 32 ? [2] + bytes : bytes)
      return DerivedKey(
        publicKey: bytes, origin: origin ?? KeyOrigin(fingerprint: own, path: DerivationPath()))
    case .extended(let root):
      let parent = parents.count == 1 ? parents[0] : parents[branch]
      let base = origin ?? KeyOrigin(fingerprint: root.fingerprint, path: DerivationPath())
      let path = base.path.appending(parent.path)
      guard isRanged else {
        return DerivedKey(
          publicKey: parent.key.publicKey,
          origin: KeyOrigin(fingerprint: base.fingerprint, path: path))
      }
      guard let step = ChildNumber(index) else { throw .indexOutOfRange(index) }
      do {
        return DerivedKey(
          publicKey: try parent.key.child(step).publicKey,
          origin: KeyOrigin(fingerprint: base.fingerprint, path: path.appending(step)))
      } catch {
        throw .noSuchKey(index)
      }
    }
  }

  /// One key, or one family of keys, that the expression stands for.
  struct Branch: Hashable {
    let key: Key
    let path: DerivationPath
  }

  /// What each alternative of the multipath step leads to.
  var branches: [Branch] {
    parents.isEmpty
      ? [Branch(key: key, path: DerivationPath())]
      : parents.map { Branch(key: key, path: $0.path) }
  }

  /// Returns the expression with the choice made, so that it has one branch.
  func choosing(_ branch: Int) throws(DescriptorError) -> KeyExpression {
    guard case .extended(let root) = key, branchCount > 1 else { return self }
    return try KeyExpression(
      origin: origin, extended: root, steps: parents[branch].path.steps.map(Step.one),
      isRanged: isRanged)
  }

  /// The expression with `h` as the hardened mark.
  public var text: String {
    var text = origin.map { "[\($0.text)]" } ?? ""
    switch key {
    case .single(let bytes): text += Hex.text(bytes)
    case .extended(let key): text += key.text
    }
    for step in steps {
      switch step {
      case .one(let number): text += "/\(number.text)"
      case .oneOf(let numbers): text += "/<\(numbers.map(\.text).joined(separator: ";"))>"
      }
    }
    return isRanged ? text + "/*" : text
  }

  private static func alternatives(of steps: [Step]) -> Int {
    for case .oneOf(let numbers) in steps { return numbers.count }
    return 1
  }
}
