import Structures
import Testing

@Suite struct GrowOnlyIndexTests {
  /// How the keys of a run spread.
  enum Spread: CaseIterable {
    case mixed
    /// All keys want the last place of the table, and differ in the bits that entries keep.
    case crowded
    /// All keys want the last place, and entries cannot tell them apart.
    case equal

    func hash(_ key: UInt64) -> UInt64 {
      switch self {
      case .mixed: Mix64.hash(key)
      case .crowded: UInt64.max << 32 | key
      case .equal: UInt64.max
      }
    }
  }

  @Test(arguments: Spread.allCases, UInt64(0)..<10)
  func `an index never differs from a dictionary`(spread: Spread, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var index = GrowOnlyIndex()
    var keys = Pool<UInt64>(capacity: 1000)
    var model: [UInt64: UInt32] = [:]
    for _ in 0..<1200 {
      let key = UInt64.random(in: 0..<1000, using: &random)
      let hash = spread.hash(key)
      let found = index.find(hash: hash) { keys[$0] == key }
      #expect(found == model[key], "seed \(seed)")
      if found == nil {
        keys[index.count] = key
        model[key] = index.count
        index.append(hash: hash, of: keys) { spread.hash($0) }
      } else if Int.random(in: 0..<4, using: &random) == 0 {
        let last = keys[index.count - 1]
        index.removeLast(hash: spread.hash(last))
        model[last] = nil
      }
      #expect(index.count == UInt32(model.count), "seed \(seed)")
    }
    let copy = index.copy()
    for key in UInt64(0)..<1000 {
      let hash = spread.hash(key)
      #expect(index.find(hash: hash) { keys[$0] == key } == model[key], "seed \(seed)")
      #expect(copy.find(hash: hash) { keys[$0] == key } == model[key], "seed \(seed)")
      if model[key] != nil { #expect(copy.guess(hash: hash) != nil) }
    }
  }

  @Test func `a large index finds everything after it grew, and looks at few foreign keys`() {
    // More than three quarters of the first size that is not a power of two.
    let count: UInt32 = 400_000
    var index = GrowOnlyIndex()
    var keys = Pool<UInt64>(capacity: count)
    for slot in 0..<count {
      keys[slot] = UInt64(slot)
      index.append(hash: Mix64.hash(UInt64(slot)), of: keys, hashOf: Mix64.hash)
    }
    #expect(index.count == count)
    var (looked, wrong): (UInt32, Int) = (0, 0)
    for slot in 0..<count {
      let found = index.find(hash: Mix64.hash(UInt64(slot))) { candidate in
        looked += 1
        return candidate == slot
      }
      if found != slot { wrong += 1 }
    }
    #expect(wrong == 0)
    #expect(looked < count + count / 500)
    for slot in count..<count + 1000 {
      #expect(index.find(hash: Mix64.hash(UInt64(slot))) { $0 == slot } == nil)
    }
  }

  @Test func `only what is there is removed`() async {
    await #expect(processExitsWith: .failure) {
      var index = GrowOnlyIndex()
      index.append(hash: 1, of: Pool<UInt64>(capacity: 1)) { _ in 1 }
      index.removeLast(hash: 2)
    }
  }
}
