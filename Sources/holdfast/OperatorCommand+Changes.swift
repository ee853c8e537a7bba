import ArgumentParser
import JSON
import Statements
import Wire

/// Sets where a customer is told of changes.
struct SetContactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-contact",
    abstract: "Set the e-mail address at which a customer is told of changes.",
    discussion: """
      Do it when the account is opened: without an address nobody is told. The address before is told of \
      the change, and of everything else until the change has cooled off.

      Example:
        holdfast operator set-contact --key dave.key --account alice --email alice@example.org
      """)

  @Option(help: "The account, by name or number.")
  var account: String

  @Option(help: "The e-mail address.")
  var email: String

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let set = try await options.client().send(
      "POST", "/operator/contacts", ["account": .string(account), "email": .string(email)])
    answer.give(set, text: "\(account) is told at \(email)")
  }
}

/// Lists accounts that are held, or ends a hold.
struct HoldsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holds",
    abstract: "List the accounts whose owners took a change back, or end one's hold.",
    discussion: """
      Two different operators end a hold. Speak with the customer before, over a way that the change \
      cannot have touched.

      Examples:
        holdfast operator holds --key dave.key
        holdfast operator holds --key dave.key --account 7 --change 12
      """)

  @Option(help: "End the hold of this account, by number.")
  var account: UInt64?

  @Option(help: "The change that began the hold.")
  var change: UInt64?

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard (account == nil) == (change == nil) else {
      throw ValidationError("--account and --change belong together.")
    }
  }

  func run() async throws {
    let client = try options.client()
    guard let account, let change else {
      let found = try await client.send("GET", "/operator/holds")
      let rows = (found["holds"]?.array ?? []).map { each in
        ["account", "name", "change"].map { each[$0]?.string ?? "" }
          + [(each["approvals"]?.array ?? []).compactMap(\.string).joined(separator: ",")]
      }
      return answer.give(
        found,
        text: rows.isEmpty
          ? "no account is held" : table(["account", "name", "change", "approvals"], rows))
    }
    let statement = HoldStatement(
      operatorName: client.name, account: account, change: change, ends: true)
    let ended = try await client.send(
      "POST", "/operator/holds",
      [
        "account": .string("\(account)"), "change": .string("\(change)"),
        "signature": .string(Hex.text(try statement.signed(by: client.key))),
      ])
    answer.give(
      ended,
      text: ended["ended"]?.bool == true
        ? "account \(account) is held no more"
        : "noted; a second operator has to say so too")
  }
}
