import Structures
import Testing

@Suite struct PoolTests {
  @Test func `slots begin as zeros and keep what is put in`() {
    var pool = Pool<UInt64>(capacity: 1 << 28)
    #expect(pool[0] == 0)
    #expect(pool[pool.capacity - 1] == 0)
    pool[5] = 7
    pool[pool.capacity - 1] = 9
    pool[5] += 1
    #expect(pool[5] == 8)
    #expect(pool[pool.capacity - 1] == 9)
    #expect(pool.withSlots(first: 6) { $0[5] } == 8)
  }

  @Test func `a copy has its own slots`() {
    var pool = Pool<UInt32>(capacity: 10_000)
    for index in 0..<pool.capacity { pool[index] = index / 2000 }
    var copy = pool.copy(first: 9000)
    for index in 0..<UInt32(9000) { #expect(copy[index] == pool[index]) }
    #expect(copy[9000] == 0)
    copy[1] = 77
    pool[2] = 88
    #expect(pool[1] == 0)
    #expect(copy[2] == 0)
  }

  @Test func `a pool of no slots is possible`() {
    let pool = Pool<UInt32>(capacity: 0)
    #expect(pool.copy(first: 0).capacity == 0)
  }

  @Test func `an index outside stops the process`() async {
    await #expect(processExitsWith: .failure) {
      let pool = Pool<UInt8>(capacity: 3)
      print(pool[3])
    }
    await #expect(processExitsWith: .failure) {
      let pool = Pool<UInt8>(capacity: 3)
      _ = pool.copy(first: 4)
    }
  }
}
