public import Bitcoin
import Cryptography

/// The scripts of one place in a wallet, and the keys that sign there.
public struct DerivedScript: Hashable, Sendable {
  /// What an output pays to.
  public let scriptPubKey: Script
  /// What the last item of the input's witness is, for P2WSH alone or inside P2SH.
  public let witnessScript: Script?
  /// What the input's scriptSig pushes last, for P2SH.
  public let redeemScript: Script?
  /// The keys in the order in which the script checks them; none for `addr` and `raw`.
  public let keys: [DerivedKey]
  /// The Miniscript that the witness script is, from which witnesses follow.
  public let miniscript: MiniscriptNode<DerivedKey>?
  /// How the output commits to its keys and scripts, for `tr`.
  public let taproot: DerivedTaproot?

  fileprivate init(
    _ scriptPubKey: Script, witnessScript: Script? = nil, redeemScript: Script? = nil,
    keys: [DerivedKey], miniscript: MiniscriptNode<DerivedKey>? = nil,
    taproot: DerivedTaproot? = nil
  ) {
    self.scriptPubKey = scriptPubKey
    self.witnessScript = witnessScript
    self.redeemScript = redeemScript
    self.keys = keys
    self.miniscript = miniscript
    self.taproot = taproot
  }
}

/// What spending a taproot output takes. See BIP-341.
public struct DerivedTaproot: Hashable, Sendable {
  public let internalKey: DerivedKey
  /// Root of the scripts; `nil` when the key is alone.
  public let merkleRoot: [UInt8]?
  /// In the order of the text.
  public let leaves: [DerivedLeaf]
  private let outputIsOdd: Bool

  init(
    _ internalKey: DerivedKey, _ tree: DerivedTapTree?, index: UInt32
  ) throws(DescriptorError) {
    self.internalKey = internalKey
    merkleRoot = tree?.root
    leaves = tree?.leaves ?? []
    let tweak = Taproot.tweak(internalKey: internalKey.publicKey, merkleRoot: merkleRoot)
    do {
      let output = try Secp256k1.xOnlyTweakAdd(publicKey: internalKey.publicKey, tweak: tweak)
      outputKey = output.key
      outputIsOdd = output.isOdd
    } catch {
      throw .noSuchKey(index)
    }
  }

  /// The key that the output pays to, 32 bytes.
  public let outputKey: [UInt8]

  /// Returns the last item of a witness that spends through `leaf`.
  public func controlBlock(for leaf: DerivedLeaf) -> [UInt8] {
    [Taproot.tapscriptLeafVersion | (outputIsOdd ? 1 : 0)] + internalKey.publicKey
      + leaf.path.joined()
  }
}

extension Descriptor.Expression {
  func script(branch: Int, index: UInt32) throws(DescriptorError) -> DerivedScript {
    func derived(_ key: KeyExpression) throws(DescriptorError) -> DerivedKey {
      try key.derived(branch: branch, index: index)
    }
    switch self {
    case .pk, .pkh, .multi, .miniscript:
      let node = try miniscript(branch: branch, index: index)
      return DerivedScript(node.script, keys: node.keys, miniscript: node)
    case .wpkh(let key):
      let key = try derived(key)
      return DerivedScript(.payToWitnessPublicKeyHash(of: key.publicKey), keys: [key])
    case .tr(let key, let tree):
      let tree = try tree.map { tree throws(DescriptorError) in
        try DerivedTapTree(tree, branch: branch, index: index)
      }
      let taproot = try DerivedTaproot(try derived(key).xOnly, tree, index: index)
      return DerivedScript(
        .payToTaproot(outputKey: taproot.outputKey),
        keys: [taproot.internalKey] + taproot.leaves.flatMap { $0.miniscript.keys },
        taproot: taproot)
    case .rawtr(let key):
      let key = try derived(key).xOnly
      return DerivedScript(.payToTaproot(outputKey: key.publicKey), keys: [key])
    case .combo: return try alternatives[0].script(branch: branch, index: index)
    case .sh(let inner):
      let inner = try inner.script(branch: branch, index: index)
      return DerivedScript(
        .payToScriptHash(of: inner.scriptPubKey), witnessScript: inner.witnessScript,
        redeemScript: inner.scriptPubKey, keys: inner.keys, miniscript: inner.miniscript)
    case .wsh(let inner):
      let inner = try inner.script(branch: branch, index: index)
      return DerivedScript(
        .payToWitnessScriptHash(of: inner.scriptPubKey), witnessScript: inner.scriptPubKey,
        keys: inner.keys, miniscript: inner.miniscript)
    case .addr(_, let script), .raw(let script): return DerivedScript(script, keys: [])
    }
  }

  /// The expressions of one script each that this one stands for. See BIP-384.
  var alternatives: [Self] {
    guard case .combo(let key) = self else { return [self] }
    let everywhere: [Self] = [.pk(key), .pkh(key)]
    return key.isUncompressed ? everywhere : everywhere + [.wpkh(key), .sh(.wpkh(key))]
  }

  /// The script itself as Miniscript, for those that are one.
  private func miniscript(
    branch: Int, index: UInt32
  ) throws(DescriptorError) -> MiniscriptNode<DerivedKey> {
    switch self {
    case .pk(let key): return .wrap(.check, .key(try key.derived(branch: branch, index: index)))
    case .pkh(let key):
      return .wrap(.check, .keyHash(try key.derived(branch: branch, index: index)))
    case .multi(let threshold, let keys, let sorted):
      var derived: [DerivedKey] = []
      for key in keys { derived.append(try key.derived(branch: branch, index: index)) }
      // By bytes. See BIP-67.
      if sorted { derived.sort { $0.publicKey.lexicographicallyPrecedes($1.publicKey) } }
      return .multi(threshold, derived)
    case .miniscript(let miniscript): return try miniscript.derived(branch: branch, index: index)
    case .wpkh, .sh, .wsh, .tr, .rawtr, .combo, .addr, .raw:
      preconditionFailure("only a bare script is Miniscript")
    }
  }
}
