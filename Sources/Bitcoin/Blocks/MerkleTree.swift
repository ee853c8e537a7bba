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
}
