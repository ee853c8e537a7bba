public import Bitcoin
import Cryptography
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
  /// The keys that it joins, when it is one of several signers. See BIP-390.
  public let musig: DerivedMuSig?

  init(publicKey: [UInt8], origin: KeyOrigin, musig: DerivedMuSig? = nil) {
    self.publicKey = publicKey
    self.origin = origin
    self.musig = musig
  }
}

/// The keys of several signers and the key that they make together. See BIP-327 and BIP-373.
public struct DerivedMuSig: Hashable, Sendable {
  /// The joint key before any derivation from it, 33 bytes.
  public let aggregateKey: [UInt8]
  /// The signers' keys in the order in which they are joined.
  public let participants: [DerivedKey]
}

/// One key of a descriptor. See BIP-380, "Key Expressions", and BIP-389.
public struct KeyExpression: Hashable, Sendable {
  /// What stands behind the origin.
  public enum Key: Hashable, Sendable {
    /// One key: 33 bytes, 65 when uncompressed, 32 when x-only.
    case single([UInt8])
    /// An extended key with the steps behind it.
    case extended(ExtendedPublicKey)
    /// The joint key of several signers. See BIP-390.
    case musig([KeyExpression])
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
    let children: ChildPublicKeys

    var key: ExtendedPublicKey { children.parent }
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
    parents = try Self.parents(of: extended, steps)
  }

  /// Joins the keys of several signers, and derives from the joint key where there are steps.
  init(
    musig participants: [KeyExpression], steps: [Step], isRanged: Bool
  ) throws(DescriptorError) {
    origin = nil
    key = .musig(participants)
    self.steps = steps
    self.isRanged = isRanged
    guard isRanged || !steps.isEmpty else {
      parents = []
      return
    }
    var family: ExtendedKey.Family?
    for participant in participants {
      guard case .extended(let root) = participant.key else {
        throw .badKey("a path may follow musig() only when all its keys are extended keys")
      }
      guard !participant.isRanged, participant.branchCount == 1 else {
        throw .badKey("a path follows musig(), so none of its keys may have /* or alternatives")
      }
      family = root.family
    }
    let joint = try Self.joined(participants, branch: 0, index: 0)
    guard let family,
      let root = try? ExtendedPublicKey(synthetic: joint.aggregateKey, family: family)
    else { throw .badKey("its joint key has no extended key") }
    parents = try Self.parents(of: root, steps)
  }

  /// The joint key of the participants' keys at one place, sorted first. See BIP-390.
  private static func joined(
    _ participants: [KeyExpression], branch: Int, index: UInt32
  ) throws(DescriptorError) -> DerivedMuSig {
    var keys: [DerivedKey] = []
    for participant in participants {
      keys.append(try participant.derived(branch: branch, index: index))
    }
    keys.sort { $0.publicKey.lexicographicallyPrecedes($1.publicKey) }
    do {
      let joint = try MuSig2Keys(keys.map(\.publicKey)).publicKey
      return DerivedMuSig(aggregateKey: joint, participants: keys)
    } catch {
      throw .badKey("its keys cannot be joined (\(error))")
    }
  }

  private static func parents(
    of root: ExtendedPublicKey, _ steps: [Step]
  ) throws(DescriptorError) -> [Parent] {
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
        let children = try ChildPublicKeys(of: try root.descendant(path))
        parents.append(Parent(path: path, children: children))
      } catch .hardenedFromPublic {
        throw .hardenedStep
      } catch {
        throw .badKey("its path leads to no key (\(error))")
      }
    }
    return parents
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
  public var branchCount: Int {
    guard case .musig(let participants) = key else { return Self.alternatives(of: steps) }
    return max(Self.alternatives(of: steps), participants.map(\.branchCount).max() ?? 1)
  }

  /// Whether it or a key inside it has a multipath step of another length than `count`.
  func hasOtherBranchCount(than count: Int) -> Bool {
    if case .musig(let participants) = key,
      participants.contains(where: { $0.hasOtherBranchCount(than: count) })
    {
      return true
    }
    let own = Self.alternatives(of: steps)
    return own > 1 && own != count
  }

  /// Whether the key depends on an index.
  var dependsOnIndex: Bool {
    if case .musig(let participants) = key {
      return isRanged || participants.contains(where: \.isRanged)
    }
    return isRanged
  }

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
      let base = origin ?? KeyOrigin(fingerprint: root.fingerprint, path: DerivationPath())
      return try derived(from: base, branch: branch, index: index)
    case .musig(let participants):
      let joint = try Self.joined(participants, branch: branch, index: index)
      let base = KeyOrigin(
        fingerprint: KeyFingerprint(ofPublicKey: joint.aggregateKey), path: DerivationPath())
      guard !parents.isEmpty else {
        return DerivedKey(publicKey: joint.aggregateKey, origin: base, musig: joint)
      }
      return try derived(from: base, branch: branch, index: index, musig: joint)
    }
  }

  private func derived(
    from base: KeyOrigin, branch: Int, index: UInt32, musig: DerivedMuSig? = nil
  ) throws(DescriptorError) -> DerivedKey {
    let parent = parents.count == 1 ? parents[0] : parents[branch]
    let path = base.path.appending(parent.path)
    guard isRanged else {
      return DerivedKey(
        publicKey: parent.key.publicKey,
        origin: KeyOrigin(fingerprint: base.fingerprint, path: path), musig: musig)
    }
    guard let step = ChildNumber(index) else { throw .indexOutOfRange(index) }
    do {
      return DerivedKey(
        publicKey: try parent.children.publicKey(at: step),
        origin: KeyOrigin(fingerprint: base.fingerprint, path: path.appending(step)), musig: musig)
    } catch {
      throw .noSuchKey(index)
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
    guard branchCount > 1 else { return self }
    let chosen = parents.count > 1 ? parents[branch].path.steps.map(Step.one) : steps
    switch key {
    case .single: return self
    case .extended(let root):
      return try KeyExpression(origin: origin, extended: root, steps: chosen, isRanged: isRanged)
    case .musig(let participants):
      var own: [KeyExpression] = []
      for participant in participants { own.append(try participant.choosing(branch)) }
      return try KeyExpression(musig: own, steps: chosen, isRanged: isRanged)
    }
  }

  /// The expression with `h` as the hardened mark.
  public var text: String { textWithoutPath + pathText }

  /// The origin and the key, without the steps behind it.
  var textWithoutPath: String {
    var text = origin.map { "[\($0.text)]" } ?? ""
    switch key {
    case .single(let bytes): text += Hex.text(bytes)
    case .extended(let key): text += key.text
    case .musig(let participants):
      text += "musig(\(participants.map(\.text).joined(separator: ",")))"
    }
    return text
  }

  /// The steps behind the key, each with its "/".
  var pathText: String {
    var text = ""
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
