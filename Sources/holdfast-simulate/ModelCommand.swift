import ArgumentParser
import Simulation

/// Runs the model beside the exchange.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Compare the exchange with the slow, obvious model.")

  @Option(help: "A seed, or a range of seeds such as 1-50.")
  var seeds: SeedRange
  @Option(help: "Random commands for each seed.")
  var commands: Int
  @Flag(help: "Print how often each kind of thing happened.")
  var coverage = false

  func validate() throws {
    guard commands >= 1 else { throw ValidationError("--commands: must be at least 1") }
  }

  func run() throws {
    let start = ContinuousClock.now
    var covered = ModelCoverage()
    for seed in seeds.seeds {
      do throws(ModelRun.Failure) {
        covered.add(try ModelRun(seed: seed, commands: commands).run())
      } catch {
        print(error)
        throw ExitCode.failure
      }
    }
    if coverage {
      for (name, count) in covered.counts.sorted(by: { $0.key < $1.key }) {
        print("\(count)\t\(name)")
      }
    }
    let total = commands * seeds.seeds.count
    print(
      "\(seeds.seeds.count) seeds, \(total) commands, no difference, \(ContinuousClock.now - start)"
    )
  }
}
