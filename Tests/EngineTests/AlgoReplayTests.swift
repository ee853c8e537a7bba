import Algos
import Engine
import Structures
import Testing

@Suite struct AlgoReplayTests {
  /// Half of the commands are about algo orders, sub-accounts, halts and adjustments. A twin that is
  /// read back from its snapshot again and again says the same all along.
  @Test(arguments: UInt64(1000)..<1012)
  func `algo orders go on the same after a snapshot, and break no balance`(seed: UInt64) throws {
    var source = RandomCommands(seed: seed)
    var world = TestExchange()
    world.checksEverything = false
    for command in RandomCommands.prelude { world.run(command) }
    var twin = try Exchange(decoding: world.exchange.encode())
    var changes: Set<String> = []
    for step in 0..<700 {
      if source.chance(1, in: 2) { world.wait(source.number(0...20_000)) }
      let accounts = world.exchange.accounts.map(\.id)
      var command = source.plausible(for: world.exchange)
      if source.chance(1, in: 2), let account = source.pick(accounts) {
        command = source.plausibleTrading(for: world.exchange, accounts, account)
      }
      let events = world.run(command)
      var twins: [Event] = []
      twin.apply(command, at: world.now) { twins.append($0) }
      #expect(events == twins, "seed \(seed), step \(step), \(command)")
      for case .algo(_, let change) in events {
        changes.insert(String("\(change)".prefix { $0 != "(" }))
      }
      if step.isMultiple(of: 40) {
        #expect(world.exchange.isConsistent, "seed \(seed), step \(step)")
      }
      if step.isMultiple(of: 150) { twin = try Exchange(decoding: twin.encode()) }
    }
    #expect(twin.encode() == world.exchange.encode(), "seed \(seed)")
    #expect(changes.isSuperset(of: ["placed", "childPlaced", "canceled", "failed"]))
  }
}
