import Airgap
import ArgumentParser
import Bitcoin
import ColdStorage
import Cryptography
import Descriptors
import KeyOptions
import Signing

/// Prints a holder's key sheet.
struct SheetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sheet",
    abstract: "Write a holder's key sheet as PDF, to be printed and kept in a vault.",
    discussion: """
      The sealed sheet holds the encrypted key file. With --clear the passphrase is asked for and \
      the sheet holds the account's private key itself: with enough of these sheets Bitcoin Core \
      alone spends the coins (docs/operations/recovery.md). Print it from the offline machine to a \
      printer without memory, and remove the file.

      Examples:
        holdfast-vault sheet --key holder-1.key --descriptor wallet.descriptor --out sheet-1.pdf
        holdfast-vault sheet --key holder-1.key --descriptor wallet.descriptor --clear \\
          --out recovery-1.pdf
      """)

  @Option(help: "The holder's key file.")
  var key: String

  @Option(help: "The wallet's descriptor file.")
  var descriptor: String

  @Option(help: "The PDF to write; it must not be there yet.")
  var out: String

  @Flag(help: "Print the private key in clear, for recovery without this program.")
  var clear = false

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  private struct Result: Encodable {
    let label: String
    let policyWords: String
    let file: String
  }

  private struct ForeignKey: Error, CustomStringConvertible {
    let description = "this key is none of the wallet's"
  }

  func run() throws {
    guard !KeyFileStorage.exists(out) else { throw KeyFileError.exists(out) }
    let file = try KeyFile(parsing: try KeyFileStorage.read(key))
    guard case .holder(_, let origin, let account) = file.identity else {
      throw KeyFileError.wrongKind(needed: "holder's key (this one signs statements)")
    }
    let wallet = try readWallet(descriptor)
    guard wallet.keys.contains(where: { $0.origin == origin }) else { throw ForeignKey() }
    let secret: KeySheet.Secret
    if clear {
      let holder = try file.openHolder(
        passphrase: try Passphrase.read(passphrase.source(for: file.label)))
      secret = .clear(try holder.account.revealedText())
    } else {
      secret = .sealed(file: file.bytes)
    }
    let pdf = try KeySheet.pdf(
      label: file.label, origin: origin, account: account, descriptor: wallet, secret: secret)
    try KeyFileStorage.write(pdf, toNew: out, secret: true)
    let words = try RegisteredPolicy(name: "sheet", role: .cold, descriptor: wallet).words
    try answer.give(
      Result(label: file.label, policyWords: words.description, file: out),
      text: "\(out): sheet of \(file.label); policy words   \(words)")
  }
}
