import ArgumentParser
import Guard
import KeyOptions
import Policies

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Show which signed policy the guard decides by, and what waits; also while it runs.")

  @Option(help: "The guard's configuration file.") var config: String
  @Flag(help: "Answer in JSON.") var json = false

  func run() throws {
    let configuration = try GuardConfiguration(file: config)
    let status = try GuardCore.policyStatus(
      configuration.policy, recordPath: configuration.record)
    print(json ? try status.json : status.text)
  }
}
