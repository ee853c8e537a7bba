import Money
import Structures

/// The armed trailing stops of one side of one market.
///
/// A trailing sell follows the price up and fires when it has come back by its callback. Orders that
/// follow the same best price stand in one group, and the groups in a stack: a later group was
/// armed later and has seen a worse best price. A new best price merges the groups that it passes,
/// so that no movement of the price touches orders one by one, except those that fire.
struct TrailingStops: Sendable {
  /// An order by its callback; equal callbacks by age.
  struct Member: Comparable, Sendable {
    var callback: Int64
    var id: AlgoID

    static func < (a: Member, b: Member) -> Bool {
      a.callback == b.callback ? a.id < b.id : a.callback < b.callback
    }
  }

  struct Group: Sendable {
    /// The best price that its members have seen.
    var best: Int64
    /// The least arming number among those that ever were in it.
    var firstArming: UInt64
    var spreads = SortedChunks<Member>()
    var ratios = SortedChunks<Member>()

    var isEmpty: Bool { spreads.isEmpty && ratios.isEmpty }
  }

  let side: Algo.Side
  /// From the earliest armed, whose best price is the furthest.
  private(set) var groups: [Group] = []
  /// For each group, the nearest trigger among it and the groups before it.
  private var nearest: [Int64?] = []

  init(side: Algo.Side) { self.side = side }

  /// The first price that improves on some group's best, and the first that fires an order.
  var edges: (improving: Int64?, firing: Int64?) {
    let best = groups.last?.best
    // Nothing is above the greatest price.
    let improving = side == .sell ? best.flatMap { $0 < .max ? $0 + 1 : nil } : best.map { $0 - 1 }
    return (improving, nearest.last ?? nil)
  }

  /// Arms an order at the present price, which no group's best is behind.
  mutating func arm(_ id: AlgoID, _ callback: PriceDistance, arming: UInt64, at price: Int64) {
    if groups.last?.best != price {
      precondition(groups.last.map { isBetter($0.best, than: price) } ?? true, "the price moved")
      groups.append(Group(best: price, firstArming: arming))
      nearest.append(nil)
    }
    insert(Member(callback: callback.magnitude, id: id), callback, into: groups.count - 1)
    refresh(from: groups.count - 1)
  }

  mutating func disarm(_ id: AlgoID, _ callback: PriceDistance, arming: UInt64) {
    take(Member(callback: callback.magnitude, id: id), callback, from: group(of: arming))
  }

  /// The best price that the order armed as number `arming` has seen.
  func best(of arming: UInt64) -> Int64 { groups[group(of: arming)].best }

  /// Takes a new last price in: groups that it improves on follow it.
  mutating func follow(_ price: Int64) {
    guard let last = groups.last, isBetter(price, than: last.best) else { return }
    var merged = groups.removeLast()
    nearest.removeLast()
    while let group = groups.last, !isBetter(group.best, than: price) {
      merged = Self.merge(group, merged)
      groups.removeLast()
      nearest.removeLast()
    }
    merged.best = price
    groups.append(merged)
    nearest.append(nil)
    refresh(from: groups.count - 1)
  }

  /// Takes out the order whose trigger `price` has reached first: the nearest trigger; among equal
  /// ones that of the earliest group, spreads before ratios, the smaller callback, the older order.
  mutating func fire(at price: Int64) -> AlgoID? {
    guard let edge = nearest.last ?? nil, reaches(price, edge),
      let index = nearest.firstIndex(of: edge),
      let (member, callback) = Self.heads(of: groups[index])
        .first(where: { trigger(groups[index].best, $0.1) == edge })
    else { return nil }
    take(member, callback, from: index)
    return member.id
  }

  /// The price at which an order with `callback` fires after `best`; 0 when there is none.
  func trigger(_ best: Int64, _ callback: PriceDistance) -> Int64 {
    callback.ticks(from: best, direction: side == .sell ? -1 : 1)
  }

  private func isBetter(_ a: Int64, than b: Int64) -> Bool { side == .sell ? a > b : a < b }

  /// Whether a fall to `price` (for sells) reaches the trigger.
  private func reaches(_ price: Int64, _ trigger: Int64) -> Bool {
    side == .sell ? price <= trigger : price >= trigger
  }

  private func nearer(_ a: Int64?, _ b: Int64?) -> Int64? {
    guard let a else { return b }
    guard let b else { return a }
    return side == .sell ? max(a, b) : min(a, b)
  }

  private static func heads(of group: Group) -> [(Member, PriceDistance)] {
    var heads: [(Member, PriceDistance)] = []
    if let head = group.spreads.first { heads.append((head, .spread(ticks: head.callback))) }
    if let head = group.ratios.first { heads.append((head, .ratio(millionths: head.callback))) }
    return heads
  }

  /// Recomputes the nearest triggers of the groups from `start`.
  private mutating func refresh(from start: Int) {
    for index in start..<groups.count {
      var edge = index > 0 ? nearest[index - 1] : nil
      for (_, callback) in Self.heads(of: groups[index]) {
        let ticks = trigger(groups[index].best, callback)
        edge = nearer(edge, ticks > 0 ? ticks : nil)
      }
      nearest[index] = edge
    }
  }

  /// The group that holds the order armed as number `arming`: groups cut the armings into ranges.
  private func group(of arming: UInt64) -> Int {
    var low = 0
    var high = groups.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if groups[middle].firstArming <= arming { low = middle } else { high = middle }
    }
    return low
  }

  private mutating func insert(_ member: Member, _ callback: PriceDistance, into index: Int) {
    switch callback {
    case .spread: groups[index].spreads.insert(member)
    case .ratio: groups[index].ratios.insert(member)
    }
  }

  private mutating func take(_ member: Member, _ callback: PriceDistance, from index: Int) {
    switch callback {
    case .spread: groups[index].spreads.remove(member)
    case .ratio: groups[index].ratios.remove(member)
    }
    if groups[index].isEmpty {
      groups.remove(at: index)
      nearest.remove(at: index)
    }
    refresh(from: index)
  }

  /// The smaller set moves into the larger one.
  private static func merge(_ earlier: Group, _ later: Group) -> Group {
    var merged = earlier
    merged.spreads = merge(earlier.spreads, later.spreads)
    merged.ratios = merge(earlier.ratios, later.ratios)
    return merged
  }

  private static func merge(
    _ a: SortedChunks<Member>, _ b: SortedChunks<Member>
  ) -> SortedChunks<Member> {
    var large = a.count < b.count ? b : a
    let small = a.count < b.count ? a : b
    for member in small.elements { large.insert(member) }
    return large
  }
}
