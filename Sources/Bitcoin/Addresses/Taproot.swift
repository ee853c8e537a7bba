public import Cryptography

/// How a taproot output commits to its key and its scripts. See BIP-341.
public enum Taproot {
  /// Version of a leaf that holds tapscript. See BIP-342.
  public static let tapscriptLeafVersion: UInt8 = 0xC0

  /// The internal key that nobody has: a point made by hashing, of which the logarithm is unknown.
  /// See BIP-341, "Constructing and spending Taproot outputs", point H.
  public static let unspendableKey: [UInt8] = [
    0x50, 0x92, 0x9B, 0x74, 0xC1, 0xA0, 0x49, 0x54, 0xB7, 0x8B, 0x4B, 0x60, 0x35, 0xE9, 0x7A, 0x5E,
    0x07, 0x8A, 0x5A, 0x0F, 0x28, 0xEC, 0x96, 0xD5, 0x47, 0xBF, 0xEE, 0x9A, 0xCE, 0x80, 0x3A, 0xC0,
  ]

  /// Returns the hash of a leaf.
  public static func leafHash(version: UInt8, script: Script) -> [UInt8] {
    var writer = ConsensusWriter()
    writer.integer(version)
    writer.counted(script.bytes)
    return SHA256.tagged("TapLeaf", writer.bytes)
  }

  /// Returns the hash of the node above two nodes, whichever comes first.
  public static func branchHash(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
    SHA256.tagged("TapBranch", a.lexicographicallyPrecedes(b) ? a + b : b + a)
  }

  /// Returns the number that the internal key of 32 bytes is tweaked by.
  ///
  /// - Parameter merkleRoot: Root of the scripts, or `nil` when there are none.
  public static func tweak(internalKey: [UInt8], merkleRoot: [UInt8]?) -> [UInt8] {
    SHA256.tagged("TapTweak", internalKey + (merkleRoot ?? []))
  }

  /// Returns the output key of 32 bytes for `internalKey`.
  public static func outputKey(
    internalKey: [UInt8], merkleRoot: [UInt8]?
  ) throws(CryptographyError) -> [UInt8] {
    try Secp256k1.xOnlyTweakAdd(
      publicKey: internalKey, tweak: tweak(internalKey: internalKey, merkleRoot: merkleRoot)
    ).key
  }

  /// Returns whether `program` commits to the leaf of hash `leaf` under `controlBlock`, whose
  /// length has been checked: 33 bytes and 32 for each step to the root.
  package static func isCommitted(_ program: [UInt8], leaf: [UInt8], controlBlock: [UInt8]) -> Bool
  {
    let internalKey = Array(controlBlock[1..<33])
    var node = leaf
    for start in stride(from: 33, to: controlBlock.count, by: 32) {
      node = branchHash(node, Array(controlBlock[start..<(start + 32)]))
    }
    return Secp256k1.xOnlyTweakAddCheck(
      output: program, isOdd: controlBlock[0] & 1 == 1, internalKey: internalKey,
      tweak: tweak(internalKey: internalKey, merkleRoot: node))
  }
}
