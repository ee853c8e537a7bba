public import Bitcoin
import Cryptography

/// The way in which a coin of the wallet is spent at once: enough keys of a quorum sign one digest,
/// with no lock to wait for.
///
/// Wallets of P2WSH and of taproot scripts have one. Programs that build, sign and finish payouts
/// know a wallet by it alone.
public struct SpendingPath: Hashable, Sendable {
  /// Who signs.
  public let quorum: Quorum<DerivedKey>
  private let miniscript: MiniscriptNode<DerivedKey>
  private let place: Place

  private enum Place: Hashable, Sendable {
    case witnessScript(Script)
    case leaf(DerivedLeaf, controlBlock: [UInt8])
  }

  init(
    _ quorum: Quorum<DerivedKey>, witnessScript: Script, miniscript: MiniscriptNode<DerivedKey>
  ) {
    self.quorum = quorum
    self.miniscript = miniscript
    place = .witnessScript(witnessScript)
  }

  init(_ quorum: Quorum<DerivedKey>, leaf: DerivedLeaf, controlBlock: [UInt8]) {
    self.quorum = quorum
    miniscript = leaf.miniscript
    place = .leaf(leaf, controlBlock: controlBlock)
  }

  /// Whether signatures are Schnorr's over the digest of BIP-341, and not ECDSA over that of
  /// BIP-143.
  public var isTaproot: Bool {
    if case .leaf = place { true } else { false }
  }

  /// Bytes of the longest signature as it stands in the witness: DER with a low S and the byte of
  /// its hash type, or 64 bytes.
  public var signatureByteCount: Int { isTaproot ? 64 : 72 }

  /// Bytes of the shortest signature that is not rare: one ECDSA signature in 256 is shorter.
  public var usualSignatureByteCount: Int { isTaproot ? 64 : 71 }

  /// What every signer of an input signs: all inputs and outputs.
  ///
  /// - Parameter spentOutputs: What all inputs spend, in their order; taproot covers all of it.
  public func digest(
    of transaction: Transaction, input: Int, spentOutputs: [TransactionOutput]
  ) -> [UInt8] {
    switch place {
    case .witnessScript(let script):
      return Sighash.segwitV0(
        transaction, input: input, scriptCode: script, value: spentOutputs[input].value,
        type: UInt32(SighashType.all.rawValue))
    case .leaf(let leaf, _):
      guard
        let digest = Sighash.taproot(
          transaction, input: input, spentOutputs: spentOutputs, type: .default,
          leaf: Sighash.Leaf(hash: leaf.hash))
      else { preconditionFailure("the default type covers every transaction") }
      return digest
    }
  }

  /// Whether `signature`, as it is to stand in the witness, is `key`'s over `digest`.
  public func isValid(_ signature: [UInt8], by key: DerivedKey, over digest: [UInt8]) -> Bool {
    if isTaproot {
      return Secp256k1.verifySchnorr(signature, message: digest, publicKey: key.publicKey)
    }
    return signature.last == SighashType.all.rawValue
      && Secp256k1.verifyStrictECDSA(
        Array(signature.dropLast()), digest: digest, publicKey: key.publicKey)
  }

  /// Returns the input's whole witness, or `nil` when the signatures do not suffice.
  ///
  /// - Parameter signatures: Those that there are, as they are to stand in the witness.
  public func witness(_ signatures: [DerivedKey: [UInt8]]) -> [[UInt8]]? {
    guard let items = miniscript.witness(from: Assets(signatures: signatures)) else { return nil }
    switch place {
    case .witnessScript(let script): return items + [script.bytes]
    case .leaf(let leaf, let controlBlock): return items + [leaf.script.bytes, controlBlock]
    }
  }

  /// Returns a witness whose signatures are zeros of `byteCount` bytes: what an input weighs.
  public func blankWitness(signatureByteCount byteCount: Int) -> [[UInt8]] {
    let blank = [UInt8](repeating: 0, count: byteCount)
    let signers = quorum.keys.prefix(quorum.threshold).map { ($0, blank) }
    guard let witness = witness(Dictionary(signers, uniquingKeysWith: { first, _ in first })) else {
      preconditionFailure("the keys of a quorum satisfy what it is the quorum of")
    }
    return witness
  }

  /// Signatures alone: whoever spends at once waits for nothing.
  private struct Assets: MiniscriptAssets {
    let signatures: [DerivedKey: [UInt8]]

    func signature(by key: DerivedKey) -> [UInt8]? { signatures[key] }
    func preimage(of digest: [UInt8], under function: MiniscriptHash) -> [UInt8]? { nil }
    func isOlder(_ sequence: UInt32) -> Bool { false }
    func isAfter(_ lockTime: UInt32) -> Bool { false }
  }
}

extension DerivedScript {
  /// Returns the way to spend the output at once.
  ///
  /// - Throws: ``DescriptorError/noQuorum(_:)``; never when the descriptor has a
  ///   ``Descriptor/quorum``.
  public func spendingPath() throws(DescriptorError) -> SpendingPath {
    if let witnessScript, redeemScript == nil, let miniscript {
      guard let quorum = Quorum(miniscript.spendingCondition) else {
        throw .noQuorum(.notOneQuorum)
      }
      return SpendingPath(quorum, witnessScript: witnessScript, miniscript: miniscript)
    }
    guard let taproot, !taproot.leaves.isEmpty else { throw .noQuorum(.wrongKind) }
    guard taproot.internalKey.publicKey == Taproot.unspendableKey else {
      throw .noQuorum(.spendableInternalKey)
    }
    var found: (quorum: Quorum<DerivedKey>, leaf: DerivedLeaf)?
    for leaf in taproot.leaves {
      let condition = leaf.miniscript.spendingCondition
      if case .never = condition { continue }
      guard found == nil, let quorum = Quorum(condition) else { throw .noQuorum(.notOneQuorum) }
      found = (quorum, leaf)
    }
    guard let found else { throw .noQuorum(.notOneQuorum) }
    return SpendingPath(
      found.quorum, leaf: found.leaf, controlBlock: taproot.controlBlock(for: found.leaf))
  }
}

extension Descriptor {
  /// Who can spend at once, waiting for no lock, where that is any so many of some keys of different
  /// holders: what a wallet of the exchange is.
  ///
  /// Such are `wsh` of a multisig or of Miniscript, and `tr` under the internal key that nobody has
  /// with one leaf that can be spent at once.
  ///
  /// - Throws: ``DescriptorError/noQuorum(_:)`` saying why the descriptor is none of these.
  public var quorum: Quorum<KeyExpression> {
    get throws(DescriptorError) {
      let quorum = try expression.quorum
      guard Set(quorum.keys.map(\.key)).count == quorum.keys.count else {
        throw .noQuorum(.oneHolderTwice)
      }
      return quorum
    }
  }

  /// Whether some key stands in two places that use one same derivation step, so that the scripts of
  /// one place of the wallet may name it twice, or those of two places share it.
  public var hasSharedBranches: Bool {
    var seen: Set<KeyExpression.Branch> = []
    for key in keys {
      for branch in key.branches where !seen.insert(branch).inserted { return true }
    }
    return false
  }
}

extension Descriptor.Expression {
  fileprivate var quorum: Quorum<KeyExpression> {
    get throws(DescriptorError) {
      let conditions: [SpendingCondition<KeyExpression>]
      switch self {
      case .wsh(.multi(let threshold, let keys, _)):
        conditions = [.atLeast(threshold, of: keys.map { .key($0) })]
      case .wsh(.pk(let key)), .wsh(.pkh(let key)): conditions = [.key(key)]
      case .wsh(.miniscript(let miniscript)): conditions = [miniscript.node.spendingCondition]
      case .tr(let key, let tree?):
        guard case .single(Taproot.unspendableKey) = key.key else {
          throw .noQuorum(.spendableInternalKey)
        }
        conditions = tree.leaves.map(\.spendingCondition)
      case .wsh, .tr, .pk, .pkh, .wpkh, .sh, .multi, .rawtr, .combo, .miniscript, .addr, .raw:
        throw .noQuorum(.wrongKind)
      }
      let open = conditions.filter { if case .never = $0 { false } else { true } }
      guard open.count == 1, let quorum = Quorum(open[0]) else { throw .noQuorum(.notOneQuorum) }
      return quorum
    }
  }
}

extension TapLeafExpression {
  fileprivate var spendingCondition: SpendingCondition<KeyExpression> {
    switch self {
    case .miniscript(let miniscript): miniscript.node.spendingCondition
    case .sortedMultiA(let threshold, let keys):
      .atLeast(threshold, of: keys.map { .key($0) })
    }
  }
}
