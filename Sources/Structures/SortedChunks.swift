/// Distinct keys in ascending order, in chunks, so that adding or removing one among a million moves
/// a few hundred keys at most.
package struct SortedChunks<Key: Comparable & Sendable>: Sendable {
  /// A chunk that grows beyond this is split.
  private static var chunkLimit: Int { 512 }

  /// No chunk is empty.
  private var chunks: [[Key]] = []
  package private(set) var count = 0

  package init() {}

  package var isEmpty: Bool { chunks.isEmpty }
  package var first: Key? { chunks.first?.first }

  /// All keys in ascending order.
  package var elements: [Key] { chunks.flatMap(\.self) }

  package func contains(_ key: Key) -> Bool {
    guard !chunks.isEmpty else { return false }
    let number = chunkIndex(for: key)
    let at = position(of: key, in: chunks[number])
    return at < chunks[number].count && chunks[number][at] == key
  }

  /// Adds a key that is not there.
  package mutating func insert(_ key: Key) {
    guard !chunks.isEmpty else {
      chunks = [[key]]
      count = 1
      return
    }
    let number = chunkIndex(for: key)
    let at = position(of: key, in: chunks[number])
    precondition(
      at == chunks[number].count || chunks[number][at] != key, "a key is inserted once")
    chunks[number].insert(key, at: at)
    count += 1
    if chunks[number].count > Self.chunkLimit {
      let upper = Array(chunks[number][(Self.chunkLimit / 2)...])
      chunks[number].removeLast(upper.count)
      chunks.insert(upper, at: number + 1)
    }
  }

  /// Removes a key that is there.
  package mutating func remove(_ key: Key) {
    guard !chunks.isEmpty else { preconditionFailure("only an inserted key is removed") }
    let number = chunkIndex(for: key)
    let at = position(of: key, in: chunks[number])
    precondition(
      at < chunks[number].count && chunks[number][at] == key, "only an inserted key is removed")
    chunks[number].remove(at: at)
    count -= 1
    if chunks[number].isEmpty { chunks.remove(at: number) }
  }

  /// The last chunk whose first key is not after `key`, or the first chunk.
  private func chunkIndex(for key: Key) -> Int {
    var low = 0
    var high = chunks.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if chunks[middle][0] <= key { low = middle } else { high = middle }
    }
    return low
  }

  /// The first position whose key is not below `key`.
  private func position(of key: Key, in chunk: [Key]) -> Int {
    var low = 0
    var high = chunk.count
    while low < high {
      let middle = (low + high) / 2
      if chunk[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
