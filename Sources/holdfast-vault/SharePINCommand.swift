import ArgumentParser
import Cryptography
import KeyOptions
import Signing

/// Seals the PIN of a signer's token for shares.
struct SharePINCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "share-pin",
    abstract: "Seal the PIN of a signer's token, to be opened by the shares of several people.",
    discussion: """
      What share-key does for a key in a file: a signer that loses its power starts again while one \
      person is away. LABEL.pin goes to the signer's machine (token.sealedPIN in its configuration), \
      each share to its person:
        holdfast-vault share-pin --label holder-3 --out signer-3 --share-threshold 2 \\
          --share-among holder --share-among site-operator --share-among successor

      A new PIN in the token needs new shares.
      """)

  @Option(help: "Whose token it is: letters, digits, blanks and . _ @ -")
  var label: String

  @Option(help: "Folder for the new files; made if it is not there.")
  var out: String

  @OptionGroup var sharing: SharingOptions
  @OptionGroup var pin: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  private struct Answer: Encodable {
    let files: [String]
    let threshold: Int
  }

  func validate() throws {
    guard sharing.isAsked else { throw ValidationError("--share-among: nobody gets a share.") }
    guard KeyFile.isLabel(label), !label.contains(" "), !label.hasPrefix(".") else {
      throw ValidationError("--label: letters, digits and . _ @ -, not beginning with a dot.")
    }
  }

  func run() throws {
    let secret = try Passphrase.read(pin.source(for: label, secret: "PIN"))
    defer { secret.wipe() }
    try KeyFileStorage.makeFolder(out)
    var files: [String] = []
    do {
      try sharing.share(pin: secret, label: label, folder: out) { files.append($0) }
    } catch {
      files.forEach(KeyFileStorage.remove)
      throw error
    }
    try answer.give(
      Answer(files: files, threshold: sharing.threshold),
      text: "\(sharing.threshold) of \(sharing.people.count) shares open \(files[0]).\n"
        + files.dropFirst().joined(separator: "\n"))
  }
}
