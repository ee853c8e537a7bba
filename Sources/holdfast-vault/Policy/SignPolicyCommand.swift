import ArgumentParser
import Cryptography
import FoundationEssentials
import KeyOptions
import Policies
import Signing

/// Puts one person's signature under a policy.
struct SignPolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign-policy",
    abstract: "Sign, as one of the people who may, a policy of guard and signers.",
    discussion: """
      Shows what changes, then adds your signature to the file, which goes on to the next person. \
      Compare the hash with the others. --current is the policy in force.

      Example:
        holdfast-vault sign-policy --key dave.key --current 3.policy 4.policy
      """)

  @Argument(help: "The policy (draft-policy).")
  var policy: String

  @Option(help: "Your key file.")
  var key: String

  @Option(help: "The policy in force; none while the configuration's lines are.")
  var current: String?

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    var document = try PolicyFile.read(policy)
    let old = try current.map { try PolicyFile.read($0).statement }
    report(PolicyView(document, after: old).text)
    if let forged = document.forgedKeys.first {
      throw FileFault(path: policy, reason: "\(PolicyRefusal.forged(key: forged))")
    }
    let person = try openSigner(key, passphrase)
    let own = person.publicKey.bytes
    let people = (old?.changing.people ?? []) + document.statement.changing.people
    guard people.contains(where: { $0.publicKey == own }) else {
      throw FileFault(path: policy, reason: "nobody who may sign has this key")
    }
    guard try document.sign(by: person) else {
      throw FileFault(path: policy, reason: "it has room for no more signatures")
    }
    try Data(document.bytes).write(to: URL(fileURLWithPath: policy), options: .atomic)
    let view = PolicyView(document, after: old)
    try answer.give(
      view,
      text: "\(policy): signed by \(view.signers.joined(separator: ", ")); \(view.needed) have to")
  }
}

/// Shows a policy and whether it counts.
struct CheckPolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-policy",
    abstract: "Show a policy, what it changes, and whether enough people have signed it.",
    discussion: """
      Ends with an error unless every signature fits, enough of those who may have signed, and it \
      follows --current, the newest policy. Where the newest is itself still waiting, --in-force \
      names the one that decides meanwhile.

      Example:
        holdfast-vault check-policy --current 3.policy 4.policy
      """)

  @Argument(help: "The policy.")
  var policy: String

  @Option(help: "The newest policy before it; none for the first.")
  var current: String?

  @Option(help: "The policy in force, while the newest waits.")
  var inForce: String?

  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let document = try PolicyFile.read(policy)
    let newest = try current.map { try PolicyFile.read($0).statement }
    let old = try inForce.map { try PolicyFile.read($0).statement } ?? newest
    let view = PolicyView(document, after: old)
    try answer.give(view, text: view.text)
    let statement = document.statement
    guard statement.previous == newest?.hash ?? PolicyStatement.none,
      statement.version == (newest?.version ?? 0) + 1
    else {
      throw FileFault(
        path: policy, reason: "\(PolicyRefusal.anotherPredecessor(version: statement.version))")
    }
    if let forged = document.forgedKeys.first {
      throw FileFault(path: policy, reason: "\(PolicyRefusal.forged(key: forged))")
    }
    guard view.signers.count >= Int(clamping: view.needed) else {
      let refusal = PolicyRefusal.tooFewSignatures(
        have: view.signers.count, need: Int(clamping: view.needed))
      throw FileFault(path: policy, reason: "\(refusal)")
    }
  }
}
