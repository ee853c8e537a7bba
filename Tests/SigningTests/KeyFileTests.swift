import Bitcoin
import Cryptography
import Descriptors
import Foundation
import Money
import Signing
import Testing
import Wire

@Suite struct KeyFileTests {
  private static let created = Timestamp(milliseconds: 1_790_000_000_000)

  private func secret(_ text: String) throws -> SecretBytes {
    try SecretBytes(copying: Array(text.utf8))
  }

  private func seed(_ byte: UInt8 = 7) throws -> SecretBytes {
    try SecretBytes(copying: [UInt8](repeating: byte, count: 32))
  }

  private func holderFile(_ passphrase: String = "correct horse battery") throws -> KeyFile {
    try KeyFile.sealHolder(
      seed: try seed(), network: .regtest, label: "holder-1", created: Self.created,
      passphrase: try secret(passphrase), cost: .interactive)
  }

  /// Puts the right digest under changed bytes, as someone who alters a file on purpose would.
  private func redigested(_ bytes: [UInt8]) -> [UInt8] {
    let body = Array(bytes.dropLast(32))
    return body + SHA256.hash(body)
  }

  private func failure(_ bytes: [UInt8]) -> KeyFileError? {
    do {
      _ = try KeyFile(parsing: bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a holder's key comes back from its file`() throws {
    let file = try KeyFile(parsing: try holderFile().bytes)
    let root = try ExtendedPrivateKey(seed: try seed(), network: .regtest)
    let path = try DerivationPath(parsing: "48h/1h/0h/2h")
    #expect(file.label == "holder-1" && file.created == Self.created && file.cost == .interactive)
    let account = try root.descendant(path).publicKey
    #expect(
      file.identity
        == .holder(
          network: .regtest, origin: KeyOrigin(fingerprint: root.fingerprint, path: path),
          account: account))
    let key = try file.openHolder(passphrase: try secret("correct horse battery"))
    #expect(key.account.publicKey == account && key.origin.fingerprint == root.fingerprint)
    #expect(key.account.secret.isLocked)
  }

  @Test func `on mainnet the account path has coin type 0`() throws {
    #expect(KeyFile.accountPath(.mainnet).text == "48h/0h/0h/2h")
    for network in [Network.testnet, .signet, .regtest] {
      #expect(KeyFile.accountPath(network).text == "48h/1h/0h/2h")
    }
  }

  @Test func `a key for statements comes back from its file and signs`() throws {
    let file = try KeyFile.sealSigner(
      seed: try seed(), label: "alice", created: Self.created, passphrase: try secret("wonderland"),
      cost: .interactive)
    let key = try KeyFile(parsing: file.bytes).openSigner(passphrase: try secret("wonderland"))
    let expected = try Ed25519.PrivateKey(seed: try seed())
    #expect(file.identity == .signer(expected.publicKey))
    #expect(try expected.publicKey.verify(key.sign([1, 2, 3]), of: [1, 2, 3]))
  }

  @Test func `another passphrase, another kind and a foreign file are told apart`() throws {
    let file = try holderFile()
    #expect(throws: KeyFileError.wrongPassphrase) {
      try file.openHolder(passphrase: try secret("correct horse batterY"))
    }
    #expect(
      throws: KeyFileError.wrongKind(needed: "key for statements (this one is a wallet holder's)")
    ) {
      try file.openSigner(passphrase: try secret("correct horse battery"))
    }
    #expect(failure([]) == .notAKeyFile)
    #expect(failure(Array("-----BEGIN PRIVATE KEY-----".utf8)) == .notAKeyFile)
    var future = file.bytes
    future[12] = 2
    #expect(failure(future) == .futureVersion(2, newest: 1))
    #expect(failure(redigested(future)) == .futureVersion(2, newest: 1))
    #expect(failure(file.bytes + [0]) == .altered)
  }

  @Test func `every truncation is named as one`() throws {
    let bytes = try holderFile().bytes
    for count in 1..<bytes.count {
      let needs = count < 18 ? 50 : bytes.count
      #expect(failure(Array(bytes[..<count])) == .truncated(has: count, needs: needs))
    }
  }

  @Test func `every altered byte is refused before the passphrase is asked for`() throws {
    let bytes = try holderFile().bytes
    for index in bytes.indices {
      for mask in [UInt8(1), 0x80] {
        var changed = bytes
        changed[index] ^= mask
        let failure = failure(changed)
        switch index {
        case ..<12: #expect(failure == .notAKeyFile)
        case ..<14: #expect(failure != nil)
        case ..<18: #expect(failure != nil)
        default: #expect(failure == .altered, "byte \(index)")
        }
      }
    }
  }

  @Test func `every byte altered on purpose, with a new digest, is refused as well`() throws {
    let passphrase = try secret("correct horse battery")
    let file = try holderFile()
    let key = try file.sealingKey(passphrase)
    #expect(throws: Never.self) { try file.openSeed(with: key) }
    var parsed = 0
    for index in 0..<(file.bytes.count - 32) {
      var changed = file.bytes
      changed[index] ^= 1
      guard let forged = try? KeyFile(parsing: redigested(changed)) else { continue }
      parsed += 1
      // With the very key that sealed the file: salt and cost are in the associated data too.
      #expect(throws: KeyFileError.wrongPassphrase, "byte \(index)") {
        try forged.openSeed(with: key)
      }
    }
    // Label, time, fingerprint, salt, nonce and ciphertext at least can be changed and still parse.
    #expect(parsed > 100)
  }

  @Test func `costs that are too cheap or too dear are refused before any work`() throws {
    let bytes = try holderFile().bytes
    let passes = bytes.count - 32 - 48 - 24 - 1 - 16 - 16
    for (offset, value) in [
      (passes, UInt64(0)), (passes, 17), (passes, .max), (passes + 8, 0),
      (passes + 8, (64 << 20) - 1), (passes + 8, (2 << 30) + 1), (passes + 8, .max),
    ] {
      var changed = bytes
      for index in 0..<8 {
        changed[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
      }
      guard case .costOutOfRange = failure(redigested(changed)) else {
        Issue.record("\(value) was accepted")
        continue
      }
    }
  }

  @Test(arguments: ["", "läbel", "a\nb", "a/b", String(repeating: "a", count: 65)])
  func `a label that could deceive is refused`(label: String) throws {
    #expect(throws: KeyFileError.badLabel(label)) {
      try KeyFile.sealSigner(
        seed: try seed(), label: label, created: Self.created, passphrase: try secret("wonderland"),
        cost: .interactive)
    }
  }

  @Test func `a file is written once, for its owner only`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "holdfast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "a.key").path
    try KeyFileStorage.write([1, 2, 3], toNew: path, secret: true)
    #expect(try KeyFileStorage.read(path) == [1, 2, 3])
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(throws: KeyFileError.exists(path)) {
      try KeyFileStorage.write([4], toNew: path, secret: true)
    }
    #expect(try KeyFileStorage.read(path) == [1, 2, 3])
    #expect(throws: KeyFileError.tooLong(limit: 2)) { try KeyFileStorage.read(path, limit: 2) }
    #expect(try KeyFileStorage.read(path, limit: 3).count == 3)
  }
}
