import ArgumentParser
import KeyOptions
import Policies
import Signing

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Show which signed policy the signer decides by, and what waits; also while it runs.")

  @Option(help: "The signer's configuration file.") var config: String
  @Flag(help: "Answer in JSON.") var json = false

  func run() throws {
    let configuration = try SignerConfiguration(file: config)
    let status = try Signer.policyStatus(
      configuration.policy, recordPath: configuration.record)
    print(json ? try status.json : status.text)
  }
}
