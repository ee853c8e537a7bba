import ArgumentParser
import Bitcoin
import Cryptography
import FoundationEssentials
import KeyOptions
import Money
import Signing

/// What is needed to open a signer.
struct StartOptions: ParsableArguments {
  @Option(help: "The signer's configuration file.") var config: String

  @OptionGroup var passphrase: PassphraseOptions

  /// Opens the key and the record.
  func signer(_ configuration: SignerConfiguration) throws -> Signer {
    let file = try KeyFile(parsing: try KeyFileStorage.read(configuration.keyFile))
    let secret = try Passphrase.read(
      passphrase.source(for: file.label, configured: configuration.passphraseFile))
    defer { secret.wipe() }
    let key = try file.openHolder(passphrase: secret)
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
