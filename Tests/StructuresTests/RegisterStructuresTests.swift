import Structures
import Testing
import Wire

/// The containers of what grows with the years, each beside one of the standard library's.
@Suite struct RegisterStructuresTests {
  /// Bytes with their length.
  private struct Note: Canonical, Equatable, Sendable {
    var bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    func encode(into writer: inout ByteWriter) { writer.write(bytes) }
    init(from reader: inout ByteReader) throws(WireError) { bytes = try reader.read() }
  }

  /// Hashes that are spread out, or crowd together at the end of a shard.
  private func hash(_ number: UInt32, crowded: Bool) -> UInt128 {
    crowded
      ? UInt128(0xAAFF_FFFF &- number % 3) << 96
      : UInt128(Mix64.hash(UInt64(number))) << 64 | UInt128(number)
  }

  @Test(arguments: UInt64(0)..<16)
  func `numbers are found by their hashes`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let crowded = seed % 4 == 3
    var index = NumberIndex()
    var model: Set<UInt32> = []
    for _ in 0..<(crowded ? 300 : 20_000) {
      let number = UInt32.random(in: 0..<(crowded ? 60 : 4000), using: &random)
      let hash = hash(number, crowded: crowded)
      #expect(index.find(hash: hash) { $0 == number } == (model.contains(number) ? number : nil))
      if model.insert(number).inserted {
        index.insert(hash: hash, number)
      } else if Bool.random(using: &random) {
        index.remove(hash: hash, number)
        model.remove(number)
      }
    }
    #expect(index.count == model.count)
    for number in model {
      #expect(index.find(hash: hash(number, crowded: crowded)) { $0 == number } == number)
    }
  }

  @Test func `digests are remembered and come in order`() {
    var digests = DigestSet()
    var model: Set<UInt128> = []
    var random = SplitMix64(seed: 7)
    for _ in 0..<20_000 {
      let digest = UInt128.random(in: 1 ... .max, using: &random)
      #expect(!digests.contains(digest))
      digests.insert(digest)
      model.insert(digest)
    }
    #expect(model.allSatisfy { digests.contains($0) })
    var listed: [UInt128] = []
    digests.forEach { listed.append($0) }
    #expect(listed == model.sorted())
  }

  @Test func `copies of a table part when one changes`() {
    var digests = DigestSet()
    digests.insert(5)
    let before = digests
    digests.insert(6)
    #expect(!before.contains(6))
    #expect(digests.contains(5) && digests.contains(6))
  }

  @Test(arguments: UInt64(0)..<8)
  func `packed values are what was put in last`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var list = PackedList<Note>()
    var model: [Note?] = []
    func note() -> Note {
      // Some are longer than a chunk.
      let longest = UInt64.random(in: 0..<200, using: &random) == 0 ? 90_000 : 40
      return Note(
        Array(
          repeating: .random(in: 0...255, using: &random),
          count: .random(in: 0...longest, using: &random)))
    }
    for _ in 0..<5000 {
      let number = Int.random(in: 0...model.count, using: &random)
      if number == model.count {
        if Bool.random(using: &random) {
          let note = note()
          list.append(note)
          model.append(note)
        } else {
          list.appendRemoved()
          model.append(nil)
        }
      } else if Bool.random(using: &random) {
        let note = note()
        list.set(number, to: note)
        model[number] = note
      } else {
        list.remove(number)
        model[number] = nil
      }
    }
    #expect(list.count == model.count)
    for number in model.indices {
      #expect(list[number] == model[number], "seed \(seed), number \(number)")
      var writer = ByteWriter()
      list.write(number, into: &writer)
      var direct = ByteWriter()
      if let note = model[number] { note.encode(into: &direct) }
      #expect(writer.bytes == direct.bytes)
    }
  }

  @Test(arguments: UInt64(0)..<8)
  func `owners have their numbers in order`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var lists = OwnerLists()
    var model: [UInt32: [UInt32]] = [:]
    for number in UInt32(0)..<4000 {
      let owner = UInt32.random(in: 0..<300, using: &random)
      lists.append(to: owner)
      model[owner, default: []].append(number)
      let other = UInt32.random(in: 0..<300, using: &random)
      if Bool.random(using: &random), let number = model[other]?.randomElement(using: &random) {
        lists.remove(number, of: other)
        model[other]?.removeAll { $0 == number }
      }
    }
    for owner in UInt32(0)..<300 { #expect(lists.numbers(of: owner) == model[owner] ?? []) }
  }

  @Test func `texts stay where they are`() {
    var arena = TextArena()
    var random = SplitMix64(seed: 3)
    var placed: [(UInt32, String)] = []
    for number in 0..<20_000 {
      let text = String(
        String(repeating: "\(number)", count: 9).prefix(.random(in: 0...40, using: &random)))
      placed.append((arena.add(text), text))
    }
    for (place, text) in placed {
      #expect(arena[place] == text)
      #expect(arena.equals(place, text) && !arena.equals(place, text + "."))
    }
  }

  @Test(arguments: UInt64(0)..<8)
  func `sorted chunks hold what a sorted array holds`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var chunks = SortedChunks<Int>()
    var model: Set<Int> = []
    for _ in 0..<6000 {
      let key = Int.random(in: 0..<4000, using: &random)
      #expect(chunks.contains(key) == model.contains(key))
      if model.insert(key).inserted {
        chunks.insert(key)
      } else if Bool.random(using: &random) {
        chunks.remove(key)
        model.remove(key)
      }
    }
    #expect(chunks.elements == model.sorted())
    #expect(chunks.count == model.count && chunks.first == model.min())
  }
}
