import Structures
import Testing

@Suite struct IndexTableTests {
  /// How the keys of a run spread.
  enum Spread: CaseIterable {
    case mixed
    /// All keys want one of three places, the last ones of the table: chains wrap around.
    case crowded
    /// Neighbouring places, so that chains run into each other.
    case neighbours

    func hash(_ key: UInt64) -> UInt64 {
      switch self {
      case .mixed: Mix64.hash(key)
      case .crowded: UInt64.max - key % 3
      case .neighbours: key
      }
    }
  }

  @Test(arguments: Spread.allCases, UInt64(0)..<20)
  func `a table never differs from a dictionary`(spread: Spread, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let capacity = UInt32.random(in: 1...70, using: &random)
    var table = IndexTable(capacity: capacity, expecting: 4)
    var slots = SlotList(capacity: capacity)
    var keyOf = [UInt64](repeating: 0, count: Int(capacity))
    var model: [UInt64: UInt32] = [:]
    for _ in 0..<600 {
      let key = UInt64.random(in: 0..<100, using: &random)
      let hash = spread.hash(key)
      let found = table.find(hash: hash) { keyOf[Int($0)] == key }
      #expect(found == model[key], "seed \(seed)")
      if let found, Bool.random(using: &random) {
        table.remove(hash: hash, slot: found)
        slots.give(found)
        model[key] = nil
      } else if found == nil, let slot = slots.take() {
        keyOf[Int(slot)] = key
        if Bool.random(using: &random),
          let place = table.vacancy(hash: hash, where: { keyOf[Int($0)] == key })
        {
          table.fill(place, hash: hash, slot: slot)
        } else {
          table.insert(hash: hash, slot: slot)
        }
        model[key] = slot
      } else if found != nil {
        #expect(
          table.vacancy(hash: hash, where: { keyOf[Int($0)] == key }) == nil, "seed \(seed)")
      }
      #expect(table.count == UInt32(model.count), "seed \(seed)")
    }
    let copy = table.copy()
    for key in UInt64(0)..<100 {
      let hash = spread.hash(key)
      #expect(table.find(hash: hash) { keyOf[Int($0)] == key } == model[key], "seed \(seed)")
      #expect(copy.find(hash: hash) { keyOf[Int($0)] == key } == model[key], "seed \(seed)")
    }
  }

  @Test func `a full table finds everything and looks at few foreign keys`() {
    let capacity: UInt32 = 50_000
    var table = IndexTable(capacity: capacity)
    for slot in 0..<capacity { table.insert(hash: Mix64.hash(UInt64(slot)), slot: slot) }
    var looked = 0
    for slot in 0..<capacity {
      let found = table.find(hash: Mix64.hash(UInt64(slot))) { candidate in
        looked += 1
        return candidate == slot
      }
      #expect(found == slot)
    }
    #expect(looked < 51_000)
    let absent = table.find(hash: Mix64.hash(UInt64(capacity))) { _ in false }
    #expect(absent == nil)
  }

  @Test func `an overfilled table stops the process`() async {
    await #expect(processExitsWith: .failure) {
      var table = IndexTable(capacity: 1)
      table.insert(hash: 1, slot: 0)
      table.insert(hash: 2, slot: 0)
    }
  }
}
