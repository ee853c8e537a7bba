import Simulation
import Testing

@Suite struct WorldTests {
  @Test(arguments: UInt64(1)...24)
  func `an exchange among failures keeps what it answered`(seed: UInt64) throws {
    _ = try SimulationRun(seed: seed, steps: 300).run()
  }

  @Test func `a simulation reaches what it is for`() throws {
    var tally = SimulationTally()
    for seed in UInt64(101)...116 { tally += try SimulationRun(seed: seed, steps: 300).run() }
    for (name, path) in SimulationTally.counts where name != "snapshots unusable" {
      #expect(tally[keyPath: path] > 0, "\(name)")
    }
  }

  @Test func `a seed always gives the same simulation`() throws {
    let first = try SimulationRun(seed: 7, steps: 200).run()
    let second = try SimulationRun(seed: 7, steps: 200).run()
    for (name, path) in SimulationTally.counts {
      #expect(first[keyPath: path] == second[keyPath: path], "\(name)")
    }
  }
}
