package import Money

/// What the guard released within a sliding time, as running sums: whether one more fits is one
/// comparison, and since when it would have fitted a binary search.
package struct ReleaseWindow: Sendable {
  private let width: Int64
  private let budget: Int64
  /// Oldest first.
  private var times: [Timestamp] = []
  /// The sum up to the release at the same place, that one included, in ledger units.
  private var sums: [Int64] = []

  /// Creates a window that ends at `now`.
  ///
  /// - Parameters:
  ///   - releases: Oldest first; those older than `width` milliseconds are passed over.
  ///   - budget: What all in the window may come to.
  package init(
    of releases: some Sequence<(time: Timestamp, amount: Int64)>, width: Int64, budget: Int64,
    at now: Timestamp
  ) {
    self.width = width
    self.budget = budget
    let from = now.advanced(byMilliseconds: -width)
    for release in releases where release.time > from { add(release.amount, at: release.time) }
  }

  package mutating func add(_ amount: Int64, at time: Timestamp) {
    times.append(time)
    sums.append((sums.last ?? 0) + amount)
  }

  /// When `amount` fits beside what is in the window; `nil` when it fits now.
  ///
  /// - Parameter now: Returned for an amount that never fits.
  package func wait(for amount: Int64, at now: Timestamp) -> Timestamp? {
    let spent = sums.last ?? 0
    guard spent + amount > budget else { return nil }
    // The first release after whose end the rest leaves room.
    let needed = spent + amount - budget
    var low = 0
    var high = sums.count
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] < needed { low = middle + 1 } else { high = middle }
    }
    let last = min(low, times.count - 1)
    return last < 0 ? now : times[last].advanced(byMilliseconds: width)
  }
}
