import Foundation
import Statements

/// Runs the program that takes messages over. It is a process of its own: the guard dials nobody and
/// reads no mail system's answers.
enum MailProgram {
  /// Why a message was not taken over.
  enum Failure: Error, CustomStringConvertible {
    case cannotRun(String)
    case status(Int32)
    case tooSlow

    var description: String {
      switch self {
      case .cannotRun(let reason): "the mail program cannot be run: \(reason)"
      case .status(let status): "the mail program ended with status \(status)"
      case .tooSlow: "the mail program did not end in time"
      }
    }
  }

  /// Bytes that a pipe holds without a reader, on Linux 65 536.
  private static let limit = 32_768

  /// Hands `message` over; when this returns, the mail system is responsible for it.
  static func deliver(
    _ message: NoticeMessage, by settings: NoticeSettings, within time: Duration
  ) async throws(Failure) {
    let bytes = Data(message.text.utf8.prefix(limit))
    let pipe = Pipe()
    // Before anybody could have closed the other end, which would end this process.
    pipe.fileHandleForWriting.write(bytes)
    try? pipe.fileHandleForWriting.close()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: settings.program)
    process.arguments = ["-i", "-f", settings.from.text, "--", message.recipient]
    process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C"]
    process.currentDirectoryURL = URL(fileURLWithPath: "/")
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let (ended, end) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = { end.yield($0.terminationStatus) }
    do { try process.run() } catch { throw .cannotRun("\(error)") }
    let number = process.processIdentifier
    let timer = Task {
      try await Task.sleep(for: time)
      kill(number, SIGKILL)
      end.yield(-1)
    }
    defer { timer.cancel() }
    var answers = ended.makeAsyncIterator()
    let status = await answers.next() ?? -1
    guard status >= 0 else { throw .tooSlow }
    guard status == 0 else { throw .status(status) }
  }
}
