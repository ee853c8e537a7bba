import Structures
import Testing

@Suite struct HashOrderTests {
  @Test(arguments: [
    (hash: UInt32(0), size: UInt32(10), place: UInt32(0)), (.max, 10, 9), (1 << 31, 10, 5),
    (1 << 30, 1000, 250), (429_496_729, 10, 0), (429_496_730, 10, 1), (.max, 1, 0),
    (.max, .max, .max - 1),
  ])
  func `a hash lies at its share of the table`(hash: UInt32, size: UInt32, place: UInt32) {
    #expect(HashOrder.place(of: hash, among: size) == place)
  }

  @Test func `mixed numbers lie evenly in a table of any size`() {
    let size: UInt32 = 1000
    var counts = [Int](repeating: 0, count: Int(size))
    for number in UInt64(0)..<100_000 {
      let hash = UInt32(truncatingIfNeeded: Mix64.hash(number) >> 32)
      counts[Int(HashOrder.place(of: hash, among: size))] += 1
    }
    #expect(counts.allSatisfy { (50...160).contains($0) })
  }
}
