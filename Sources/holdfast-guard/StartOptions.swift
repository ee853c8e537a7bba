import ArgumentParser
import Cryptography
import FoundationEssentials
import Guard
import Money
import Signing

/// What is needed to open the guard.
struct StartOptions: ParsableArguments {
  @Option(help: "The guard's configuration file.") var config: String

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
  func core(_ configuration: GuardConfiguration) throws -> sending GuardCore {
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
    return try GuardCore(
      policy: configuration.policy, key: try file.openSigner(passphrase: passphrase),
      recordPath: configuration.record,
      clock: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) })
  }
}
