import Airgap
import ArgumentParser
import Bitcoin
import ColdStorage
import Descriptors
import Signing
import Wire

/// Registers a wallet that cold storage may pay to.
struct RegisterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Register a wallet that cold coins may go to.",
    discussion: """
      Shows the policy's four words. Compare them with those on the printed sheet and on the other \
      devices, then give them with --words: only then is anything written.

      Examples:
        holdfast-vault register --descriptor cold.descriptor --name cold-1 --role cold \\
          --policies policies
        holdfast-vault register --descriptor cold.descriptor --name cold-1 --role cold \\
          --policies policies --words "army van defense carry"
      """)

  @Option(help: "The wallet's descriptor file.")
  var descriptor: String

  @Option(help: "What the wallet is called: 1 to 32 lower-case letters, digits and hyphens.")
  var name: String

  @Option(help: "hot or cold.")
  var role: RegisteredPolicy.Role

  @Option(help: "The policy's words, as another device or the sheet shows them.")
  var words: String?

  @OptionGroup var folder: RegisterOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let policy = try RegisteredPolicy(
      name: name, role: role, descriptor: try readWallet(descriptor))
    guard let words else {
      return try answer.give(
        PolicyDescription(policy),
        text: "\(PolicyDescription(policy).text)\nNothing is written. Compare the words first.")
    }
    guard words == policy.words.description else {
      throw ValidationError("--words: the policy's words are \"\(policy.words)\".")
    }
    try KeyFileStorage.makeFolder(folder.policies)
    _ = try PolicyRegister(try folder.register().policies + [policy])
    try KeyFileStorage.write(
      Array(policy.text.utf8), toNew: "\(folder.policies)/\(name)\(RegisterOptions.suffix)",
      secret: false)
    try answer.give(
      PolicyDescription(policy), text: "\(PolicyDescription(policy).text)\nregistered")
  }
}

/// A registered policy, as it is printed.
struct PolicyDescription: Encodable {
  let name: String
  let role: String
  let network: String
  let words: String
  let policyID: String
  let descriptor: String

  init(_ policy: RegisteredPolicy) {
    name = policy.name
    role = policy.role.rawValue
    network = policy.descriptor.network.rawValue
    words = policy.words.description
    policyID = Hex.text(policy.descriptor.policyID)
    descriptor = policy.descriptor.text
  }

  var text: String { "\(name)  \(role)  \(network)  \(words)\n  \(descriptor)" }
}

/// Lists the registered wallets.
struct PoliciesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policies", abstract: "List the registered wallets with their words.",
    discussion: """
      Example:
        holdfast-vault policies --policies policies
      """)

  @OptionGroup var folder: RegisterOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let list = try folder.register().policies.map(PolicyDescription.init)
    try answer.give(list, text: list.map(\.text).joined(separator: "\n"))
  }
}
