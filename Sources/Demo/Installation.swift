import Bitcoin
import Cryptography
import Descriptors
import Foundation
import Link
import Logging
import Nodes
import Signing

/// One whole Holdfast on this machine: its folder, its configuration files, its processes.
///
/// Everything here is what an operator does by hand: make keys, write configuration, start programs.
final class Installation {
  /// The programs and the chain to use.
  struct Plan {
    /// Throw-away folder; new, empty, or an earlier demonstration's, which is emptied first.
    var folder: URL
    /// First of three consecutive ports.
    var port: Int
    /// A Bitcoin Core regtest node with credentials, instead of the embedded chain.
    var bitcoind: String?
    /// Cookie file of that node, when its address has no credentials.
    var bitcoindCookie: String?
    /// The scripts of the hot wallet.
    var form: DecayingPolicy.Form
  }

  let plan: Plan
  let node: BitcoinNode
  let serve: Program
  let guardProgram: Program
  let signers: [Program]
  let devnet: Program?

  var publicURL: String { "http://127.0.0.1:\(plan.port)" }
  var internalURL: String { "http://127.0.0.1:\(plan.port + 1)" }

  /// Empties the folder and prepares the programs; nothing is started yet.
  init(_ plan: Plan) throws {
    self.plan = plan
    try ThrowAwayFolder.prepare(plan.folder)
    for name in ["logs", "serve", "guard", "devnet", "signer-1", "signer-2", "signer-3"] {
      try FileManager.default.createDirectory(
        at: plan.folder.appendingPathComponent(name), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    }
    let folder = plan.folder
    func program(_ name: String, _ label: String, _ arguments: [String]) -> Program {
      Program(name, arguments, log: folder.appendingPathComponent("logs/\(label).log"))
    }
    func file(_ name: String) -> String { folder.appendingPathComponent(name).path }
    let logger = Logger(label: "demo", factory: { _ in SwiftLogNoOpLogHandler() })
    if let address = plan.bitcoind {
      node = BitcoinNode(
        try NodeEndpoint(parsing: address, cookie: plan.bitcoindCookie), logger: logger)
      devnet = nil
    } else {
      node = BitcoinNode(
        NodeEndpoint(
          url: "http://127.0.0.1:\(plan.port + 2)",
          authentication: .cookie(path: file("devnet/.cookie"))), logger: logger)
      devnet = program("holdfast-devnet", "devnet", ["--config", file("devnet.yaml")])
    }
    serve = program("holdfast", "serve", ["serve", "--config", file("holdfast.yaml")])
    guardProgram = program("holdfast-guard", "guard", ["--config", file("guard.yaml")])
    signers = (1...3).map {
      program("holdfast-signer", "signer-\($0)", ["--config", file("signer-\($0).yaml")])
    }
  }

  /// Where a signer, counted from 1, waits for the guard.
  func socket(of signer: Int) -> String { path("signer-\(signer)/link.sock") }

  /// What the guard has to speak to a signer with.
  func linkKeys(_ signer: Int) throws -> LinkKeys {
    LinkKeys(
      own: try LinkKeyFile.read(path("keys/guard.link")),
      peer: try LinkKeyFile.read(path("keys/signer-\(signer).link")).publicKey)
  }

  /// The path of a file of this installation.
  func path(_ name: String) -> String { plan.folder.appendingPathComponent(name).path }
}
