import Foundation
import Nodes
import Testing

/// A running `bitcoind` in regtest, whose program the environment names under `BITCOIND`.
final class CoreProcess {
  static let program = ProcessInfo.processInfo.environment["BITCOIND"]

  private let folder: String
  private let port = Int.random(in: 20000..<60000)
  private var process = Process()
  private let arguments: [String]

  /// - Parameter arguments: What it does beside answering calls; by default it keeps indices.
  init(_ arguments: [String] = ["-txindex=1", "-blockfilterindex=1", "-listen=0"]) throws {
    self.arguments = arguments
    folder = NSTemporaryDirectory() + "core-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit {
    if process.isRunning {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Starts the program; it answers a moment later.
  func start() throws -> NodeEndpoint {
    process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Self.program))
    process.arguments =
      [
        "-regtest", "-datadir=\(folder)", "-rpcport=\(port)", "-server", "-printtoconsole=0",
        "-disablewallet",
      ] + arguments
    try process.run()
    return NodeEndpoint(
      url: "http://127.0.0.1:\(port)", authentication: .cookie(path: "\(folder)/regtest/.cookie"))
  }

  /// Waits for the end, after the method `stop`: a program started from a thread of a Swift task
  /// inherits blocked signals, and this one does not unblock them.
  func waitUntilExit() { process.waitUntilExit() }
}
