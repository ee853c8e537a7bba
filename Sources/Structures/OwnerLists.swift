/// Which numbers belong to whom, in the order in which they came: for owners most of whom have
/// nothing, or little.
///
/// An owner without numbers costs nothing, each number two links. A value: copies share memory until
/// they change.
package struct OwnerLists: Sendable {
  /// The neighbours in the owner's list plus one, 0 for none.
  private struct Link: BitwiseCopyable, Sendable {
    var earlier: UInt32
    var later: UInt32 = 0
  }

  private var links = ChunkedArray<Link>()
  /// The owner's number, mixed, above his latest number plus one.
  private var latest = ShardedTable<UInt64>()

  package init() {}

  /// How many numbers were handed out.
  package var count: Int { links.count }

  /// Appends the number ``count`` to what `owner` has.
  package mutating func append(to owner: UInt32) {
    let number = UInt32(links.count)
    let before = entry(of: owner)
    if let before {
      links[Int(Self.link(before)) - 1].later = number + 1
      latest.remove(before)
    }
    links.append(Link(earlier: before.map(Self.link) ?? 0))
    latest.insert(Self.entry(owner, number + 1))
  }

  /// Hands out a number that belongs to nobody.
  package mutating func appendRemoved() { links.append(Link(earlier: 0)) }

  /// Takes `number` away from `owner`, who has it.
  package mutating func remove(_ number: UInt32, of owner: UInt32) {
    let link = links[Int(number)]
    if link.earlier != 0 { links[Int(link.earlier) - 1].later = link.later }
    if link.later != 0 {
      links[Int(link.later) - 1].earlier = link.earlier
    } else {
      latest.remove(Self.entry(owner, number + 1))
      if link.earlier != 0 { latest.insert(Self.entry(owner, link.earlier)) }
    }
  }

  /// What `owner` has, in the order in which it came.
  package func numbers(of owner: UInt32) -> [UInt32] {
    var found: [UInt32] = []
    var link = entry(of: owner).map(Self.link) ?? 0
    while link != 0 {
      found.append(link - 1)
      link = links[Int(link) - 1].earlier
    }
    return found.reversed()
  }

  private func entry(of owner: UInt32) -> UInt64? {
    latest.find(hash: Self.mix(owner)) { _ in true }
  }

  private static func entry(_ owner: UInt32, _ link: UInt32) -> UInt64 {
    UInt64(mix(owner)) << 32 | UInt64(link)
  }

  private static func link(_ entry: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: entry) }

  /// Spreads owners over all 32 bits, each to a place of its own: xor-shifts and odd factors, each of
  /// which can be undone. Owners are numbered by a counter, so that nobody chooses them.
  private static func mix(_ owner: UInt32) -> UInt32 {
    var word = owner
    word ^= word >> 16
    word &*= 0x7FEB_352D
    word ^= word >> 15
    word &*= 0x846C_A68B
    return word ^ word >> 16
  }
}
