import ArgumentParser
import KeyOptions
import Cryptography
import Signing

/// Makes one Ed25519 key.
struct KeygenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Make a key with which an operator or a customer signs statements.",
    discussion: """
      Writes one encrypted key file and prints its public key.

      Examples:
        holdfast-vault keygen --out alice.key --label alice
        holdfast-vault keygen --out dave.key --label dave \\
          --passphrase-file dave.pass --json
      """)

  @Option(help: "File to write; it must not be there yet.")
  var out: String

  @Option(help: "Whose key it is: 1 to 64 letters, digits, blanks and . _ @ -")
  var label: String

  @OptionGroup var newKey: NewKeyOptions
  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    guard !KeyFileStorage.exists(out) else { throw KeyFileError.exists(out) }
    guard KeyFile.isLabel(label) else { throw KeyFileError.badLabel(label) }
    let dice = try newKey.diceLines()
    if let dice, dice.count != 1 { throw CeremonyError.diceCount(dice.count, needed: 1) }
    let secret = try Passphrase.readNew(passphrase.source(for: label)) { report("\($0)") }
    let file = try KeyFile.sealSigner(
      seed: try CeremonyEntropy.seed(dice: dice?[0], label: label), label: label,
      created: currentTime(), passphrase: secret, cost: newKey.kdf.cost)
    try KeyFileStorage.write(file.bytes, toNew: out, secret: true)
    do {
      try KeyFile(parsing: try KeyFileStorage.read(out)).check(passphrase: secret)
    } catch {
      KeyFileStorage.remove(out)
      throw error
    }
    let description = KeyFileDescription(file)
    try answer.give(description, text: description.text)
  }
}
