import Bitcoin
import Cryptography
import Descriptors
import Foundation
import Link
import Money
import Signing
import Wire

/// A 2-of-3 wallet with its key files, and the guard's key.
struct Wallet {
  static let network = Network.regtest
  static let passphrase = "correct horse battery staple"

  let descriptor: Descriptor
  let fingerprints: [[UInt8]]
  let guardKey: Ed25519.PrivateKey
  let guardLink: X25519.PrivateKey
  let signerLinks: [X25519.PrivateKey]

  /// Makes everything anew in `folder`.
  init(folder: String) throws {
    let secret = try SecretBytes(copying: Array(Self.passphrase.utf8))
    var keys: [KeyExpression] = []
    var fingerprints: [[UInt8]] = []
    for number in 1...3 {
      let file = try KeyFile.sealHolder(
        seed: SecretBytes(copying: SecureRandom.bytes(32)), network: Self.network,
        label: "holder-\(number)", created: Timestamp(milliseconds: 0), passphrase: secret,
        cost: .interactive)
      let key = try file.openHolder(passphrase: secret)
      keys.append(
        try KeyExpression(
          origin: key.origin, account: key.account.publicKey,
          branches: [0, 1].compactMap(ChildNumber.init)))
      fingerprints.append(key.origin.fingerprint.bytes)
      try KeyFileStorage.write(file.bytes, toNew: "\(folder)/holder-\(number).key", secret: true)
    }
    try KeyFileStorage.write(
      Array(Self.passphrase.utf8), toNew: folder + "/passphrase", secret: true)
    descriptor = try Descriptor(multisigOf: 2, keys: keys, network: Self.network)
    self.fingerprints = fingerprints
    try KeyFileStorage.write(
      Array(DescriptorFile(descriptor).text.utf8), toNew: folder + "/wallet", secret: false)
    guardKey = try Ed25519.PrivateKey(seed: SecretBytes(copying: SecureRandom.bytes(32)))
    _ = try LinkKeyFile.make(at: folder + "/guard.link")
    guardLink = try LinkKeyFile.read(folder + "/guard.link")
    signerLinks = try (1...3).map { number in
      _ = try LinkKeyFile.make(at: "\(folder)/signer-\(number).link")
      return try LinkKeyFile.read("\(folder)/signer-\(number).link")
    }
  }
}
