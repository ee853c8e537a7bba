import Engine
import Structures
import Testing
import Wire

@Suite struct EventDigestTests {
  @Test(arguments: UInt64(0)..<8)
  func `a digest kept up between commands is that of all events at once`(seed: UInt64) throws {
    var source = RandomCommands(seed: seed)
    var world = TestExchange()
    world.checksEverything = false
    var twin = Exchange()
    twin.apply(.configure(.sample), at: world.now) { _ in }
    var random = SplitMix64(seed: seed)
    var kept = EventBuffer()
    var emptied = EventBuffer()
    var keptUp = EventDigest()
    var overEmptied = EventDigest()
    var prelude = RandomCommands.prelude[...]
    var isRareSeen = false
    for _ in 0..<300 {
      if prelude.isEmpty { world.wait(source.number(0...2_000_000)) }
      let command = prelude.popFirst() ?? source.plausible(for: world.exchange)
      world.run(command)
      var writer = ByteWriter()
      command.encode(into: &writer)
      let bytes = writer.bytes
      var other = twin
      try twin.apply(record: bytes.span, at: world.now, into: &kept)
      try other.apply(record: bytes.span, at: world.now, into: &emptied)
      if Int.random(in: 0..<3, using: &random) == 0 { keptUp.add(from: kept) }
      if Int.random(in: 0..<5, using: &random) == 0 {
        overEmptied.add(from: emptied)
        emptied.removeAll()
        overEmptied.startOver()
      }
      for case .accountOpened in kept.events() { isRareSeen = true }
    }
    keptUp.add(from: kept)
    overEmptied.add(from: emptied)
    #expect(isRareSeen)
    #expect(keptUp.digest == kept.digest(), "seed \(seed)")
    #expect(overEmptied.digest == kept.digest(), "seed \(seed)")
    kept.removeAll()
    #expect(keptUp.digest != kept.digest())
  }
}
