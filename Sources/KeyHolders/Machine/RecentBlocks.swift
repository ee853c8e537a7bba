/// The last blocks of the best chain, as the log tells them.
struct RecentBlocks: Equatable, Sendable {
  /// About a week: longer than any heartbeat may be old.
  static let limit = 1_009

  private var first: Int32 = 0
  private var hashes: [[UInt8]] = []

  var tip: Int32 { first + Int32(hashes.count) - 1 }

  subscript(height: Int32) -> [UInt8]? {
    let index = Int(height) - Int(first)
    return hashes.indices.contains(index) ? hashes[index] : nil
  }

  /// Puts `hash` at `height`, on top of the block below it; those at and above it go. A height that
  /// leaves a gap begins a new stretch.
  mutating func connect(_ hash: [UInt8], at height: Int32) {
    let index = Int(height) - Int(first)
    if hashes.isEmpty || index > hashes.count || index < 0 {
      first = height
      hashes = [hash]
      return
    }
    hashes.removeSubrange(index...)
    hashes.append(hash)
    if hashes.count > Self.limit {
      hashes.removeFirst()
      first += 1
    }
  }
}
