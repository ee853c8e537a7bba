import Foundation
import Nodes
import Testing

/// A running `holdfast-devnet`, as an operator starts it.
final class DevnetProcess {
  let folder: String
  private(set) var url = ""
  private var process = Process()

  init() throws {
    folder = NSTemporaryDirectory() + "devnet-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit {
    if process.isRunning { kill() }
    try? FileManager.default.removeItem(atPath: folder)
  }

  var cookie: String { folder + "/chain/.cookie" }

  /// Starts the program on a free port and returns once its log names it.
  func start(_ arguments: [String] = []) async throws {
    let log = folder + "/log"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    process = Process()
    process.executableURL = try Self.program()
    process.arguments = ["--datadir", folder + "/chain", "--rpcport", "0"] + arguments
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    process.standardOutput = output
    process.standardError = output
    try process.run()
    while process.isRunning {
      let text = try String(contentsOfFile: log, encoding: .utf8)
      if let line = text.split(separator: "\n").first(where: { $0.contains(" listening") }),
        let port = line.split(separator: " ").first(where: { $0.hasPrefix("port=") })
      {
        url = "http://127.0.0.1:\(port.dropFirst(5))"
        return
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record(
      "holdfast-devnet ended: \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
  }

  /// Ends the program as a power cut would.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Ends the program as an operator would; returns its exit status.
  func terminate() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// The program, which is built into the same folder as the tests.
  private static func program() throws -> URL {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    while folder.path.count > 1 {
      let candidate = folder.appendingPathComponent("holdfast-devnet")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      folder.deleteLastPathComponent()
    }
    throw CocoaError(.fileNoSuchFile)
  }
}
