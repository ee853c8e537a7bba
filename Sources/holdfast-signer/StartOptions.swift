import ArgumentParser
import Bitcoin
import Cryptography
import FoundationEssentials
import KeyOptions
import Link
import Money
import PKCS11
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
    try Signer(
      policy: configuration.policy, key: try key(configuration), recordPath: configuration.record,
      screen: try configuration.terminal.map { try ApproverTerminal(path: $0) },
      clock: { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) })
  }

  private func key(_ configuration: SignerConfiguration) throws -> any SigningKey {
    switch configuration.key {
    case .file(let path, let passphraseFile):
      let key = try holderKey(in: path, passphraseFile)
      guard key.network == configuration.policy.network else {
        throw ValidationError(
          "\(path): a key of \(key.network.rawValue); the wallet is on "
            + "\(configuration.policy.network.rawValue).")
      }
      return key
    case .token(let place, let pinFile, let sealedPIN):
      let key = try KeySource.openToken(
        place, pinFile: pinFile, sealedPIN: sealedPIN, passphrase, shares)
      if !key.isBornThere {
        SignerLog.write(
          .warning, "the key was not made in the token", ["hint": "there may be copies of it"])
      }
      return key
    }
  }

  private func holderKey(in path: String, _ passphraseFile: String?) throws -> HolderKey {
    let file = try KeyFile(parsing: try KeyFileStorage.read(path))
    let shared = try shares.secret(for: file.label, refused: KeySource.noteRefusedShare)
    let secret =
      if let shared {
        shared
      } else {
        try Passphrase.read(passphrase.source(for: file.label, configured: passphraseFile))
      }
    defer { secret.wipe() }
    return try file.openHolder(passphrase: secret)
  }
}
