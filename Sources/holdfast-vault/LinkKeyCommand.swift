import ArgumentParser
import Cryptography
import Signing
import Wire

/// Makes one end's key for the line between the guard and a signer.
struct LinkKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link-key",
    abstract: "Make the key with which the guard or a signer proves on the line who it is.",
    discussion: """
      Make one for the guard and one for each signer, each on its own machine, where the file stays. \
      What is printed goes into the configuration of the other end as its peerKey.

      Examples:
        holdfast-vault link-key --out guard.link
        holdfast-vault link-key --show guard.link
      """)

  @Option(help: "File to write; it must not be there yet.")
  var out: String?

  @Option(help: "Instead: the file whose public key is asked for.")
  var show: String?

  @OptionGroup var answer: AnswerOptions

  private struct Answer: Encodable {
    let publicKey: String
  }

  func validate() throws {
    guard (out == nil) != (show == nil) else {
      throw ValidationError("Give one of --out and --show.")
    }
  }

  func run() throws {
    let key: [UInt8]
    if let out {
      key = try LinkKeyFile.make(at: out).bytes
    } else {
      key = try LinkKeyFile.read(show ?? "").publicKey.bytes
    }
    try answer.give(Answer(publicKey: Hex.text(key)), text: Hex.text(key))
  }
}
