import ArgumentParser
import Money
import Policies
import Settings
import Signing
import Wire

/// Writes the next policy of guard and signers.
struct DraftPolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draft-policy",
    abstract: "Write the next policy of guard and signers, for several people to sign.",
    discussion: """
      The terms are YAML (docs/operations/policies.md). The policy takes the place of the newest, which \
      --current names; without it the policy is the first. Shown is every field that changes, and \
      whether the policy takes effect at once or waits. Where the newest is itself still waiting, \
      --in-force names the one that decides meanwhile: the comparison is with that one.

      Example:
        holdfast-vault draft-policy --terms terms.yaml --current 3.policy --out 4.policy
      """)

  @Option(help: "The terms, in YAML.")
  var terms: String

  @Option(help: "The newest policy; none for the first.")
  var current: String?

  @Option(help: "The policy in force, while the newest waits.")
  var inForce: String?

  @Option(help: "File to write; it must not be there yet.")
  var out: String

  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard inForce == nil || current != nil else {
      throw ValidationError("--in-force needs --current, the newest.")
    }
  }

  func run() throws {
    let newest = try current.map { try PolicyFile.read($0).statement }
    let old = try inForce.map { try PolicyFile.read($0).statement } ?? newest
    let statement = try ConfigurationSection.read(file: terms) {
      (root) throws(ConfigurationError) in
      let statement = PolicyStatement(
        version: (newest?.version ?? 0) + 1, previous: newest?.hash ?? PolicyStatement.none,
        draftedAtMilliseconds: currentTime().milliseconds,
        asset: try root.string("asset", default: "BTC"),
        chain: try root.string("chain", default: "BTC-Bitcoin"),
        guardian: try root.section("guard").guardTerms(),
        signers: try root.section("signers").signerTerms(),
        changing: try root.section("policy").changeRules())
      if let problem = statement.problem { throw root.error("", problem) }
      return statement
    }
    let document = PolicyDocument(statement)
    try KeyFileStorage.write(document.bytes, toNew: out, secret: false)
    let view = PolicyView(document, after: old)
    try answer.give(view, text: "\(view.text)\n\nwritten to \(out): nobody has signed it yet")
  }
}
