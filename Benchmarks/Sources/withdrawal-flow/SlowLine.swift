// Unsafe file. Sound because every buffer handed to the system is an array that outlives the call, with
// its own length, and the descriptors are never closed: they live as long as the process.
import Foundation
import Glibc

/// Two pseudo-terminals with a cable between them that carries as many bytes a second as a serial line.
///
/// A pseudo-terminal alone takes any rate and keeps none.
final class SlowLine: Sendable {
  static let baud = 921_600

  /// The devices at both ends.
  let ends: (String, String)

  /// How long the bytes need: start bit, eight bits and a stop bit each.
  static func seconds(for bytes: Int) -> Double { Double(bytes) * 10 / Double(baud) }

  init() throws {
    let (a, b) = (try Self.open(), try Self.open())
    ends = (a.device, b.device)
    for (source, target) in [(a.master, b.master), (b.master, a.master)] {
      let thread = Thread { Self.carry(from: source, to: target) }
      thread.name = "cable"
      thread.start()
    }
  }

  /// Carries bytes for ever, none before its time.
  private static func carry(from source: Int32, to target: Int32) {
    var buffer = [UInt8](repeating: 0, count: 512)
    var free = ContinuousClock.now
    while true {
      let count = unsafe read(source, &buffer, buffer.count)
      // Nobody has the other end open yet, or any more.
      guard count > 0 else {
        usleep(10_000)
        continue
      }
      // A line sends on while this thread waits for a processor.
      free = max(free, .now - .milliseconds(20)).advanced(
        by: .seconds(Self.seconds(for: count)))
      let wait = ContinuousClock.now.duration(to: free)
      if wait > .milliseconds(1) { usleep(UInt32(wait / .microseconds(1))) }
      var sent = 0
      while sent < count {
        let written = unsafe write(target, Array(buffer[sent..<count]), count - sent)
        if written > 0 { sent += written } else if errno != EINTR { break }
      }
    }
  }

  private static func open() throws -> (master: Int32, device: String) {
    var (master, device): (Int32, Int32) = (-1, -1)
    var name = [CChar](repeating: 0, count: 128)
    // The device stays open here too: a pseudo-terminal that nobody has open hangs up.
    guard unsafe openpty(&master, &device, &name, nil, nil) == 0 else {
      throw Problem("no pseudo-terminal")
    }
    var line = termios()
    unsafe tcgetattr(device, &line)
    unsafe cfmakeraw(&line)
    unsafe tcsetattr(device, TCSANOW, &line)
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return (master, String(decoding: bytes, as: UTF8.self))
  }
}
