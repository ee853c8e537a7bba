import Cryptography
import Custody
import Structures
import Testing

@Suite struct ScriptTableTests {
  private func script(_ number: Int) -> [UInt8] {
    [0, 20] + (0..<20).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 8))) }
  }

  @Test(arguments: [0, 1, 7, 1000, 20_000])
  func `every script is found at its place and no other`(count: Int) {
    var table = ScriptTable()
    for number in 0..<count { table.insert(script(number), place: UInt32(number)) }
    #expect(table.count == count)
    for number in 0..<count {
      #expect(table.place(of: script(number)) { _ in true } == UInt32(number))
    }
    for number in count..<(count + 1000) {
      #expect(table.place(of: script(number)) { _ in true } == nil)
    }
  }

  @Test func `a table takes at most 20 bytes for each script at any size`() {
    var table = ScriptTable()
    for number in 0..<60_000 {
      table.insert(script(number), place: UInt32(number))
      guard number >= 10_000, number.isMultiple(of: 1000) else { continue }
      #expect(table.byteCount <= 20 * table.count, "\(table.count) scripts")
    }
    print("script table: \(Double(table.byteCount) / Double(table.count)) bytes per address")
  }

  @Test func `what is there already stays`() {
    var table = ScriptTable()
    for _ in 0..<3 { table.insert([1, 2], place: 7) }
    #expect(table.count == 1)
  }

  @Test func `of two places with one hash the confirmed one is found`() {
    // The same bytes twice stand for a collision of two scripts.
    var table = ScriptTable()
    table.insert([1, 2], place: 7)
    table.insert([1, 2], place: 9)
    #expect(table.count == 2)
    #expect(table.place(of: [1, 2]) { $0 == 7 } == 7)
    #expect(table.place(of: [1, 2]) { $0 == 9 } == 9)
    #expect(table.place(of: [1, 2]) { _ in false } == nil)
  }

  @Test(arguments: UInt64(0)..<8)
  func `a table agrees with a dictionary`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var table = ScriptTable()
    var model: [[UInt8]: UInt32] = [:]
    for _ in 0..<5000 {
      let script = script(.random(in: 0..<4000, using: &random))
      if Bool.random(using: &random), model[script] == nil {
        let place = UInt32.random(in: 0...UInt32.max, using: &random)
        model[script] = place
        table.insert(script, place: place)
      }
      #expect(table.place(of: script) { _ in true } == model[script])
    }
    #expect(table.count == model.count)
  }
}
