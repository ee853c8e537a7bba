import Foundation
import Synchronization

/// One of our programs, running as its own process with its output in a log file.
final class Program {
  let name: String
  private let executable: URL
  private let arguments: [String]
  private let input: String
  private let log: URL
  private var process: Process?

  /// Prepares a program of this installation.
  ///
  /// - Parameters:
  ///   - name: The executable's name, beside this one.
  ///   - input: Text for its standard input, such as a passphrase line.
  ///   - log: File that its output is appended to.
  init(_ name: String, _ arguments: [String], input: String = "", log: URL) {
    self.name = name
    self.arguments = arguments
    self.input = input
    self.log = log
    executable = Program.folder.appendingPathComponent(name)
  }

  /// Where this installation's executables are.
  static var folder: URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
  }

  var isRunning: Bool { process?.isRunning ?? false }

  /// Starts the process.
  func start() throws {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    if !FileManager.default.fileExists(atPath: log.path) {
      _ = FileManager.default.createFile(atPath: log.path, contents: nil)
    }
    let output = try FileHandle(forWritingTo: log)
    try output.seekToEnd()
    process.standardOutput = output
    process.standardError = output
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    pipe.fileHandleForWriting.write(Data(input.utf8))
    try pipe.fileHandleForWriting.close()
    self.process = process
  }

  /// Ends the process with `signal` and waits until it is gone; kills it when it does not end.
  ///
  /// - Throws: When it did not end of itself.
  func stop(_ signal: Int32 = SIGTERM) async throws {
    guard let process, process.isRunning else { return }
    kill(process.processIdentifier, signal)
    do {
      _ = try await eventually("\(name) to end after signal \(signal)", within: .seconds(10)) {
        process.isRunning ? nil : true
      }
    } catch {
      kill(process.processIdentifier, SIGKILL)
      throw error
    }
  }

  /// The last lines of its log, for an error.
  var lastWords: String {
    let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").suffix(3).joined(separator: " | ")
  }

  /// Runs one of our programs to its end and returns what it printed.
  static func run(
    _ name: String, _ arguments: [String], input: String = ""
  ) async throws -> String {
    let process = Process()
    process.executableURL = folder.appendingPathComponent(name)
    process.arguments = arguments
    let (output, errors, pipe) = (Pipe(), Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = pipe
    try process.run()
    pipe.fileHandleForWriting.write(Data(input.utf8))
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let words = complaint.trimmingCharacters(in: .whitespacesAndNewlines)
      throw ProgramFailure(
        program: "\(name) \(arguments.first ?? "")", status: process.terminationStatus, words: words
      )
    }
    return text
  }
}
