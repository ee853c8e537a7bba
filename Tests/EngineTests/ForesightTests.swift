import Engine
import Structures
import Testing
import Wire

/// Looking ahead asks memory for lines; it must do nothing else, whatever the bytes are.
@Suite struct ForesightTests {
  @Test(arguments: UInt64(0)..<4)
  func `looking ahead at commands, whole or damaged, changes nothing`(seed: UInt64) {
    var source = RandomCommands(seed: seed)
    var random = SplitMix64(seed: seed)
    var world = TestExchange()
    world.checksEverything = false
    var foresight = Foresight()
    for command in RandomCommands.prelude { world.run(command) }
    for _ in 0..<200 {
      let command = source.plausible(for: world.exchange)
      var writer = ByteWriter()
      command.encode(into: &writer)
      let before = world.exchange.encode()
      foresight.note(writer.bytes.span)
      var damaged = writer.bytes
      for _ in 0..<20 {
        // Any length, and an order command's number at the front every other time.
        damaged = Array(damaged.prefix(.random(in: 0...damaged.count, using: &random)))
        for index in damaged.indices where Bool.random(using: &random) {
          damaged[index] = .random(in: 0...255, using: &random)
        }
        if !damaged.isEmpty, Bool.random(using: &random) {
          damaged[0] = .random(in: 9...11, using: &random)
        }
        foresight.note(damaged.span)
        if damaged.count < 16 { damaged = writer.bytes }
      }
      foresight.ask(world.exchange)
      #expect(world.exchange.encode() == before, "seed \(seed)")
      world.run(command)
    }
  }
}
