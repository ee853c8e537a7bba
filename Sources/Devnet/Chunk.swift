import Bitcoin

/// Transactions that a miner takes together, because a later one pays for an earlier one.
struct Chunk {
  private(set) var entries: [MempoolEntry]
  private(set) var fee: Int64
  private(set) var weight: Int

  private init(_ entry: MempoolEntry) {
    entries = [entry]
    fee = entry.fee
    weight = entry.adjustedWeight
  }

  /// Whether this pays strictly more for its weight than `other`.
  func paysMore(than other: Chunk) -> Bool { fee * Int64(other.weight) > other.fee * Int64(weight) }

  private mutating func append(_ other: Chunk) {
    entries += other.entries
    fee += other.fee
    weight += other.weight
  }

  /// Splits `entries` into chunks, best first, parents never after their children.
  ///
  /// The order takes, again and again, the transaction whose missing ancestors and itself pay most
  /// for their weight; then neighbours are merged while the later pays more than the earlier.
  ///
  /// - Parameter entries: Parents before children.
  static func chunks(of entries: [MempoolEntry], in mempool: Mempool) -> [Chunk] {
    var remaining = Dictionary(uniqueKeysWithValues: entries.map { ($0.id, $0) })
    let order = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.id, $0.offset) })
    var chunks: [Chunk] = []
    while !remaining.isEmpty {
      var best: [MempoolEntry] = []
      var bestChunk: Chunk?
      for entry in entries where remaining[entry.id] != nil {
        let package = missingAncestors(of: entry, in: remaining)
          .sorted { order[$0.id, default: 0] < order[$1.id, default: 0] }
        let chunk = package.dropFirst().reduce(into: Chunk(package[0])) { $0.append(Chunk($1)) }
        guard let current = bestChunk else {
          (best, bestChunk) = (package, chunk)
          continue
        }
        if chunk.paysMore(than: current) { (best, bestChunk) = (package, chunk) }
      }
      for entry in best {
        remaining[entry.id] = nil
        chunks.append(Chunk(entry))
        while chunks.count > 1, chunks[chunks.count - 1].paysMore(than: chunks[chunks.count - 2]) {
          let last = chunks.removeLast()
          chunks[chunks.count - 1].append(last)
        }
      }
    }
    return chunks
  }

  private static func missingAncestors(
    of entry: MempoolEntry, in remaining: [TransactionID: MempoolEntry]
  ) -> [MempoolEntry] {
    var found: [TransactionID: MempoolEntry] = [entry.id: entry]
    var open = [entry]
    while let next = open.popLast() {
      for input in next.transaction.inputs {
        let id = input.outpoint.transaction
        guard found[id] == nil, let parent = remaining[id] else { continue }
        found[id] = parent
        open.append(parent)
      }
    }
    return Array(found.values)
  }

  /// Whether, at every weight taken from the best on, `new` has paid at least as much as `old`,
  /// and somewhere more.
  static func diagram(of new: [Chunk], isBetterThan old: [Chunk]) -> Bool {
    let new = corners(new)
    let old = corners(old)
    var isStrictlyBetter = false
    for weight in Set((new + old).map(\.weight)) {
      let (a, b) = (height(of: new, at: weight), height(of: old, at: weight))
      let (left, right) = (a.numerator * b.denominator, b.numerator * a.denominator)
      if left < right { return false }
      if left > right { isStrictlyBetter = true }
    }
    return isStrictlyBetter
  }

  private static func corners(_ chunks: [Chunk]) -> [(weight: Int, fee: Int64)] {
    chunks.reduce(into: [(weight: 0, fee: 0)]) { corners, chunk in
      let last = corners[corners.count - 1]
      corners.append((last.weight + chunk.weight, last.fee + chunk.fee))
    }
  }

  /// The fee paid by the first `weight` units, as a fraction; flat beyond the end.
  private static func height(
    of corners: [(weight: Int, fee: Int64)], at weight: Int
  ) -> (numerator: Int128, denominator: Int128) {
    guard let upper = corners.firstIndex(where: { $0.weight >= weight }) else {
      return (Int128(corners[corners.count - 1].fee), 1)
    }
    let high = corners[upper]
    guard high.weight > weight else { return (Int128(high.fee), 1) }
    let low = corners[upper - 1]
    let span = Int128(high.weight - low.weight)
    let rise = Int128(high.fee - low.fee) * Int128(weight - low.weight)
    return (Int128(low.fee) * span + rise, span)
  }
}
