public import Structures

/// One price of one side, with the chain of the orders that rest there, in 24 bytes.
@usableFromInline package struct PriceLevel: BitwiseCopyable, Sendable {
  /// The sum of the orders' lots.
  @usableFromInline package var size: Int64
  @usableFromInline package var first: UInt32
  @usableFromInline package var last: UInt32
  @usableFromInline package var orders: UInt32
  /// Whether it is on the list of touched levels.
  @usableFromInline package var isTouched: Bool

  /// Puts an order at the end; returns the one before it, or `none`, and whether this is the first
  /// change since the last report.
  @inline(__always)
  mutating func append(_ slot: UInt32, lots: Int64) -> (before: UInt32, isNew: Bool) {
    let before = orders == 0 ? RestingOrder.none : last
    let isNew = !isTouched
    size += lots
    if orders == 0 { first = slot }
    last = slot
    orders += 1
    isTouched = true
    return (before, isNew)
  }

  /// Takes it off the list of touched levels, and says what it holds.
  @inlinable @inline(__always)
  mutating func untouch() -> (size: Int64, orders: UInt32) {
    isTouched = false
    return (size, orders)
  }
}

/// 64 neighbouring prices of one side. Their levels lie at the same numbers in the pool of levels.
@usableFromInline package struct Leaf: BitwiseCopyable, Sendable {
  /// Which of the 64 levels have orders.
  @usableFromInline package var occupied: UInt64
  /// Its key and side in one word; 0 when it is not in the tree.
  @usableFromInline package var name: UInt64
  package var parent: UInt32
  /// Whether it is on the list of leaves that were emptied.
  package var isRetired: Bool

  /// The levels' ranks divided by 64.
  @inlinable package var key: UInt64 { (name - 1) >> 1 }
  @inlinable package var side: Book.Side { name & 1 == 1 ? .bid : .ask }

  @inlinable @inline(__always) package static func name(_ key: UInt64, _ side: Book.Side) -> UInt64
  {
    (key << 1 | UInt64(side.rawValue)) + 1
  }
}

/// Up to 64 neighbouring leaves or branches.
@usableFromInline package struct Branch: BitwiseCopyable, Sendable {
  /// Which children have orders below them.
  @usableFromInline package var occupied: UInt64
  /// Which children there are.
  package var present: UInt64
  package var parent: UInt32
}

/// Where one side's tree begins, and its best price.
@usableFromInline package struct LadderSide: BitwiseCopyable, Sendable {
  /// The best level's rank.
  @usableFromInline package var bestRank: UInt64 = .max
  /// The best level.
  @usableFromInline package var bestLevel: UInt32 = RestingOrder.none
  /// A leaf when ``height`` is 0, else a branch.
  package var root: UInt32 = RestingOrder.none
  /// How many branches lie between the root and a leaf, the root included; at most 10.
  package var height: UInt64 = 0
  /// What the keys of all leaves below the root begin with.
  package var prefix: UInt64 = 0
}

/// The price levels of both sides of a book: a tree of 64-bit maps over ranks, 64 wide, as high as
/// its prices lie apart.
///
/// A price's rank is smaller the better it is: asks rank by ticks, bids by their complement, so that
/// both sides are one code. The best level is remembered; the next one is found by counting zeros in
/// at most a few maps. Nothing is linear in the number of levels, and no window moves when prices
/// do. An empty leaf stays in the tree until its levels' changes have been reported.
@usableFromInline package struct Ladder: ~Copyable, Sendable {
  @usableFromInline let inPlace = InPlace()
  @usableFromInline package var levels: Pool<PriceLevel>
  @usableFromInline package var leaves: Pool<Leaf>
  package var branches: Pool<Branch>
  /// 64 for each branch; which are valid says `present`.
  package var children: Pool<UInt32>
  @usableFromInline package var bids = LadderSide()
  @usableFromInline package var asks = LadderSide()
  /// Leaves with orders.
  @usableFromInline package var hints: LeafHints
  /// Levels that changed since the last report, in the order of first change.
  @usableFromInline package var touched: Pool<UInt32>
  @usableFromInline package var touchedCount: UInt32 = 0
  /// Leaves that were emptied, and may have been filled again.
  package var retired: Pool<UInt32>
  @usableFromInline package var retiredCount: UInt32 = 0
  /// How many leaves may have orders.
  package let leafCapacity: UInt32
  /// How many leaves have orders.
  package var occupiedLeaves: UInt32 = 0
  package var leafSlots: SlotList
  package var branchSlots: SlotList

  /// How many emptied leaves are kept for prices that come back.
  @inlinable package static var retiredLimit: UInt32 { 64 }

  package init(leafCapacity: UInt32) {
    precondition((1...1 << 20).contains(leafCapacity), "a ladder has 1 to 2^20 leaves")
    self.leafCapacity = leafCapacity
    // As many again for leaves emptied by the very command that fills others.
    let leafCount = leafCapacity * 2 + Self.retiredLimit
    // The 57 bits of a key are at most ten branches deep.
    let branchCount = leafCount * 10
    levels = Pool(capacity: leafCount * 64)
    leaves = Pool(capacity: leafCount)
    touched = Pool(capacity: leafCount * 64)
    hints = LeafHints()
    retired = Pool(capacity: leafCount)
    branches = Pool(capacity: branchCount)
    children = Pool(capacity: branchCount * 64)
    leafSlots = SlotList(capacity: leafCount)
    branchSlots = SlotList(capacity: branchCount)
  }

  private init(copying other: borrowing Ladder) {
    leafCapacity = other.leafCapacity
    levels = other.levels.copy(first: other.leafSlots.fresh * 64)
    leaves = other.leaves.copy(first: other.leafSlots.fresh)
    branches = other.branches.copy(first: other.branchSlots.fresh)
    children = other.children.copy(first: other.branchSlots.fresh * 64)
    bids = other.bids
    asks = other.asks
    hints = other.hints.copy()
    touched = other.touched.copy(first: other.touchedCount)
    touchedCount = other.touchedCount
    retired = other.retired.copy(first: other.retiredCount)
    retiredCount = other.retiredCount
    occupiedLeaves = other.occupiedLeaves
    leafSlots = other.leafSlots.copy()
    branchSlots = other.branchSlots.copy()
  }

  package func copy() -> Ladder { Ladder(copying: self) }

  /// Where a side's tree begins.
  @inlinable package subscript(side: Book.Side) -> LadderSide {
    get { side == .bid ? bids : asks }
    _modify { if side == .bid { yield &bids } else { yield &asks } }
  }

  /// The rank of `ticks` on `side`, and the other way round.
  @inlinable @inline(__always) package static func rank(_ ticks: UInt64, _ side: Book.Side)
    -> UInt64
  {
    // All but the highest bit for bids, none for asks.
    ticks ^ (UInt64(side.rawValue) &- 1) >> 1
  }

  /// The rank that a level stands for.
  @inlinable @inline(__always) package func rank(of level: UInt32) -> UInt64 {
    leaves[level >> 6].key << 6 | UInt64(level & 63)
  }

  /// Puts `level` on the list of touched levels, once.
  @inlinable @inline(__always)
  package mutating func touch(_ level: UInt32) {
    touched[touchedCount] = level
    touchedCount += 1
  }

  // MARK: Finding

  /// Returns the level of `rank`, or `none` when the tree has no leaf for it.
  @inline(__always) package func find(_ rank: UInt64, _ side: Book.Side) -> UInt32 {
    let key = rank >> 6
    let found =
      hints.find(key, side) ?? Self.descend(to: key, from: self[side], branches, children)
    return found == RestingOrder.none
      ? found : found << 6 | UInt32(truncatingIfNeeded: rank & 63)
  }

  /// Asks for a level, which may be none, without waiting for it.
  @inlinable @inline(__always) package func prefetch(_ level: UInt32) {
    levels.prefetch(level)
    leaves.prefetch(level >> 6)
  }

  /// Returns the leaf with `key`, or `none`.
  @inline(never) private static func descend(
    to key: UInt64, from place: LadderSide, _ branches: borrowing Pool<Branch>,
    _ children: borrowing Pool<UInt32>
  ) -> UInt32 {
    guard place.root != RestingOrder.none, key &>> (place.height &* 6) == place.prefix else {
      return RestingOrder.none
    }
    var node = place.root
    var shift = place.height &* 6
    while shift > 0 {
      shift &-= 6
      let child = key &>> shift & 63
      guard branches[node].present &>> child & 1 == 1 else { return RestingOrder.none }
      node = children[node << 6 | UInt32(truncatingIfNeeded: child)]
    }
    return node
  }

  /// Returns the level with orders that comes after `level`, or `none`.
  package func next(after level: UInt32) -> UInt32 {
    let leaf = leaves[level >> 6]
    let offset = UInt64(level & 63)
    let here = leaf.occupied & above(offset)
    if here != 0 { return level & ~63 | UInt32(truncatingIfNeeded: here.trailingZeroBitCount) }
    var key = leaf.key
    var node = leaf.parent
    var height: UInt64 = 1
    while node != RestingOrder.none {
      let branch = branches[node]
      let later = branch.occupied & above(key & 63)
      if later != 0 {
        let child = UInt32(truncatingIfNeeded: later.trailingZeroBitCount)
        return first(below: children[node << 6 | child], height: height - 1)
      }
      key >>= 6
      node = branch.parent
      height += 1
    }
    return RestingOrder.none
  }

  /// The first level with orders below a node that has some.
  private func first(below node: UInt32, height: UInt64) -> UInt32 {
    var node = node
    for _ in 0..<height {
      let child = UInt32(truncatingIfNeeded: branches[node].occupied.trailingZeroBitCount)
      node = children[node << 6 | child]
    }
    return node << 6 | UInt32(truncatingIfNeeded: leaves[node].occupied.trailingZeroBitCount)
  }

  /// The bits above `bit`.
  private func above(_ bit: UInt64) -> UInt64 { UInt64.max &<< bit & ~(1 &<< bit) }

  // MARK: Filling and emptying

  /// Marks `level`, which has its first order now.
  @inlinable @inline(__always)
  package mutating func occupy(_ level: UInt32, rank: UInt64, _ side: Book.Side) {
    if leaves.place(of: level >> 6).value.occupied == 0 { occupyLeaf(level >> 6) }
    occupyMore(level, rank: rank, side)
  }

  /// The same for a leaf that has other levels with orders.
  @inlinable @inline(__always)
  package mutating func occupyMore(_ level: UInt32, rank: UInt64, _ side: Book.Side) {
    leaves.place(of: level >> 6).value.occupied |= 1 &<< UInt64(level & 63)
    if rank < self[side].bestRank || self[side].bestLevel == RestingOrder.none {
      setBest(rank, level, side)
    }
  }

  /// Written out for either side: through the subscript each word is a coroutine.
  @inlinable @inline(__always)
  mutating func setBest(_ rank: UInt64, _ level: UInt32, _ side: Book.Side) {
    if side == .bid {
      bids.bestRank = rank
      bids.bestLevel = level
    } else {
      asks.bestRank = rank
      asks.bestLevel = level
    }
  }

  /// Marks a leaf that has its first order now above itself.
  @usableFromInline @inline(never) mutating func occupyLeaf(_ leaf: UInt32) {
    occupiedLeaves += 1
    var key = leaves[leaf].key
    var node = leaves[leaf].parent
    while node != RestingOrder.none {
      let before = branches[node].occupied
      branches[node].occupied = before | 1 &<< (key & 63)
      if before != 0 { break }
      key >>= 6
      node = branches[node].parent
    }
  }

  /// Unmarks `level`, whose last order left, and finds the next best.
  @inlinable @inline(__always)
  package mutating func vacate(_ level: UInt32, _ side: Book.Side) {
    let leaf = leaves.place(of: level >> 6)
    let rest = leaf.value.occupied & ~(1 &<< UInt64(level & 63))
    leaf.value.occupied = rest
    if rest == 0 {
      vacateLeaf(of: level, side)
    } else if self[side].bestLevel == level {
      // Nothing was before the best level, so what is left in its leaf comes after it.
      let offset = UInt32(truncatingIfNeeded: rest.trailingZeroBitCount)
      setBest(self[side].bestRank & ~63 | UInt64(offset), level & ~63 | offset, side)
    }
  }

  /// The same for the last level of its leaf.
  @usableFromInline @inline(never)
  mutating func vacateLeaf(of level: UInt32, _ side: Book.Side) {
    empty(level >> 6)
    guard self[side].bestLevel == level else { return }
    let best = next(after: level)
    setBest(best == RestingOrder.none ? .max : rank(of: best), best, side)
  }

  /// Unmarks a leaf that has no orders any more.
  private mutating func empty(_ leaf: UInt32) {
    occupiedLeaves -= 1
    hints.forget(key: leaves[leaf].key, leaves[leaf].side)
    if !leaves[leaf].isRetired {
      leaves[leaf].isRetired = true
      retired[retiredCount] = leaf
      retiredCount += 1
    }
    var key = leaves[leaf].key
    var node = leaves[leaf].parent
    while node != RestingOrder.none {
      let rest = branches[node].occupied & ~(1 &<< (key & 63))
      branches[node].occupied = rest
      if rest != 0 { break }
      key >>= 6
      node = branches[node].parent
    }
  }
}
