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
}

extension Descriptor.Expression {
  func scripts(branch: Int, index: UInt32) throws(DescriptorError) -> DerivedScript {
    switch self {
    case .pk(let key):
      let key = try key.derived(branch: branch, index: index)
      var script = Script()
      script.append(push: key.publicKey)
      script.append(.checkSig)
      return .bare(script, [key])
    case .pkh(let key):
      let key = try key.derived(branch: branch, index: index)
      return .bare(.payToPublicKeyHash(Hash160.hash(key.publicKey)), [key])
    case .wpkh(let key):
      let key = try key.derived(branch: branch, index: index)
      return .bare(.payToWitnessPublicKeyHash(of: key.publicKey), [key])
    case .multi(let threshold, let keys, let sorted):
      var derived: [DerivedKey] = []
      for key in keys { derived.append(try key.derived(branch: branch, index: index)) }
      // By bytes. See BIP-67.
      if sorted { derived.sort { $0.publicKey.lexicographicallyPrecedes($1.publicKey) } }
      return .bare(
        .multisig(threshold: threshold, publicKeys: derived.map(\.publicKey)), derived)
    case .tr(let key):
      return try taproot(try key.derived(branch: branch, index: index), index: index)
    case .sh(let inner):
      let inner = try inner.scripts(branch: branch, index: index)
      return DerivedScript(
        scriptPubKey: .payToScriptHash(of: inner.scriptPubKey),
        witnessScript: inner.witnessScript, redeemScript: inner.scriptPubKey, keys: inner.keys)
    case .wsh(let inner):
      let inner = try inner.scripts(branch: branch, index: index)
      return DerivedScript(
        scriptPubKey: .payToWitnessScriptHash(of: inner.scriptPubKey),
        witnessScript: inner.scriptPubKey, redeemScript: nil, keys: inner.keys)
    case .addr(_, let script), .raw(let script):
      return DerivedScript(
        scriptPubKey: script, witnessScript: nil, redeemScript: nil, keys: [])
    }
  }

  /// The output key of `key` without a script tree. See BIP-341 and BIP-386.
  private func taproot(_ key: DerivedKey, index: UInt32) throws(DescriptorError) -> DerivedScript {
    let internalKey = Array(key.publicKey.suffix(32))
    do {
      let output = try Secp256k1.xOnlyTweakAdd(
        publicKey: internalKey, tweak: SHA256.tagged("TapTweak", internalKey))
      return .bare(
        .payToTaproot(outputKey: output.key),
        [DerivedKey(publicKey: internalKey, origin: key.origin)])
    } catch {
      throw .noSuchKey(index)
    }
  }
}

extension DerivedScript {
  fileprivate static func bare(_ script: Script, _ keys: [DerivedKey]) -> DerivedScript {
    DerivedScript(
      scriptPubKey: script, witnessScript: nil, redeemScript: nil, keys: keys)
  }
}
