import ArgumentParser
import Bitcoin
import Cryptography
import FoundationEssentials
import Money
import Signing

/// What is needed to open a signer.
struct StartOptions: ParsableArguments {
  @Option(help: "The signer's configuration file.") var config: String

  @Option(
    name: .customLong("passphrase-file"),
    help: "File with the passphrase as its only line, mode 600 or 400.")
  var passphraseFile: String?

  @Flag(name: .customLong("passphrase-stdin"), help: "Read the passphrase from standard input.")
  var passphraseFromStandardInput = false

  func validate() throws {
    guard passphraseFile == nil || !passphraseFromStandardInput else {
      throw ValidationError("--passphrase-file and --passphrase-stdin exclude each other.")
    }
  }

  /// Opens the key and the record.
  func signer(_ configuration: SignerConfiguration) throws -> Signer {
    let file = try KeyFile(parsing: try KeyFileStorage.read(configuration.keyFile))
    let source: PassphraseSource
    if passphraseFromStandardInput {
      source = .descriptor(0)
    } else if let path = passphraseFile ?? configuration.passphraseFile {
      source = .file(path)
    } else {
      source = .terminal(prompt: "Passphrase for \(file.label)")
    }
    let passphrase = try Passphrase.read(source)
    defer { passphrase.wipe() }
    let key = try file.openHolder(passphrase: passphrase)
    guard key.network == configuration.policy.network else {
      throw ValidationError(
        "\(configuration.keyFile): a key of \(key.network.rawValue); the wallet is on "
          + "\(configuration.policy.network.rawValue).")
    }
    return try Signer(
      policy: configuration.policy, key: key, recordPath: configuration.record,
      clock: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) })
  }
}
