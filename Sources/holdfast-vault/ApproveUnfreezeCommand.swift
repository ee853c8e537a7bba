import ArgumentParser
import KeyOptions
import Signing
import Statements
import Wire

/// Approves that a frozen signer signs again.
struct ApproveUnfreezeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve-unfreeze",
    abstract: "Approve that one frozen signer signs again.",
    discussion: """
      Sign only when you know why the signer was frozen. The approval counts for that one freeze of \
      that one signer, whose fingerprint is printed first.

      Example:
        holdfast-vault approve-unfreeze --key dave.key 14000000686f6c64...
      """)

  @Option(help: "Your key file.")
  var key: String

  @Argument(help: "The request that `holdfast-signer unfreeze` printed.")
  var request: String

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  private struct Answer: Encodable {
    let fingerprint: String
    let freeze: String
    let approval: String
  }

  func run() throws {
    guard let bytes = Hex.bytes(request), let statement = try? UnfreezeStatement(bytes: bytes)
    else {
      throw ValidationError("This is no request of a signer's.")
    }
    let fingerprint = Hex.text(statement.fingerprint)
    report("signer \(fingerprint), freeze \(Hex.text(statement.freeze))")
    let file = try KeyFile(parsing: try KeyFileStorage.read(key))
    let person = try file.openSigner(
      passphrase: try Passphrase.read(passphrase.source(for: file.label)))
    let approval = Hex.text(try Signed(statement, by: person).bytes)
    try answer.give(
      Answer(fingerprint: fingerprint, freeze: Hex.text(statement.freeze), approval: approval),
      text: approval)
  }
}
