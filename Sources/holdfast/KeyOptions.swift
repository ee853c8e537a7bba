import ArgumentParser
import KeyOptions
import Cryptography
import JSON
import Operations
import Signing

/// The key that signs for a person.
struct SigningKeyOptions: ParsableArguments {
  @Option(help: "Your key file.")
  var key: String

  @OptionGroup var passphrase: PassphraseOptions

  /// Opens the key. The file's label comes with it. This process leaves no core dump from then on.
  func open() throws -> (label: String, key: Ed25519.PrivateKey) {
    try ProcessSecrecy.close()
    let file = try KeyFile(parsing: try KeyFileStorage.read(key))
    guard case .signer = file.identity else {
      throw KeyFileError.wrongKind(needed: "key for statements (this one is a wallet holder's)")
    }
    let secret = try Passphrase.read(passphrase.source(for: file.label))
    defer { secret.wipe() }
    return (file.label, try file.openSigner(passphrase: secret))
  }
}

/// The key that signs for a person, where another proof may take its place.
struct OptionalSigningKeyOptions: ParsableArguments {
  @Option(help: "Your key file.")
  var key: String?

  @OptionGroup var passphrase: PassphraseOptions

  /// Opens the key.
  func open() throws -> (label: String, key: Ed25519.PrivateKey) {
    guard let key else { throw ValidationError("--key is missing.") }
    var options = SigningKeyOptions()
    options.key = key
    options.passphrase = passphrase
    return try options.open()
  }
}

/// Makes one Ed25519 key; the same command stands under `operator` and `customer`.
struct KeygenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Make a key of your own, encrypted under a passphrase.",
    discussion: """
      Writes one key file and prints its public key, which operators have in the server's and the \
      guard's configuration and customers enrol.

      Examples:
        holdfast operator keygen --out dave.key --label dave
        holdfast customer keygen --out alice.key --label alice
      """)

  @Option(help: "File to write; it must not be there yet.")
  var out: String

  @Option(help: "Whose key it is: 1 to 64 letters, digits, blanks and . _ @ -")
  var label: String

  @Option(help: "What trying a passphrase costs: 64 MiB, 256 MiB or 1 GiB of memory.")
  var kdf = KeyDerivation.moderate

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    guard !KeyFileStorage.exists(out) else { throw KeyFileError.exists(out) }
    guard KeyFile.isLabel(label) else { throw KeyFileError.badLabel(label) }
    try ProcessSecrecy.close()
    let secret = try Passphrase.readNew(passphrase.source(for: label)) { report("\($0)") }
    defer { secret.wipe() }
    let seed = try CeremonyEntropy.seed(dice: nil, label: label)
    defer { seed.wipe() }
    let file = try KeyFile.sealSigner(
      seed: seed, label: label, created: SystemClock.now(), passphrase: secret, cost: kdf.cost)
    try KeyFileStorage.write(file.bytes, toNew: out, secret: true)
    guard case .signer(let key) = file.identity else { return }
    let digits = key.bytes.map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }.joined()
    answer.give(
      ["file": .string(out), "label": .string(label), "publicKey": .string(digits)],
      text: "\(out): key of \(label)\npublic key  \(digits)")
  }
}
