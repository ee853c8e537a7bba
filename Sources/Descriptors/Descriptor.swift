// Descriptors owns the language in which a wallet says which scripts are its own, and the scripts
// themselves. It knows no coins, no chain and no private keys: whatever goes in, only public keys
// stay.
public import Bitcoin
import Cryptography
import Wire

/// An output descriptor: a text from which all scripts of a wallet follow.
///
/// Built are `pk`, `pkh`, `wpkh`, `sh`, `wsh`, `multi`, `sortedmulti`, `combo`, `tr` with a tree of
/// scripts, `rawtr`, `addr` and `raw`, Miniscript inside `wsh` and `tr`, with ranged, multipath and
/// joint (`musig`) keys. See BIP-379 to BIP-387, BIP-389 and BIP-390.
public struct Descriptor: Hashable, Sendable {
  /// What to do with a WIF key, xprv or tprv in the text.
  public enum PrivateKeys: Sendable {
    /// Refuse the descriptor. For every program that has no business with private keys.
    case refused
    /// Turn it into its public key at once and forget it.
    case madePublic
  }

  indirect enum Expression: Hashable, Sendable {
    case pk(KeyExpression)
    case pkh(KeyExpression)
    case wpkh(KeyExpression)
    case sh(Expression)
    case wsh(Expression)
    case multi(threshold: Int, keys: [KeyExpression], sorted: Bool)
    case tr(KeyExpression, TapTree?)
    /// The output key itself, without a tweak.
    case rawtr(KeyExpression)
    case combo(KeyExpression)
    case miniscript(Miniscript)
    case addr(String, Script)
    case raw(Script)
  }

  /// Keys that one `OP_CHECKMULTISIG` can check.
  static let keyLimit = 20
  /// Keys that one `musig()` may join.
  static let participantLimit = 100
  /// Bytes of the longest text that is read: room for `multi_a` of 999 keys with their origins, and
  /// an end to the work that a text can cause.
  public static let textLimit = 1 << 18

  /// The network that keys and addresses belong to.
  public let network: Network
  let expression: Expression
  /// The canonical text with `#` and its checksum: no blanks, `h` for hardened, public keys only.
  public let text: String
  /// Number of BIP-389 branches: 2 for a wallet of `<0;1>`, 1 without a multipath step.
  public let branchCount: Int
  /// Whether the scripts depend on an index.
  public let isRanged: Bool

  init(network: Network, expression: Expression) throws(DescriptorError) {
    self.network = network
    self.expression = expression
    let keys = expression.keys
    isRanged = keys.contains(where: \.dependsOnIndex)
    let branchCount = keys.map(\.branchCount).max() ?? 1
    if let other = keys.first(where: { $0.hasOtherBranchCount(than: branchCount) }) {
      throw .mismatchedMultipaths(branchCount, other.branchCount)
    }
    self.branchCount = branchCount
    let body = expression.text
    switch DescriptorChecksum.checksum(of: body) {
    case .success(let checksum): text = "\(body)#\(checksum)"
    case .failure(let character): throw .badCharacter(offset: character.offset)
    }
  }

  /// Creates the descriptor `wsh(sortedmulti(threshold,keys...))`: any `threshold` of the holders.
  ///
  /// - Throws: ``DescriptorError/badThreshold(_:keys:)``,
  ///   ``DescriptorError/tooManyKeys(_:limit:)`` above 20, or ``DescriptorError/repeatedKey``.
  public init(
    multisigOf threshold: Int, keys: [KeyExpression], network: Network
  ) throws(DescriptorError) {
    guard (1...max(1, keys.count)).contains(threshold), !keys.isEmpty else {
      throw .badThreshold("\(threshold)", keys: keys.count)
    }
    guard keys.count <= Self.keyLimit else {
      throw .tooManyKeys(keys.count, limit: Self.keyLimit)
    }
    guard Set(keys.map(\.key)).count == keys.count else { throw .repeatedKey }
    for key in keys where key.isUncompressed { throw .uncompressedKey(inside: "wsh") }
    for key in keys where key.isXOnly { throw .xOnlyKey(inside: "wsh") }
    try self.init(
      network: network,
      expression: .wsh(.multi(threshold: threshold, keys: keys, sorted: true)))
  }

  /// The keys, in the order of the text.
  public var keys: [KeyExpression] { expression.keys }

  /// How many of the keys must sign, where the descriptor is a multisig of any kind.
  public var threshold: Int? { expression.threshold }

  /// SHA-256 of ``text``: names the wallet's policy in records and between programs.
  public var policyID: [UInt8] { SHA256.hash(Array(text.utf8)) }

  /// The single-path descriptors that this one stands for, in branch order. See BIP-389.
  public var branches: [Descriptor] {
    get throws(DescriptorError) {
      var branches: [Descriptor] = []
      for branch in 0..<branchCount {
        branches.append(
          try Descriptor(network: network, expression: try expression.choosing(branch)))
      }
      return branches
    }
  }

  /// Returns the script and keys at one place of the wallet; of `combo` the first.
  ///
  /// - Parameters:
  ///   - branch: Of a wallet of `<0;1>`, 0 for deposits and 1 for change.
  ///   - index: 0 to 2^31 - 1; ignored when the descriptor is not ranged.
  /// - Throws: ``DescriptorError/noSuchBranch(_:branches:)``,
  ///   ``DescriptorError/indexOutOfRange(_:)`` or ``DescriptorError/noSuchKey(_:)``.
  public func script(branch: Int = 0, index: UInt32 = 0) throws(DescriptorError) -> DerivedScript {
    try checkPlace(branch: branch, index: index)
    return try expression.script(branch: branch, index: index)
  }

  /// Returns all scripts at one place of the wallet: several for `combo`, one for all others. See
  /// BIP-384.
  ///
  /// - Throws: As ``script(branch:index:)``.
  public func scripts(
    branch: Int = 0, index: UInt32 = 0
  ) throws(DescriptorError) -> [DerivedScript] {
    try checkPlace(branch: branch, index: index)
    var scripts: [DerivedScript] = []
    for alternative in expression.alternatives {
      scripts.append(try alternative.script(branch: branch, index: index))
    }
    return scripts
  }

  private func checkPlace(branch: Int, index: UInt32) throws(DescriptorError) {
    guard (0..<branchCount).contains(branch) else {
      throw .noSuchBranch(branch, branches: branchCount)
    }
    guard index < ChildNumber.limit else { throw .indexOutOfRange(index) }
  }
}

extension Descriptor.Expression {
  var keys: [KeyExpression] {
    switch self {
    case .pk(let key), .pkh(let key), .wpkh(let key), .rawtr(let key), .combo(let key): [key]
    case .tr(let key, let tree): [key] + (tree?.leaves.flatMap(\.keys) ?? [])
    case .miniscript(let miniscript): miniscript.node.keys
    case .sh(let inner), .wsh(let inner): inner.keys
    case .multi(_, let keys, _): keys
    case .addr, .raw: []
    }
  }

  var threshold: Int? {
    switch self {
    case .sh(let inner), .wsh(let inner): inner.threshold
    case .multi(let threshold, _, _): threshold
    case .pk, .pkh, .wpkh, .tr, .rawtr, .combo, .miniscript, .addr, .raw: nil
    }
  }

  /// The expression without checksum.
  var text: String { text(\.text) }

  /// The expression without checksum, each key written by `key`.
  func text(_ key: (KeyExpression) -> String) -> String {
    switch self {
    case .pk(let own): "pk(\(key(own)))"
    case .pkh(let own): "pkh(\(key(own)))"
    case .wpkh(let own): "wpkh(\(key(own)))"
    case .tr(let own, let tree): "tr(\(key(own))\(tree.map { ",\($0.text(key))" } ?? ""))"
    case .rawtr(let own): "rawtr(\(key(own)))"
    case .combo(let own): "combo(\(key(own)))"
    case .miniscript(let miniscript): miniscript.node.text(key)
    case .sh(let inner): "sh(\(inner.text(key)))"
    case .wsh(let inner): "wsh(\(inner.text(key)))"
    case .multi(let threshold, let keys, let sorted):
      "\(sorted ? "sortedmulti" : "multi")(\(threshold),\(keys.map(key).joined(separator: ",")))"
    case .addr(let address, _): "addr(\(address))"
    case .raw(let script): "raw(\(Hex.text(script.bytes)))"
    }
  }

  func choosing(_ branch: Int) throws(DescriptorError) -> Self {
    switch self {
    case .pk(let key): return .pk(try key.choosing(branch))
    case .pkh(let key): return .pkh(try key.choosing(branch))
    case .wpkh(let key): return .wpkh(try key.choosing(branch))
    case .tr(let key, let tree):
      return .tr(try key.choosing(branch), try tree?.choosing(branch))
    case .rawtr(let key): return .rawtr(try key.choosing(branch))
    case .combo(let key): return .combo(try key.choosing(branch))
    case .miniscript(let miniscript): return .miniscript(try miniscript.choosing(branch))
    case .sh(let inner): return .sh(try inner.choosing(branch))
    case .wsh(let inner): return .wsh(try inner.choosing(branch))
    case .multi(let threshold, let keys, let sorted):
      var chosen: [KeyExpression] = []
      for key in keys { chosen.append(try key.choosing(branch)) }
      return .multi(threshold: threshold, keys: chosen, sorted: sorted)
    case .addr, .raw: return self
    }
  }
}
