import Structures
import Testing

@Suite struct CounterTableTests {
  /// How long entries stay.
  enum Life: CaseIterable {
    /// Whichever leaves next is chosen at random.
    case mixed
    /// A few that never leave, so that later keys find their places taken.
    case long
    /// The oldest leaves.
    case queue
  }

  @Test(arguments: Life.allCases, UInt64(0)..<10)
  func `a table never differs from a dictionary`(life: Life, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let capacity = UInt32.random(in: 1...900, using: &random)
    var table = CounterTable(capacity: capacity)
    var slots = SlotList(capacity: capacity)
    var keys = Pool<UInt64>(capacity: capacity)
    var model: [UInt64: UInt32] = [:]
    var order: [UInt64] = []
    let room = Int.random(in: 1...Int(capacity), using: &random)
    for key in UInt64(1000)..<9000 {
      let named = slots.next
      var taken = named
      if let named, Bool.random(using: &random) {
        slots.take(next: named)
      } else {
        taken = slots.take()
      }
      let slot = try #require(taken)
      #expect(slot == named, "seed \(seed)")
      keys[slot] = key
      if Bool.random(using: &random), let place = table.vacancy(key) {
        table.fill(place, slot: slot)
      } else {
        table.insert(key, slot: slot, of: keys) { $0 }
      }
      model[key] = slot
      order.append(key)
      if order.count >= room {
        let index =
          switch life {
          case .mixed: Int.random(in: 0..<order.count, using: &random)
          case .long: order.count / 2
          case .queue: 0
          }
        let leaving = order.remove(at: index)
        let left = model.removeValue(forKey: leaving)
        let slot = try #require(left)
        let place = table.place(leaving)
        if Bool.random(using: &random), place.value == slot + 1 {
          table.clear(place)
        } else {
          table.remove(leaving, slot: slot)
        }
        slots.give(slot)
        #expect(table.find(leaving) { keys[$0] == leaving } == nil, "seed \(seed)")
      }
      for sought in [key, order.randomElement(using: &random) ?? 0, key + 1] {
        #expect(table.find(sought) { keys[$0] == sought } == model[sought], "seed \(seed)")
      }
      #expect(table.count == UInt32(model.count))
    }
    let copy = table.copy()
    for key in UInt64(900)..<9100 {
      #expect(table.find(key) { keys[$0] == key } == model[key], "seed \(seed)")
      #expect(copy.find(key) { keys[$0] == key } == model[key], "seed \(seed)")
    }
  }
}
