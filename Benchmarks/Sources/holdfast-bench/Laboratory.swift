import Foundation
import OrderFlow

/// What every measurement needs: where things are, and how often to measure.
struct Laboratory: Sendable {
  /// For workloads, kept between runs.
  let workloads: String
  /// For journals, on the disk that is measured; emptied afterwards.
  let scratch: String
  /// Where the compiled yardsticks and peers are.
  let peers: String
  /// Where this program and the other ones of the package are.
  let programs: String
  /// The processor on which single-threaded passes run.
  let core: Int
  let passes: Int
  /// Timed commands of each workload.
  let commands: Int

  /// The path of the workload's file, generated when it is not there.
  func file(_ flow: OrderFlow) throws -> String {
    let path = "\(workloads)/\(flow.name).bin"
    if !FileManager.default.fileExists(atPath: path) {
      Self.say("generating \(flow.name)")
      try flow.generate().write(to: path)
    }
    return path
  }

  /// The exchange's own pass over a workload.
  func own(
    _ engine: String, _ name: String, _ workload: String, environment: [String: String] = [:]
  ) throws -> PassProgram {
    try PassProgram(
      name, programs + "/order-flow", [engine], workload: workload, core: core,
      environment: environment)
  }

  /// A compiled peer or yardstick, or `nil` when there is none.
  func peer(_ name: String, _ workload: String) throws -> PassProgram? {
    let path = "\(peers)/\(name)"
    guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
    return try PassProgram(name, path, [], workload: workload, core: core)
  }

  /// Passes of the programs in turn, the first round untimed. One list of times for each, in
  /// nanoseconds for a command; the times at one index were measured in one round.
  func alternate(_ programs: [PassProgram]) throws -> [[Double]] {
    var times = programs.map { _ in [Double]() }
    for round in 0...passes {
      for (index, program) in programs.enumerated() {
        let time = try program.nanosecondsPerCommand()
        if round > 0 { times[index].append(time) }
      }
    }
    return times
  }

  /// Progress goes to standard error, so that the output can be kept.
  static func say(_ what: String) {
    FileHandle.standardError.write(Data("\(what)\n".utf8))
  }

  /// Runs a program to its end and returns its output and its messages together.
  static func output(
    of path: String, _ arguments: [String], folder: String? = nil,
    environment: [String: String] = [:]
  ) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }
}
