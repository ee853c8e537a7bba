import Structures

extension Ladder {
  /// Returns the level of `rank`, making room for it; `nil`, and nothing changed, when there is
  /// none.
  ///
  /// Whether there is room depends on the prices of the resting orders alone, not on how they came
  /// to be, as long as touched levels are drained after every command.
  package mutating func level(_ rank: UInt64, _ side: Book.Side) -> UInt32? {
    let found = find(rank, side)
    if found != RestingOrder.none, leaves[found >> 6].occupied != 0 { return found }
    guard occupiedLeaves < leafCapacity else { return nil }
    if found != RestingOrder.none { return found }
    guard let leaf = leafSlots.take() else { return nil }
    let key = rank >> 6
    leaves[leaf] = Leaf(
      occupied: 0, key: key, parent: RestingOrder.none, side: side, isRetired: false)
    attach(leaf, key: key, Int(side.rawValue))
    return leaf << 6 | UInt32(truncatingIfNeeded: rank & 63)
  }

  /// Hangs a new leaf into the tree.
  private mutating func attach(_ leaf: UInt32, key: UInt64, _ index: Int) {
    guard sides[index].root != RestingOrder.none else {
      sides[index].root = leaf
      sides[index].height = 0
      sides[index].prefix = key
      return
    }
    while key &>> (sides[index].height &* 6) != sides[index].prefix { raise(index) }
    var node = sides[index].root
    var height = sides[index].height
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
  private mutating func raise(_ index: Int) {
    let old = sides[index].root
    let isLeaf = sides[index].height == 0
    let bit: UInt64 = 1 &<< (sides[index].prefix & 63)
    let isOccupied = isLeaf ? leaves[old].occupied != 0 : branches[old].occupied != 0
    let root = takeBranch(
      Branch(occupied: isOccupied ? bit : 0, present: bit, parent: RestingOrder.none))
    children[root << 6 | UInt32(truncatingIfNeeded: sides[index].prefix & 63)] = old
    if isLeaf { leaves[old].parent = root } else { branches[old].parent = root }
    sides[index].root = root
    sides[index].height += 1
    sides[index].prefix >>= 6
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
    for index in 0..<2 { lower(index) }
  }

  private mutating func detach(_ leaf: UInt32) {
    let index = Int(leaves[leaf].side.rawValue)
    var key = leaves[leaf].key
    var node = leaves[leaf].parent
    leafSlots.give(leaf)
    while node != RestingOrder.none {
      branches[node].present &= ~(1 &<< (key & 63))
      guard branches[node].present == 0 else { return }
      branchSlots.give(node)
      key >>= 6
      node = branches[node].parent
    }
    sides[index].root = RestingOrder.none
    sides[index].height = 0
  }

  /// Takes away roots that have one child, so that far prices that are gone cost nothing.
  private mutating func lower(_ index: Int) {
    while sides[index].height > 0 {
      let root = sides[index].root
      let present = branches[root].present
      guard present & (present - 1) == 0 else { return }
      let child = UInt64(present.trailingZeroBitCount)
      let heir = children[root << 6 | UInt32(truncatingIfNeeded: child)]
      branchSlots.give(root)
      sides[index].root = heir
      sides[index].height -= 1
      sides[index].prefix = sides[index].prefix << 6 | child
      if sides[index].height == 0 {
        leaves[heir].parent = RestingOrder.none
      } else {
        branches[heir].parent = RestingOrder.none
      }
    }
  }
}
