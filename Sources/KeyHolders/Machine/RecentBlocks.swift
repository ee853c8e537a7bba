/// The last blocks of the best chain, as the log tells them.
struct RecentBlocks: Equatable, Sendable {
  /// About a week: longer than any heartbeat may be old.
  static let limit = 1_009

  private struct Block: Equatable, Sendable {
    let hash: [UInt8]
    /// When the log got it, milliseconds since 1970.
    let time: Int64
  }

  private var first: Int32 = 0
  private var blocks: [Block] = []

  var tip: Int32 { first + Int32(blocks.count) - 1 }

  subscript(height: Int32) -> [UInt8]? { block(at: height)?.hash }

  /// When the block at `height` ceased to be the newest; `nil` while it is, or is not known.
  func timeOfSuccessor(of height: Int32) -> Int64? {
    let (next, overflow) = height.addingReportingOverflow(1)
    return overflow ? nil : block(at: next)?.time
  }

  private func block(at height: Int32) -> Block? {
    let index = Int(height) - Int(first)
    return blocks.indices.contains(index) ? blocks[index] : nil
  }

  /// Puts `hash` at `height`, on top of the block below it; those at and above it go. A height that
  /// leaves a gap begins a new stretch.
  mutating func connect(_ hash: [UInt8], at height: Int32, time: Int64) {
    let block = Block(hash: hash, time: time)
    let index = Int(height) - Int(first)
    if blocks.isEmpty || index > blocks.count || index < 0 {
      first = height
      blocks = [block]
      return
    }
    blocks.removeSubrange(index...)
    blocks.append(block)
    if blocks.count > Self.limit {
      blocks.removeFirst()
      first += 1
    }
  }
}
