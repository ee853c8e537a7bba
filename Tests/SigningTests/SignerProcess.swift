// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Cryptography
import Descriptors
import Foundation
import Link
import Money
import SignerProtocol
import Signing
import Testing
import Wire

/// The real program with a key of its own, in a folder of its own.
final class SignerProcess {
  static let patience: Duration = .seconds(300)

  let folder: String
  let seed = SecureRandom.bytes(32)
  let passphrase = Hex.text(SecureRandom.bytes(20))
  let file: KeyFile
  let key: HolderKey
  /// 2 of this key and two others.
  let wallet: Descriptor
  let signerLink: X25519.PrivateKey
  private let guardLink: X25519.PrivateKey
  private var process: Process?
  private let errors = Pipe()

  /// Makes the files; nothing runs yet.
  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/real-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let secret = try SecretBytes(copying: Array(passphrase.utf8))
    file = try KeyFile.sealHolder(
      seed: SecretBytes(copying: seed), network: .regtest, label: "holder-1",
      created: SigningFixture.now, passphrase: secret, cost: .interactive)
    key = try file.openHolder(passphrase: secret)
    wallet = try Descriptor(
      multisigOf: 2,
      keys: ([key] + SigningFixture.holders[1...]).map {
        try KeyExpression(
          origin: $0.origin, account: $0.account.publicKey,
          branches: [ChildNumber(0)!, ChildNumber(1)!])
      }, network: .regtest)
    try KeyFileStorage.write(file.bytes, toNew: folder + "/holder-1.key", secret: true)
    try KeyFileStorage.write(
      Array(passphrase.utf8), toNew: folder + "/passphrase", secret: true)
    try KeyFileStorage.write(
      Array(DescriptorFile(wallet).text.utf8), toNew: folder + "/wallet", secret: false)
    _ = try LinkKeyFile.make(at: folder + "/signer.link")
    _ = try LinkKeyFile.make(at: folder + "/guard.link")
    signerLink = try LinkKeyFile.read(folder + "/signer.link")
    guardLink = try LinkKeyFile.read(folder + "/guard.link")
  }

  deinit {
    process?.terminate()
    process?.waitUntilExit()
    try? FileManager.default.removeItem(atPath: folder)
  }

  static var program: URL {
    URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
      path: "holdfast-signer")
  }

  var number: Int32 { process?.processIdentifier ?? 0 }

  private func writeConfiguration(
    keyFile: String, hasPassphraseFile: Bool, _ more: String
  ) throws {
    try """
    network: regtest
    keyFile: \(keyFile)
    \(hasPassphraseFile ? "passphraseFile: passphrase" : "")
    descriptorFile: wallet
    guardKey: \(Hex.text(SigningFixture.guardKey.publicKey.bytes))
    record: record
    link:
      socket: link.sock
      keyFile: signer.link
      peerKey: \(Hex.text(guardLink.publicKey.bytes))
    unfreeze:
      approvals: 2
      delay: 1h
      people:
        - {name: dave, publicKey: \(Hex.text(SigningFixture.alice.publicKey.bytes))}
        - {name: erin, publicKey: \(Hex.text(SigningFixture.bob.publicKey.bytes))}
    \(more)
    limits: {perTransaction: 1, budgetHour: 2, budgetDay: 3, networkFee: 0.001, feeRateSatsPerVByte: 100}
    """.write(toFile: folder + "/signer.yaml", atomically: true, encoding: .utf8)
  }

  /// Starts it and waits until it answers, or ends.
  ///
  /// - Returns: Its state, or what it said when it ended.
  func start(
    keyFile: String = "holder-1.key", _ arguments: [String] = [], configuring more: String = ""
  ) throws -> Result<SignerStatus, ProgramEnded> {
    try writeConfiguration(keyFile: keyFile, hasPassphraseFile: arguments.isEmpty, more)
    let process = Process()
    process.executableURL = Self.program
    process.arguments = ["--config", folder + "/signer.yaml"] + arguments
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    self.process = process
    let end = ContinuousClock.now.advanced(by: Self.patience)
    while ContinuousClock.now < end {
      guard process.isRunning else {
        let words = errors.fileHandleForReading.availableData
        return .failure(
          ProgramEnded(
            status: process.terminationStatus, words: String(decoding: words, as: UTF8.self)))
      }
      if case .status(let status) = try? ask(.hello) { return .success(status) }
      Thread.sleep(forTimeInterval: 0.05)
    }
    throw LinkError.timedOut
  }

  struct ProgramEnded: Error {
    let status: Int32
    let words: String
  }

  func ask(_ request: SignerRequest) throws -> SignerAnswer {
    var connection = try AskingConnection(
      over: try UnixSocket.connect(to: folder + "/link.sock"),
      keys: LinkKeys(own: guardLink, peer: signerLink.publicKey), timeout: Self.patience)
    defer { connection.close() }
    let reply = try connection.exchange(
      LinkMessage(type: request.type.rawValue, payload: request.payload), timeout: Self.patience)
    return try SignerAnswer(type: reply.type, payload: reply.payload)
  }

  /// Has it sign a payment from its wallet, now.
  func sign() throws -> SignerAnswer {
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    return try SigningFixture.$now.withValue(now) {
      try SigningFixture.$descriptor.withValue(wallet) { try ask(.sign(SigningFixture.usual)) }
    }
  }

  /// A line of its /proc/PID/status.
  func status(_ field: String) throws -> String? {
    try String(contentsOfFile: "/proc/\(number)/status", encoding: .utf8)
      .split(separator: "\n").first { $0.hasPrefix(field + ":") }
      .map { $0.dropFirst(field.count + 1).trimmingCharacters(in: .whitespaces) }
  }
}
