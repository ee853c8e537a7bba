import Structures

extension Ladder {
  /// Returns the level of `rank`, making room for it; `none`, and nothing changed, when there is
  /// none.
  ///
  /// Whether there is room depends on the prices of the resting orders alone, not on how they came
  /// to be, as long as touched levels are drained after every command.
  @inline(__always) package mutating func enter(_ rank: UInt64, _ side: Book.Side) -> UInt32 {
    let key = rank >> 6
    guard let leaf = hints.find(key, side) else { return enterUnknown(rank, side) }
    return leaf << 6 | UInt32(truncatingIfNeeded: rank & 63)
  }

  /// The same for a leaf that is new, empty, or was not entered last.
  @inline(never) private mutating func enterUnknown(_ rank: UInt64, _ side: Book.Side) -> UInt32 {
    let key = rank >> 6
    var level = find(rank, side)
    guard
      occupiedLeaves < leafCapacity
        || level != RestingOrder.none && leaves[level >> 6].occupied != 0
    else { return RestingOrder.none }
    if level == RestingOrder.none {
      guard let leaf = leafSlots.take() else { return RestingOrder.none }
      leaves[leaf] = Leaf(
        occupied: 0, name: Leaf.name(key, side), parent: RestingOrder.none, isRetired: false)
      attach(leaf, key: key, side)
      level = leaf << 6 | UInt32(truncatingIfNeeded: rank & 63)
    }
    hints.note(level >> 6, key: key, side)
    return level
  }

  /// Hangs a new leaf into the tree.
  private mutating func attach(_ leaf: UInt32, key: UInt64, _ side: Book.Side) {
    guard self[side].root != RestingOrder.none else {
      self[side].root = leaf
      self[side].height = 0
      self[side].prefix = key
      return
    }
    while key &>> (self[side].height &* 6) != self[side].prefix { raise(side) }
    var node = self[side].root
    var height = self[side].height
    while true {
      height -= 1
      let child = key &>> (height &* 6) & 63
      let place = node << 6 | UInt32(truncatingIfNeeded: child)
      if branches[node].present &>> child & 1 == 0 {
        branches[node].present |= 1 &<< child
        guard height > 0 else {
          children[place] = leaf
          leaves[leaf].parent = node
          return
        }
        children[place] = takeBranch(Branch(occupied: 0, present: 0, parent: node))
      }
      node = children[place]
    }
  }

  /// Puts a new root above the old one.
  private mutating func raise(_ side: Book.Side) {
    let old = self[side].root
    let isLeaf = self[side].height == 0
    let bit: UInt64 = 1 &<< (self[side].prefix & 63)
    let isOccupied = isLeaf ? leaves[old].occupied != 0 : branches[old].occupied != 0
    let root = takeBranch(
      Branch(occupied: isOccupied ? bit : 0, present: bit, parent: RestingOrder.none))
    children[root << 6 | UInt32(truncatingIfNeeded: self[side].prefix & 63)] = old
    if isLeaf { leaves[old].parent = root } else { branches[old].parent = root }
    self[side].root = root
    self[side].height += 1
    self[side].prefix >>= 6
  }

  private mutating func takeBranch(_ branch: Branch) -> UInt32 {
    guard let slot = branchSlots.take() else {
      preconditionFailure("each leaf has at most ten branches above it")
    }
    branches[slot] = branch
    return slot
  }

  /// Takes leaves that are still empty out of the tree.
  @usableFromInline package mutating func reclaim() {
    for position in 0..<retiredCount {
      let leaf = retired[position]
      leaves[leaf].isRetired = false
      if leaves[leaf].occupied == 0 { detach(leaf) }
    }
    retiredCount = 0
    lower(.bid)
    lower(.ask)
  }

  private mutating func detach(_ leaf: UInt32) {
    let side = leaves[leaf].side
    var key = leaves[leaf].key
    var node = leaves[leaf].parent
    leaves[leaf].name = 0
    leafSlots.give(leaf)
    while node != RestingOrder.none {
      branches[node].present &= ~(1 &<< (key & 63))
      guard branches[node].present == 0 else { return }
      branchSlots.give(node)
      key >>= 6
      node = branches[node].parent
    }
    self[side].root = RestingOrder.none
    self[side].height = 0
  }

  /// Takes away roots that have one child, so that far prices that are gone cost nothing.
  private mutating func lower(_ side: Book.Side) {
    while self[side].height > 0 {
      let root = self[side].root
      let present = branches[root].present
      guard present & (present - 1) == 0 else { return }
      let child = UInt64(present.trailingZeroBitCount)
      let heir = children[root << 6 | UInt32(truncatingIfNeeded: child)]
      branchSlots.give(root)
      self[side].root = heir
      self[side].height -= 1
      self[side].prefix = self[side].prefix << 6 | child
      if self[side].height == 0 {
        leaves[heir].parent = RestingOrder.none
      } else {
        branches[heir].parent = RestingOrder.none
      }
    }
  }
}
