import Cryptography

/// The tree of hashes that a block header commits to.
public enum MerkleTree {
  /// Returns the root over `leaves` of 32 bytes each, and whether two equal neighbours were joined
  /// on the way: such a list has the root of another list (CVE-2012-2459) and is to be refused.
  public static func root(_ leaves: [[UInt8]]) -> (root: [UInt8], isMutated: Bool) {
    guard !leaves.isEmpty else { return ([UInt8](repeating: 0, count: 32), false) }
    var level = leaves
    var isMutated = false
    while level.count > 1 {
      var next: [[UInt8]] = []
      for index in stride(from: 0, to: level.count, by: 2) {
        let hasPartner = index + 1 < level.count
        let right = hasPartner ? level[index + 1] : level[index]
        if hasPartner, level[index] == right { isMutated = true }
        next.append(SHA256.double(level[index] + right))
      }
      level = next
    }
    return (level[0], isMutated)
  }

  /// Returns the hashes beside the way from the leaf at `position` up to the root, the lowest first; what
  /// has no neighbour stands beside itself.
  public static func branch(to position: Int, of leaves: [[UInt8]]) -> [[UInt8]] {
    precondition(leaves.indices.contains(position), "the leaf is one of the tree's")
    var branch: [[UInt8]] = []
    var level = leaves
    var position = position
    while level.count > 1 {
      let beside = position ^ 1
      branch.append(level[beside < level.count ? beside : position])
      level = stride(from: 0, to: level.count, by: 2).map { index in
        SHA256.double(level[index] + level[index + 1 < level.count ? index + 1 : index])
      }
      position /= 2
    }
    return branch
  }

  /// Returns the root that `branch` leads to from the leaf at `position`, or `nil` when a tree of so many
  /// levels has no such position.
  public static func root(of leaf: [UInt8], at position: UInt32, by branch: [[UInt8]]) -> [UInt8]? {
    guard branch.count < 32, position >> UInt32(branch.count) == 0 else { return nil }
    var hash = leaf
    for (level, beside) in branch.enumerated() {
      let isRight = position >> UInt32(level) & 1 == 1
      hash = SHA256.double(isRight ? beside + hash : hash + beside)
    }
    return hash
  }
}
