import ArgumentParser
import JSON
import Statements
import Wire

/// Sets where the customer is told of changes.
struct ContactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contact",
    abstract: "Set the e-mail address at which you are told of changes.",
    discussion: """
      The address before is told of it, and of everything else until the change has cooled off.

      Example:
        holdfast customer contact --credentials alice.credentials --email alice@example.org
      """)

  @Option(help: "The e-mail address.")
  var email: String

  @OptionGroup var options: CustomerOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let rows = try await options.client().send(
      "POST", "/api/v5/holdfast/contact", ["email": .string(email)])
    answer.give(.array(rows), text: "you are told at \(email)")
  }
}

/// Takes back a change of the account's key, contact or address book.
struct CancelChangeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel-change",
    abstract: "Take back a change of your account that was not yours, and have the account held.",
    discussion: """
      Say the code from the notice, or sign with the key that was enrolled before the change. Whatever \
      else can be cancelled is taken back too, withdrawals that wait end, and nothing leaves until \
      the hold ends: with --end, by your key, or by two operators.

      Examples:
        holdfast customer cancel-change --credentials alice.credentials \\
          --code 7-12-00112233445566778899aabbccddeeff
        holdfast customer cancel-change --credentials alice.credentials --change 12 --key alice.key
        holdfast customer cancel-change --credentials alice.credentials --change 12 --key alice.key --end
      """)

  @Option(help: "The code from the notice.")
  var code: String?

  @Option(help: "The change's number, to sign for it.")
  var change: UInt64?

  @Flag(help: "End the hold that the cancel of this change began.")
  var end = false

  @OptionGroup var options: CustomerOptions
  @OptionGroup var key: OptionalSigningKeyOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard (code == nil) != (change == nil), code == nil || !end else {
      throw ValidationError("Say either --code, or --change with --key and perhaps --end.")
    }
  }

  func run() async throws {
    let client = try options.client()
    let path = "/api/v5/holdfast/" + (end ? "end-hold" : "cancel-change")
    let body: JSON
    if let change {
      let statement = HoldStatement(account: client.account, change: change, ends: end)
      body = [
        "account": .string("\(client.account)"), "changeId": .string("\(change)"),
        "signature": .string(Hex.text(try statement.signed(by: try key.open().key))),
      ]
    } else {
      body = ["code": .string(code ?? "")]
    }
    let rows = try await client.send("POST", path, body)
    answer.give(
      .array(rows),
      text: end ? "the account is held no more" : "cancelled; the account is held")
  }
}
