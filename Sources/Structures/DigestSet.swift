/// Remembers 128-bit digests, for things of which only this is kept: that they were.
package struct DigestSet: Sendable {
  private var table = ShardedTable<UInt128>()

  package init() {}

  /// How many digests there are.
  package var count: Int { table.count }

  package func contains(_ digest: UInt128) -> Bool {
    let entry = Self.entry(digest)
    return table.find(hash: UInt32(truncatingIfNeeded: entry >> 96)) { $0 == entry } != nil
  }

  /// Remembers `digest`, which was not there.
  package mutating func insert(_ digest: UInt128) { table.insert(Self.entry(digest)) }

  /// Calls `body` with all digests in ascending order.
  package func forEach(_ body: (UInt128) -> Void) { table.forEach(body) }

  /// A table has no entry 0; that digest shares one with 1.
  private static func entry(_ digest: UInt128) -> UInt128 { max(digest, 1) }
}
