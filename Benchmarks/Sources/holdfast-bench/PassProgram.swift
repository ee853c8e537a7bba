import Foundation
import OrderFlow

/// A program that times one engine over one workload, a pass for each line it is sent. It stays up between
/// its passes, so that those of several programs can alternate.
final class PassProgram {
  /// What one pass answered.
  struct Pass {
    private let values: [String: UInt64]

    init(_ line: String) throws {
      var values: [String: UInt64] = [:]
      for word in line.split(separator: " ") {
        let parts = word.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let value = UInt64(parts[1]) else {
          throw BenchmarkError("a pass answered \"\(line)\"")
        }
        values[String(parts[0])] = value
      }
      self.values = values
    }

    subscript(name: String) -> UInt64? { values[name] }
  }

  let name: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var received: [UInt8] = []
  private let header: OrderFlowHeader

  /// Starts the program on processor `core` alone and waits until it has read the workload.
  init(
    _ name: String, _ path: String, _ arguments: [String], workload: String, core: Int,
    environment: [String: String] = [:]
  ) throws {
    self.name = name
    header = try Workload.header(path: workload)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/taskset")
    process.arguments = ["-c", "\(core)", path] + arguments + [workload]
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    guard try line() == "ready" else { throw BenchmarkError("\(name) did not get ready") }
  }

  /// Ends the program.
  func end() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// One pass, whose trades must be those of the workload.
  func pass() throws -> Pass {
    try input.fileHandleForWriting.write(contentsOf: Data("pass\n".utf8))
    let pass = try Pass(try line())
    guard pass["sum"] == header.orderedSum, pass["trades"] == header.trades else {
      throw BenchmarkError("\(name): the trades are not those of the workload")
    }
    // Engines that do not count what rests say 0.
    guard let resting = pass["resting"], resting == 0 || resting == header.restingOrders else {
      throw BenchmarkError("\(name): other orders rest than those of the workload")
    }
    guard pass["refused"] ?? 0 == 0 else { throw BenchmarkError("\(name): refused commands") }
    guard pass["conserved"] ?? 1 == 1 else {
      throw BenchmarkError("\(name): money is not conserved")
    }
    return pass
  }

  /// Nanoseconds for each command of one pass.
  func nanosecondsPerCommand() throws -> Double {
    guard let nanoseconds = try pass()["ns"] else { throw BenchmarkError("\(name): no time") }
    return Double(nanoseconds) / Double(header.commands)
  }

  private func line() throws -> String {
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        defer { received.removeSubrange(...end) }
        return String(decoding: received[..<end], as: UTF8.self)
      }
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { throw BenchmarkError("\(name) ended: see its message above") }
      received += data
    }
  }
}
