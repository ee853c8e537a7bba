public import Cryptography

/// The 80 bytes that stand for a block.
public struct BlockHeader: Hashable, Sendable {
  /// Version, with signals for upgrades. See BIP-9.
  public var version: Int32
  /// The block before.
  public var previous: BlockHash
  /// Root of the tree over the transaction identifiers, in hashing order.
  public var merkleRoot: Digest256
  /// Seconds since 1970, as the miner says.
  public var time: UInt32
  /// The target in compact form; see ``target``.
  public var bits: UInt32
  /// What the miner turns until the hash is low enough.
  public var nonce: UInt32

  /// Creates a header.
  public init(
    version: Int32, previous: BlockHash, merkleRoot: Digest256, time: UInt32, bits: UInt32,
    nonce: UInt32
  ) {
    self.version = version
    self.previous = previous
    self.merkleRoot = merkleRoot
    self.time = time
    self.bits = bits
    self.nonce = nonce
  }

  /// Reads a header from exactly 80 bytes.
  public init(parsing bytes: [UInt8]) throws(BitcoinError) {
    var reader = ConsensusReader(bytes)
    try self.init(from: &reader)
    try reader.finish()
  }

  init(from reader: inout ConsensusReader) throws(BitcoinError) {
    version = try reader.integer("version")
    previous = BlockHash(hash: try reader.fixed(32, "previous block"))
    guard let root = Digest256(try reader.fixed(32, "merkle root")) else {
      throw .truncated(field: "merkle root", at: reader.offset)
    }
    merkleRoot = root
    time = try reader.integer("time")
    bits = try reader.integer("bits")
    nonce = try reader.integer("nonce")
  }

  /// The 80 bytes.
  public var bytes: [UInt8] {
    var writer = ConsensusWriter(byteCount: Self.byteCount)
    write(to: &writer)
    return writer.bytes
  }

  /// Bytes of every header.
  static let byteCount = 80

  func write(to writer: inout ConsensusWriter) {
    writer.integer(version)
    writer.fixed(previous.bytes)
    writer.fixed(merkleRoot.bytes)
    writer.integer(time)
    writer.integer(bits)
    writer.integer(nonce)
  }

  /// The hash that names the block.
  public var hash: BlockHash { BlockHash(hash: SHA256.double(bytes)) }

  /// The highest hash that the compact form allows, 32 bytes with the highest first, or `nil` when
  /// it is zero, negative, or above 256 bits.
  public var target: [UInt8]? { Self.target(ofBits: bits) }

  /// What ``target`` is for these `bits`.
  public static func target(ofBits bits: UInt32) -> [UInt8]? {
    let size = Int(bits >> 24)
    let digits = bits & 0x007F_FFFF
    guard digits != 0, bits & 0x0080_0000 == 0 else { return nil }
    var target = [UInt8](repeating: 0, count: 32)
    for index in 0..<3 {
      let digit = UInt8(truncatingIfNeeded: digits >> UInt32(8 * index))
      // The lowest digit of three stands at byte `size - 3` from the low end.
      let place = size - 3 + index
      if place < 0 { continue }
      if place > 31 {
        guard digit == 0 else { return nil }
        continue
      }
      target[31 - place] = digit
    }
    return target.contains { $0 != 0 } ? target : nil
  }

  /// Whether the hash is at most the target that the header names. Whether that target is the
  /// right one is a rule of the chain.
  public var hasProofOfWork: Bool {
    guard let target else { return false }
    return !target.lexicographicallyPrecedes(hash.bytes.reversed())
  }
}
