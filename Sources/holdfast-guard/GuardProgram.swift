// The semi-online guard: follows the journal, judges every withdrawal again, asks the signers. It is
// wiring only; the decisions are in Guard.
import ArgumentParser
import Guard
import Signing

@main struct GuardProgram: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast-guard",
    abstract: "Judge every withdrawal a second time, and have the released ones signed.",
    discussion: """
      Opens its key once, at the start, with its passphrase, follows the online server's journal, \
      and trusts nothing that it has not verified itself:
        holdfast-guard --config guard.yaml

      When it finds the journal dishonest it stops itself, publicly and durably. A person who has \
      found out what happened lets it go on:
        holdfast-guard resume --config guard.yaml
      """,
    subcommands: [
      RunCommand.self, ResumeCommand.self, ForgetCustomerKeyCommand.self, EndHoldCommand.self,
      KeyHoldersCommand.self, PolicyCommand.self,
    ],
    defaultSubcommand: RunCommand.self)

  /// Closes the process to others before anything is read, then runs the command.
  static func main() async {
    do {
      try ProcessSecrecy.close()
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      exit(withError: error)
    }
  }
}

struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract:
      "Let a guard that stopped itself go on. It must not be running; asks for the passphrase."
  )

  @OptionGroup var start: StartOptions

  func run() throws {
    let core = try start.core(try GuardConfiguration(file: start.config))
    try core.resume()
    print("the guard may go on")
  }
}

struct ForgetCustomerKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget-customer-key",
    abstract: "Accept a new signing key of a customer. Not while the guard runs.",
    discussion: "The signers remember the key as well, and have the same command.")

  @OptionGroup var start: StartOptions
  @Option(help: "The account's number.") var account: UInt64

  func run() throws {
    let core = try start.core(try GuardConfiguration(file: start.config))
    try core.forgetCustomerKey(of: account)
    print("account \(account) may sign with a new key")
  }
}

struct EndHoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "end-hold",
    abstract: "End a hold that only the guard knows of. Not while the guard runs.",
    discussion: """
      When the online server took the answer to a notice in, operators end the hold with \
      `holdfast operator holds` instead. Speak with the customer first.
      """)

  @OptionGroup var start: StartOptions
  @Option(help: "The account's number.") var account: UInt64

  func run() throws {
    let core = try start.core(try GuardConfiguration(file: start.config))
    try core.endHold(of: account)
    print("the guard holds account \(account) no more")
  }
}
