import ArgumentParser
import KeyOptions
import Bitcoin
import Cryptography
import Descriptors
import FoundationEssentials
import Money
import Signing
import Wire

/// The public part of a key file, as it is printed.
struct KeyFileDescription: Encodable {
  let kind: String
  let label: String
  let created: String
  let version: Int
  let kdfPasses: UInt64
  let kdfMemoryBytes: UInt64
  let fileDigest: String
  var network: String?
  var fingerprint: String?
  var path: String?
  var xpub: String?
  var publicKey: String?

  init(_ file: KeyFile) {
    label = file.label
    created = Date(timeIntervalSince1970: Double(file.created.milliseconds / 1000))
      .formatted(.iso8601)
    version = Int(KeyFile.version)
    kdfPasses = file.cost.passes
    kdfMemoryBytes = file.cost.memoryBytes
    fileDigest = Hex.text(SHA256.hash(file.bytes))
    switch file.identity {
    case .holder(let network, let origin, let account):
      kind = "holder"
      self.network = network.rawValue
      fingerprint = origin.fingerprint.description
      path = origin.path.text
      xpub = account.text
    case .signer(let key):
      kind = "signer"
      publicKey = Hex.text(key.bytes)
    }
  }

  var text: String {
    var lines = ["kind          \(kind)", "label         \(label)", "created       \(created)"]
    if let network { lines.append("network       \(network)") }
    if let fingerprint { lines.append("fingerprint   \(fingerprint)") }
    if let path { lines.append("path          m/\(path)") }
    if let xpub { lines.append("xpub          \(xpub)") }
    if let publicKey { lines.append("public key    \(publicKey)") }
    lines.append("Argon2id      \(kdfPasses) passes over \(kdfMemoryBytes >> 20) MiB")
    lines.append("file SHA-256  \(fileDigest)")
    return lines.joined(separator: "\n")
  }
}

/// Shows the public part of a key file.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show the public part of a key file; asks for no passphrase.",
    discussion: """
      Only a seal that opens proves that the public part belongs to the key: see check-key.

      Example:
        holdfast-vault inspect keys/holder-1.key
      """)

  @Argument(help: "The key file.")
  var file: String

  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let description = KeyFileDescription(try KeyFile(parsing: try KeyFileStorage.read(file)))
    try answer.give(description, text: description.text)
  }
}

/// A key that is none of the wallet's.
private struct ForeignKey: Error, CustomStringConvertible {
  let description = "this key is none of the wallet's"
}

/// Proves that a key file opens.
struct CheckKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-key",
    abstract: "Open a key file and prove that its public part belongs to it.",
    discussion: """
      Asks for the passphrase, decrypts the seed into locked memory, derives the public key again \
      and compares. Nothing secret is printed.

      Examples:
        holdfast-vault check-key keys/holder-1.key
        holdfast-vault check-key keys/guard.key --passphrase-file guard.pass --json
        holdfast-vault check-key keys/holder-1.key --descriptor keys/wallet.descriptor
      """)

  @Argument(help: "The key file.")
  var file: String

  @Option(help: "A wallet's descriptor file: also prove that the key is one of the wallet's.")
  var descriptor: String?

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let key = try KeyFile(parsing: try KeyFileStorage.read(file))
    let wallet = try descriptor.map(readWallet)
    if let wallet, !wallet.keys.contains(try Ceremony.walletKey(of: key)) {
      throw ForeignKey()
    }
    try key.check(passphrase: try Passphrase.read(passphrase.source(for: key.label)))
    let description = KeyFileDescription(key)
    let verdict =
      wallet == nil
      ? "The key opens and leads to its public part."
      : "The key opens, leads to its public part, and is one of the wallet's."
    try answer.give(description, text: "\(verdict)\n\(description.text)")
  }
}
