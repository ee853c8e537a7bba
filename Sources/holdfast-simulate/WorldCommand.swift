import ArgumentParser
import Simulation

/// Runs whole simulated exchanges.
struct WorldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "world",
    abstract: "Run a whole exchange from each seed while everything around it fails.")

  @Option(help: "A seed, or a range of seeds such as 1-1000.")
  var seeds: SeedRange
  @Option(help: "Steps for each seed.")
  var steps = 500
  @Flag(help: "Print how much happened.")
  var coverage = false

  func validate() throws {
    guard steps >= 1 else { throw ValidationError("--steps: must be at least 1") }
  }

  func run() throws {
    let start = ContinuousClock.now
    var tally = SimulationTally()
    for seed in seeds.seeds {
      do throws(SimulationRun.Failure) {
        tally += try SimulationRun(seed: seed, steps: steps).run()
      } catch {
        print(error)
        throw ExitCode.failure
      }
    }
    if coverage {
      for (name, path) in SimulationTally.counts { print("\(tally[keyPath: path])\t\(name)") }
    }
    print("\(seeds.seeds.count) seeds, no violation, \(ContinuousClock.now - start)")
  }
}
