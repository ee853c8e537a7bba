/// Words that are found by their own upper 32 bits, for what grows with the years.
///
/// Open addressing with linear probing in 256 shards, each of which grows by a quarter when seven
/// eighths of it are used: about four fifths of the memory hold something whatever the count is, and
/// no insertion ever moves more than a few entries of each thousand. Entries lie in the order of
/// their hashes, so that a shard may have any size. A value: copies share memory until they change.
package struct ShardedTable<Word: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  private static var shardCount: Int { 256 }
  /// The smallest shard, in entries.
  private static var leastSize: Int { 8 }

  /// How many entries there are.
  package private(set) var count = 0
  /// By the upper 8 bits of the hash; 0 is no entry.
  private var shards: [Shard] = []

  private struct Shard: Sendable {
    var words: [Word] = []
    var used = 0

    init() {}

    /// Where `hash` would lie if nothing else were there.
    func home(_ hash: UInt32) -> Int {
      // The shard took the upper 8 bits.
      Int(HashOrder.place(of: hash << 8, among: UInt32(words.count)))
    }
  }

  /// Creates an empty table.
  package init() {}

  /// The 32 bits by which `word` is found.
  @inline(__always)
  private static func hash(_ word: Word) -> UInt32 {
    UInt32(truncatingIfNeeded: word >> (Word.bitWidth - 32))
  }

  /// Returns the first entry with `hash` for which `isSought` holds.
  package func find(hash: UInt32, where isSought: (Word) -> Bool) -> Word? {
    guard !shards.isEmpty else { return nil }
    let shard = Int(hash >> 24)
    guard !shards[shard].words.isEmpty else { return nil }
    var place = shards[shard].home(hash)
    while true {
      let word = shards[shard].words[place]
      if word == 0 { return nil }
      if Self.hash(word) == hash, isSought(word) { return word }
      place = place + 1 == shards[shard].words.count ? 0 : place + 1
    }
  }

  /// Adds an entry, which is not 0. It must not be there yet.
  package mutating func insert(_ word: Word) {
    precondition(word != 0, "no entry is zero")
    if shards.isEmpty { shards = Array(repeating: Shard(), count: Self.shardCount) }
    let shard = Int(Self.hash(word) >> 24)
    if shards[shard].used + 1 > shards[shard].words.count / 8 * 7 { grow(shard) }
    Self.place(word, in: &shards[shard])
    shards[shard].used += 1
    count += 1
  }

  /// Removes an entry.
  package mutating func remove(_ word: Word) {
    let shard = Int(Self.hash(word) >> 24)
    precondition(
      !shards.isEmpty && shards[shard].used > 0, "only an entry that is there is removed")
    let size = shards[shard].words.count
    var hole = shards[shard].home(Self.hash(word))
    while shards[shard].words[hole] != word {
      precondition(shards[shard].words[hole] != 0, "only an entry that is there is removed")
      hole = hole + 1 == size ? 0 : hole + 1
    }
    var place = hole
    while true {
      place = place + 1 == size ? 0 : place + 1
      let other = shards[shard].words[place]
      if other == 0 { break }
      // An entry may move back into the hole unless that is before its home.
      let home = shards[shard].home(Self.hash(other))
      if (place - home + size) % size >= (place - hole + size) % size {
        shards[shard].words[hole] = other
        hole = place
      }
    }
    shards[shard].words[hole] = 0
    shards[shard].used -= 1
    count -= 1
  }

  /// Calls `body` with all entries in ascending order.
  package func forEach(_ body: (Word) -> Void) {
    for shard in shards {
      for word in shard.words.filter({ $0 != 0 }).sorted() { body(word) }
    }
  }

  private static func place(_ word: Word, in shard: inout Shard) {
    var place = shard.home(hash(word))
    while shard.words[place] != 0 { place = place + 1 == shard.words.count ? 0 : place + 1 }
    shard.words[place] = word
  }

  private mutating func grow(_ shard: Int) {
    let before = shards[shard].words
    // A multiple of 8, so that seven eighths are whole.
    let size = max(Self.leastSize, (before.count + before.count / 4 + 15) / 8 * 8)
    shards[shard].words = Array(repeating: 0, count: size)
    for word in before where word != 0 { Self.place(word, in: &shards[shard]) }
  }
}
