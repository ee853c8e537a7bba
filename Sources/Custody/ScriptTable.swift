public import Cryptography

/// Finds the place of a script among millions, in 20 bytes for each at most.
///
/// What is kept of a script is a keyed hash of 64 bits and its place, 12 bytes together, and never
/// the script: whoever asks confirms what is found, by deriving the script at that place again. The
/// key is random, so that nobody can make scripts that collide with others here.
///
/// The hashes lie in many small tables of open addressing with linear probing, which grow one at a
/// time and by a fifth. So at least two thirds of all entries are used, and growing never takes a
/// second copy of everything.
public struct ScriptTable: Sendable {
  /// Bytes for each entry, used or not.
  static let entryByteCount = MemoryLayout<UInt64>.size + MemoryLayout<UInt32>.size
  /// Tables, a power of two; the low bits of a hash say which.
  private static let shardCount = 256

  private let function: SipHash24
  private var shards: [Shard]
  /// Scripts in the table.
  public private(set) var count = 0

  /// Creates an empty table.
  ///
  /// - Parameter function: The keyed hash, of a key that no one outside knows.
  public init(function: SipHash24 = .random()) {
    self.function = function
    shards = Array(repeating: Shard(), count: Self.shardCount)
  }

  /// Bytes that the entries take, used and free ones.
  public var byteCount: Int { shards.reduce(0) { $0 + $1.capacity } * Self.entryByteCount }

  /// Adds the script of these bytes at `place`; what is there already stays.
  public mutating func insert(_ script: [UInt8], place: UInt32) {
    let hash = hash(script)
    let shard = Int(hash % UInt64(Self.shardCount))
    if shards[shard].insert(hash, place) { count += 1 }
  }

  /// Returns the first place under the hash of `script` for which `confirm` holds.
  public func place(of script: [UInt8], where confirm: (UInt32) -> Bool) -> UInt32? {
    let hash = hash(script)
    return shards[Int(hash % UInt64(Self.shardCount))].place(of: hash, where: confirm)
  }

  /// The hash of a script; 0 stands for a free entry and is no hash.
  private func hash(_ script: [UInt8]) -> UInt64 { max(function.hash(script), 1) }

  private struct Shard: Sendable {
    private var hashes: [UInt64] = []
    private var places: [UInt32] = []
    private var used = 0

    var capacity: Int { hashes.count }

    /// Where the search for `hash` begins.
    private func home(of hash: UInt64) -> Int {
      // The high bits: the low ones are the same in the whole shard.
      Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(hashes.count)).high)
    }

    private func next(_ entry: Int) -> Int { entry + 1 == hashes.count ? 0 : entry + 1 }

    func place(of hash: UInt64, where confirm: (UInt32) -> Bool) -> UInt32? {
      guard used > 0 else { return nil }
      var entry = home(of: hash)
      while hashes[entry] != 0 {
        if hashes[entry] == hash, confirm(places[entry]) { return places[entry] }
        entry = next(entry)
      }
      return nil
    }

    /// Returns whether it was not there yet.
    mutating func insert(_ hash: UInt64, _ place: UInt32) -> Bool {
      // Four fifths at most are used, so that searches stay short, and always find an end.
      if (used + 1) * 5 > hashes.count * 4 { grow() }
      var entry = home(of: hash)
      while hashes[entry] != 0 {
        if hashes[entry] == hash, places[entry] == place { return false }
        entry = next(entry)
      }
      hashes[entry] = hash
      places[entry] = place
      used += 1
      return true
    }

    private mutating func grow() {
      let (old, oldPlaces) = (hashes, places)
      let capacity = max(8, hashes.count + hashes.count / 5 + 1)
      hashes = [UInt64](repeating: 0, count: capacity)
      places = [UInt32](repeating: 0, count: capacity)
      for (hash, place) in zip(old, oldPlaces) where hash != 0 {
        var entry = home(of: hash)
        while hashes[entry] != 0 { entry = next(entry) }
        hashes[entry] = hash
        places[entry] = place
      }
    }
  }
}
