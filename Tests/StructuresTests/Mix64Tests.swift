import Structures
import Testing

@Suite struct Mix64Tests {
  @Test func `hashes never change`() {
    #expect(Mix64.hash(0) == 0xD6CB_8892_A926_A943)
    #expect(Mix64.hash(1, 2) == 0x3E78_1D96_502B_5111)
    #expect(Mix64.hash("bot-0001" as Text32) == Mix64.hash("bot-0001" as Text16))
  }

  @Test func `texts that were chosen to fall together do not under a key that was not known`() {
    // The second word takes back what the first one does to the mix.
    let texts = (UInt64(0)..<1000).map { word in
      Text32(unchecked: word, 77 &- Mix64.hash(word), 0, 0)
    }
    #expect(Set(texts.map { Mix64.hash($0) }).count == 1)
    #expect(Set(texts.map { Mix64.hash($0, .zero) }).count == 1)
    var random = SplitMix64(seed: 5)
    for _ in 0..<20 {
      let key = HashKey(
        .random(in: 1 ... .max, using: &random), .random(in: 1 ... .max, using: &random))
      #expect(Set(texts.map { Mix64.hash($0, key) }).count == 1000)
    }
  }

  @Test func `neighbouring words spread over all bits`() {
    // Low and high parts of the hashes of 65 536 neighbours fill 256 boxes about evenly.
    for shift in [0, 24, 56] as [UInt64] {
      var boxes = [Int](repeating: 0, count: 256)
      for word in UInt64(0)..<65_536 { boxes[Int(Mix64.hash(word) >> shift & 255)] += 1 }
      #expect(boxes.allSatisfy { (128...384).contains($0) })
    }
  }

  @Test(arguments: UInt64(0)..<20)
  func `a digest does not depend on how its words are cut, and on nothing else does it not`(
    seed: UInt64
  ) {
    var random = SplitMix64(seed: seed)
    let words = (0..<Int.random(in: 1...40, using: &random)).map { _ in
      UInt64.random(in: 0...(.max), using: &random)
    }
    func digest(_ words: [UInt64]) -> (high: UInt64, low: UInt64) {
      var digest = MixDigest()
      for word in words { digest.add(word) }
      return digest.words
    }
    let whole = digest(words)
    var cut = MixDigest()
    var rest = words[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...rest.count, using: &random)
      cut.add(Array(rest.prefix(count)).span)
      rest = rest.dropFirst(count)
    }
    #expect(cut.words == whole, "seed \(seed)")
    #expect(digest(words + [0]) != whole)
    #expect(digest(Array(words.dropLast())) != whole)
    for index in words.indices {
      var changed = words
      changed[index] ^= 1 << UInt64.random(in: 0..<64, using: &random)
      #expect(digest(changed) != whole, "seed \(seed)")
      if index > 0, words[index] != words[index - 1] {
        var swapped = words
        swapped.swapAt(index, index - 1)
        #expect(digest(swapped) != whole, "seed \(seed)")
      }
    }
  }
}
