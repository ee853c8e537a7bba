// Unsafe file. Sound because every buffer handed to the system is an array that outlives the call, with
// its own length, and the descriptor is closed exactly once, in `deinit`.
import Glibc

/// A terminal of the signer's machine, such as its console or a screen on a serial port.
public final class ApproverTerminal: ApproverScreen {
  /// Why there is none.
  public struct Failure: Error, CustomStringConvertible, Sendable {
    public let path: String
    /// Its `errno`.
    public let code: Int32
    public var description: String { "\(path): \(systemReason(code)): no terminal to ask at" }
  }

  /// Longest line that is read.
  private static let lineLimit = 200

  private let descriptor: Int32
  private var typed: [UInt8] = []
  /// What the terminal has not taken yet.
  private var unsent: [UInt8] = []

  /// Opens the terminal at `path`.
  public init(path: String) throws(Failure) {
    descriptor = unsafe open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
    guard isatty(descriptor) == 1 else {
      _ = close(descriptor)
      throw Failure(path: path, code: ENOTTY)
    }
    // What was typed before any question answers none.
    _ = tcflush(descriptor, TCIFLUSH)
  }

  deinit { _ = close(descriptor) }

  public func show(_ lines: [String]) {
    // A line feed alone would leave the cursor where it is on a terminal in raw mode.
    unsent += Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    send()
  }

  /// Writes as much as the terminal takes now: a slow line takes a long question in pieces.
  private func send() {
    let count = unsafe write(descriptor, unsent, unsent.count)
    if count > 0 { unsent.removeFirst(count) }
  }

  public func typedLine() -> String? {
    if !unsent.isEmpty { send() }
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = unsafe read(descriptor, &buffer, buffer.count)
    if count > 0 { typed += buffer[..<count] }
    guard let end = typed.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
      if typed.count > Self.lineLimit { typed = [] }
      return nil
    }
    defer { typed.removeFirst(end + 1) }
    return String(decoding: typed[..<end], as: UTF8.self)
  }
}
