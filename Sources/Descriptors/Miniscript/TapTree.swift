public import Bitcoin

/// The script tree of a taproot output. See BIP-341 and BIP-386.
indirect enum TapTree: Hashable, Sendable {
  case leaf(TapLeafExpression)
  case branch(TapTree, TapTree)

  /// Levels below the root that BIP-341 allows.
  static let depthLimit = 128

  var leaves: [TapLeafExpression] {
    switch self {
    case .leaf(let leaf): [leaf]
    case .branch(let left, let right): left.leaves + right.leaves
    }
  }

  func text(_ key: (KeyExpression) -> String) -> String {
    switch self {
    case .leaf(let leaf): leaf.text(key)
    case .branch(let left, let right): "{\(left.text(key)),\(right.text(key))}"
    }
  }

  func choosing(_ branch: Int) throws(DescriptorError) -> TapTree {
    switch self {
    case .leaf(let leaf): .leaf(try leaf.choosing(branch))
    case .branch(let left, let right):
      .branch(try left.choosing(branch), try right.choosing(branch))
    }
  }
}

/// What stands at a leaf.
enum TapLeafExpression: Hashable, Sendable {
  case miniscript(Miniscript)
  /// `sortedmulti_a`, which is no Miniscript because its order depends on the keys. See BIP-387.
  case sortedMultiA(Int, [KeyExpression])

  var keys: [KeyExpression] {
    switch self {
    case .miniscript(let miniscript): miniscript.node.keys
    case .sortedMultiA(_, let keys): keys
    }
  }

  func text(_ key: (KeyExpression) -> String) -> String {
    switch self {
    case .miniscript(let miniscript): miniscript.node.text(key)
    case .sortedMultiA(let k, let keys):
      "sortedmulti_a(\(k),\(keys.map(key).joined(separator: ",")))"
    }
  }

  func choosing(_ branch: Int) throws(DescriptorError) -> TapLeafExpression {
    switch self {
    case .miniscript(let miniscript): return .miniscript(try miniscript.choosing(branch))
    case .sortedMultiA(let k, let keys):
      var chosen: [KeyExpression] = []
      for key in keys { chosen.append(try key.choosing(branch)) }
      return .sortedMultiA(k, chosen)
    }
  }

  func derived(branch: Int, index: UInt32) throws(DescriptorError) -> MiniscriptNode<DerivedKey> {
    switch self {
    case .miniscript(let miniscript): return try miniscript.derived(branch: branch, index: index)
    case .sortedMultiA(let k, let keys):
      var derived: [DerivedKey] = []
      for key in keys { derived.append(try key.derived(branch: branch, index: index).xOnly) }
      return .multiA(k, derived.sorted { $0.publicKey.lexicographicallyPrecedes($1.publicKey) })
    }
  }
}

/// A leaf of one output, with all that spending through it takes.
public struct DerivedLeaf: Hashable, Sendable {
  public let script: Script
  /// The leaf's expression, from which a witness follows.
  public let miniscript: MiniscriptNode<DerivedKey>
  /// Hash of the leaf. See BIP-341.
  public let hash: [UInt8]
  /// Hashes of the neighbours from the leaf up to the root, 32 bytes each.
  public fileprivate(set) var path: [[UInt8]]
}

/// A tree whose scripts are known, and its root.
struct DerivedTapTree {
  let root: [UInt8]
  let leaves: [DerivedLeaf]

  init(_ tree: TapTree, branch: Int, index: UInt32) throws(DescriptorError) {
    switch tree {
    case .leaf(let leaf):
      let miniscript = try leaf.derived(branch: branch, index: index)
      let script = miniscript.script
      root = Taproot.leafHash(version: Taproot.tapscriptLeafVersion, script: script)
      leaves = [DerivedLeaf(script: script, miniscript: miniscript, hash: root, path: [])]
    case .branch(let left, let right):
      let left = try DerivedTapTree(left, branch: branch, index: index)
      let right = try DerivedTapTree(right, branch: branch, index: index)
      root = Taproot.branchHash(left.root, right.root)
      leaves =
        left.leaves.map { $0.below(right.root) } + right.leaves.map { $0.below(left.root) }
    }
  }
}

extension DerivedLeaf {
  fileprivate func below(_ neighbour: [UInt8]) -> DerivedLeaf {
    var copy = self
    copy.path.append(neighbour)
    return copy
  }
}
