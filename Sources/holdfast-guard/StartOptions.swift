import ArgumentParser
import Cryptography
import FoundationEssentials
import Guard
import KeyOptions
import Money
import Signing

/// What is needed to open the guard.
struct StartOptions: ParsableArguments {
  @Option(help: "The guard's configuration file.") var config: String

  @OptionGroup var passphrase: PassphraseOptions

  /// Opens the key and the record.
  func core(_ configuration: GuardConfiguration) throws -> sending GuardCore {
    let file = try KeyFile(parsing: try KeyFileStorage.read(configuration.keyFile))
    let secret = try Passphrase.read(
      passphrase.source(for: file.label, configured: configuration.passphraseFile))
    defer { secret.wipe() }
    return try GuardCore(
      policy: configuration.policy, key: try file.openSigner(passphrase: secret),
      recordPath: configuration.record,
      clock: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) })
  }
}
