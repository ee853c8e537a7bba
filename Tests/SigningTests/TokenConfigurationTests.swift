import Bitcoin
import Cryptography
import Descriptors
import Foundation
import PKCS11
import Signing
import Testing
import Wire

@testable import holdfast_signer

/// `token` in a signer's configuration.
@Suite struct TokenConfigurationTests {
  private static let link = String(repeating: "ab", count: 32)

  /// Reads a configuration with these lines in the place of the key.
  private static func read(
    _ key: String, wallet: Descriptor = SigningFixture.multisig
  ) throws -> SignerConfiguration {
    let folder = FileManager.default.temporaryDirectory.path + "/token-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try DescriptorFile(wallet).text.write(
      toFile: folder + "/wallet", atomically: true, encoding: .utf8)
    try """
    network: regtest
    \(key)
    descriptorFile: wallet
    guardKey: \(link)
    record: record
    link: {socket: link.sock, keyFile: signer.link, peerKey: \(link)}
    unfreeze:
      approvals: 2
      delay: 1h
      people:
        - {name: dave, publicKey: \(Hex.text(SigningFixture.alice.publicKey.bytes))}
        - {name: erin, publicKey: \(Hex.text(SigningFixture.bob.publicKey.bytes))}
    limits: {perTransaction: 1, budgetHour: 2, budgetDay: 3, networkFee: 0.001, feeRateSatsPerVByte: 100}
    """.write(toFile: folder + "/signer.yaml", atomically: true, encoding: .utf8)
    return try SignerConfiguration(file: folder + "/signer.yaml")
  }

  @Test func `a token is named by module, label or serial number, and key`() throws {
    let read = try Self.read(
      "token: {module: /m.so, serial: 'ab01', key: dave, keyID: '0a01', sealedPIN: dave.pin}")
    guard case .token(let place, nil, let sealed?) = read.key else {
      Issue.record("no token was read")
      return
    }
    #expect(place.module == "/m.so" && place.label == nil && place.serial == "ab01")
    #expect(place.key == "dave" && place.keyID == [0x0A, 0x01])
    #expect(sealed.hasSuffix("/dave.pin"))
    guard case .file = try Self.read("keyFile: holder.key").key else {
      Issue.record("no file was read")
      return
    }
  }

  @Test(arguments: [
    ("keyFile: holder.key\ntoken: {module: /m.so, label: t, key: k}", "keyFile: and token exclude"),
    (
      "passphraseFile: pass\ntoken: {module: /m.so, label: t, key: k}",
      "passphraseFile: and token exclude"
    ),
    ("token: {module: m.so, label: t, key: k}", "token.module: m.so is no absolute path"),
    ("token: {module: /m.so, key: k}", "token.label: is missing, and serial too"),
    ("token: {module: /m.so, label: t}", "token.key: is missing"),
    ("token: {label: t, key: k}", "token.module: is missing"),
    ("token: {module: /m.so, label: t, key: k, keyID: xyz}", "token.keyID: xyz is not bytes"),
    ("token: {module: /m.so, label: t, key: k, pin: '4711'}", "token.pin"),
    (
      "token: {module: /m.so, label: t, key: k, pinFile: a, sealedPIN: b}",
      "token.sealedPIN: and pinFile exclude"
    ),
    (
      "token: {module: /m.so, label: a label that is longer than 32 bytes, key: k}",
      "token.key: does not fit"
    ),
  ])
  func `what is wrong with it is named`(lines: String, words: String) {
    do {
      _ = try Self.read(lines)
      Issue.record("was read: \(lines)")
    } catch {
      #expect(
        "\(error)".replacing(" ", with: "").contains(words.replacing(" ", with: "")), "\(error)")
      #expect(!"\(error)".contains("4711"), "a PIN that somebody wrote there is not repeated")
    }
  }

  @Test func `no token signs for a taproot wallet`() throws {
    let taproot = SigningFixture.wallets[2]
    #expect(throws: (any Error).self) {
      try Self.read("token: {module: /m.so, label: t, key: k}", wallet: taproot)
    }
    #expect(throws: Never.self) { try Self.read("keyFile: holder.key", wallet: taproot) }
  }
}
