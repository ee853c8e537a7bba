// The semi-offline signer: one holder's key in locked memory behind a local socket or a serial line.
// It is wiring only; the decisions are in Signing. It links no network code.
import ArgumentParser
import Signing

@main struct SignerProgram: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast-signer",
    abstract: "Sign released withdrawals with one holder's key, within its own limits.",
    discussion: """
      Opens the key once, at the start, with its passphrase, and then answers the guard over the \
      socket or serial line in its configuration:
        holdfast-signer --config signer.yaml

      Or with the shares of several people, of whom none is needed in particular:
        holdfast-signer --config signer.yaml --shares

      The key may lie in a PKCS#11 token (HSM) instead of a file:
        holdfast-signer make-token-key --module /usr/lib/softhsm/libsofthsm2.so \\
          --token signer-1 --key dave

      Anyone at the machine may stop it; several people, and time, let it sign again:
        holdfast-signer freeze --config signer.yaml --reason "what happened"
        holdfast-signer unfreeze --config signer.yaml

      Which signed policy it decides by, and what waits:
        holdfast-signer policy --config signer.yaml
      """,
    subcommands: [
      RunCommand.self, FreezeCommand.self, UnfreezeCommand.self, ForgetCustomerKeyCommand.self,
      MakeTokenKeyCommand.self, ShowTokenKeyCommand.self, PolicyCommand.self,
      CheckConfinementCommand.self,
    ], defaultSubcommand: RunCommand.self)

  /// Closes the process to others and to networks before anything is read, then runs the command.
  static func main() {
    do {
      try ProcessSecrecy.close()
      try SystemCallFilter.install()
      var command = try parseAsRoot()
      try command.run()
    } catch {
      exit(withError: error)
    }
  }
}

struct FreezeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze", abstract: "Stop a signer at once; also while it runs.")

  @Option(help: "The signer's configuration file.") var config: String
  @Option(help: "Shown to the guard and in the log.") var reason: String

  func run() throws {
    let configuration = try SignerConfiguration(file: config)
    try FreezeFile.write(reason: reason, forRecord: configuration.record)
    SignerLog.write(.notice, "freeze requested", ["reason": reason])
  }
}

struct ForgetCustomerKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget-customer-key",
    abstract: "Accept a new signing key of a customer. Not while the signer runs.",
    discussion: """
      The signer remembers the key with which each account signed its destinations first, and \
      refuses another. Use this after the customer has proved, outside the exchange, that the key \
      was changed by himself. Asks for the passphrase.
      """)

  @OptionGroup var start: StartOptions
  @Option(help: "The account's number.") var account: UInt64

  func run() throws {
    let signer = try start.signer(try SignerConfiguration(file: start.config))
    try signer.forgetCustomerKey(of: account)
    SignerLog.write(.notice, "customer key forgotten", ["account": "\(account)"])
  }
}

struct CheckConfinementCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-confinement",
    abstract: "Try to reach a network, and show that this machine does not let the signer.")

  /// What should not have been possible, or should.
  private struct NotConfined: Error, CustomStringConvertible {
    let description: String
  }

  func run() throws {
    var wrong: [String] = []
    for (family, code) in SystemCallFilter.trial() {
      let isLocal = family == "AF_UNIX"
      print("\(family) socket: \(code == 0 ? "made" : "refused")")
      if isLocal != (code == 0) { wrong.append(family) }
    }
    guard wrong.isEmpty else {
      throw NotConfined(description: "not as it should be: \(wrong.joined(separator: " "))")
    }
  }
}
