import ArgumentParser
import Bitcoin
import Cryptography
import FoundationEssentials
import KeyOptions
import Link
import Money
import Settings
import Signing

/// What is needed to open a signer.
struct StartOptions: ParsableArguments {
  @Option(help: "The signer's configuration file.") var config: String

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var shares: ShareOptions

  /// The link keys of this end and of the guard's.
  func linkKeys(_ configuration: SignerConfiguration) throws -> LinkKeys {
    guard let peer = X25519.PublicKey(bytes: configuration.link.peerKey) else {
      throw ValidationError("link.peerKey: a public key has 32 bytes.")
    }
    return LinkKeys(own: try LinkKeyFile.read(configuration.linkKeyFile), peer: peer)
  }

  /// Opens the key and the record.
  func signer(_ configuration: SignerConfiguration) throws -> Signer {
    let file = try KeyFile(parsing: try KeyFileStorage.read(configuration.keyFile))
    let shared = try shares.secret(for: file.label) {
      SignerLog.write(.warning, "share refused", ["reason": "\($0)"])
    }
    let secret =
      if let shared {
        shared
      } else {
        try Passphrase.read(
          passphrase.source(for: file.label, configured: configuration.passphraseFile))
      }
    defer { secret.wipe() }
    let key = try file.openHolder(passphrase: secret)
    guard key.network == configuration.policy.network else {
      throw ValidationError(
        "\(configuration.keyFile): a key of \(key.network.rawValue); the wallet is on "
          + "\(configuration.policy.network.rawValue).")
    }
    return try Signer(
      policy: configuration.policy, key: key, recordPath: configuration.record,
      screen: try configuration.terminal.map { try ApproverTerminal(path: $0) },
      clock: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) })
  }
}
