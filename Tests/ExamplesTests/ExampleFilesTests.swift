import ArgumentParser
import Bitcoin
import Cryptography
import Descriptors
import Foundation
import Guard
import Signing
import Testing

@testable import holdfast_devnet
@testable import holdfast_guard
@testable import holdfast_signer

/// The example files in docs/operations are read by the programs they are for.
@Suite struct ExampleFilesTests {
  private let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("holdfast-examples-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let keys = try (UInt8(1)...3).map { seed in
      let key = try ExtendedPrivateKey(
        seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: .regtest)
      return "\(key.publicKey.text)/<0;1>/*"
    }
    let descriptor = try Descriptor(
      parsing: "wsh(sortedmulti(2,\(keys.joined(separator: ","))))", network: .regtest)
    try DescriptorFile(descriptor).text.write(
      to: folder.appendingPathComponent("wallet.descriptor"), atomically: true, encoding: .utf8)
  }

  /// Copies an example beside the descriptor and returns its path.
  private func example(_ name: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let copy = folder.appendingPathComponent(name)
    try FileManager.default.copyItem(
      at: root.appendingPathComponent("docs/operations/\(name)"), to: copy)
    return copy.path
  }

  @Test func `the guard reads its example`() throws {
    let configuration = try GuardConfiguration(file: try example("guard.example.yaml"))
    #expect(configuration.signers.count == 3)
    #expect(configuration.policy.operators.count == 2)
    #expect(configuration.policy.delays.newAddress == 86_400_000)
  }

  @Test func `a signer reads its example`() throws {
    let configuration = try SignerConfiguration(file: try example("signer.example.yaml"))
    #expect(configuration.policy.limits.budgetHour == 3_000_000_000)
    #expect(configuration.policy.descriptor.threshold == 2)
    #expect(configuration.policy.headers?.maximumAgeSeconds == 7_200)
    #expect(configuration.policy.witnesses == 1)
    #expect(configuration.policy.approval == nil)
  }

  @Test func `the devnet reads its example`() throws {
    let file = try example("devnet.example.yaml")
    let settings = try DevnetSettings(try HoldfastDevnet.parse(["--config", file]))
    #expect(settings.port == 18443)
    #expect(settings.user == nil)
  }
}
