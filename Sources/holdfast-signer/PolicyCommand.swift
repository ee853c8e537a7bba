import ArgumentParser
import KeyOptions
import Policies
import Signing

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Show which signed policy the signer decides by, and what waits; also while it runs.",
    discussion: """
      The guard carries policies to the signer. --take lays one before it here, whatever the guard does; \
      the signer takes it within a second, or at its next start, and logs what became of it.
      """)

  @Option(help: "The signer's configuration file.") var config: String
  @Option(help: "A policy document that the signer is to take.") var take: String?
  @Flag(help: "Answer in JSON.") var json = false

  func run() throws {
    let configuration = try SignerConfiguration(file: config)
    if let take {
      let bytes = try KeyFileStorage.read(take, limit: PolicyDocument.limit)
      guard let document = try? PolicyDocument(bytes: bytes) else {
        throw ValidationError("\(take): no policy document.")
      }
      try PolicyDrop.write(document, forRecord: configuration.record)
      SignerLog.write(.notice, "policy laid down", ["version": "\(document.statement.version)"])
      return
    }
    let status = try Signer.policyStatus(
      configuration.policy, recordPath: configuration.record)
    print(json ? try status.json : status.text)
  }
}
