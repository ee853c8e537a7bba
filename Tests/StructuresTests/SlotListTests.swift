import Structures
import Testing
import Wire

@Suite struct SlotListTests {
  @Test(arguments: UInt64(0)..<20)
  func `a slot is taken by one owner at a time, the last given first`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let capacity = UInt32.random(in: 1...40, using: &random)
    var list = SlotList(capacity: capacity)
    var taken: [UInt32] = []
    var lastGiven: UInt32?
    for _ in 0..<300 {
      if Bool.random(using: &random) {
        let slot = list.take()
        #expect((slot == nil) == (taken.count == Int(capacity)), "seed \(seed)")
        guard let slot else { continue }
        #expect(slot < capacity && !taken.contains(slot), "seed \(seed)")
        if let lastGiven { #expect(slot == lastGiven, "seed \(seed)") }
        taken.append(slot)
        lastGiven = nil
      } else if let index = taken.indices.randomElement(using: &random) {
        let slot = taken.remove(at: index)
        list.give(slot)
        lastGiven = slot
      }
      #expect(list.count == UInt32(taken.count))
      #expect(list.isFull == (taken.count == Int(capacity)))
    }
    var writer = ByteWriter()
    list.encode(into: &writer)
    var reader = ByteReader(writer.bytes)
    var read = try SlotList(from: &reader)
    try reader.finish()
    var copy = list.copy()
    while let slot = list.take() {
      #expect(read.take() == slot, "seed \(seed)")
      #expect(copy.take() == slot, "seed \(seed)")
    }
    #expect(read.isFull && copy.isFull)
  }

  @Test(
    arguments: [
      (4, 5, 0, []),
      (4, 2, 3, [0, 1, 0]),
      (4, 2, 1, [2]),
      (4, 3, 2, [1, 1]),
      (4, 3, 2, [1]),
    ] as [(UInt32, UInt32, UInt32, [UInt32])])
  func `a list that is none is refused`(
    capacity: UInt32, fresh: UInt32, given: UInt32, slots: [UInt32]
  ) {
    var writer = ByteWriter()
    for word in [capacity, fresh, given] + slots { writer.write(word) }
    #expect(throws: WireError.self) {
      var reader = ByteReader(writer.bytes)
      _ = try SlotList(from: &reader)
    }
  }

  @Test func `giving back a slot that was never taken stops the process`() async {
    await #expect(processExitsWith: .failure) {
      var list = SlotList(capacity: 4)
      list.give(0)
    }
  }
}
