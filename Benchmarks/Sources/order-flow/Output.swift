import Glibc

// Unsafe file. Sound because only bytes of an array are written, as many as it has.

/// Lines that leave the process at once: whoever waits at the other end of a pipe sees them.
enum Output {
  static func say(_ line: String) { write(line, to: STDOUT_FILENO) }

  static func complain(_ line: String) { write(line, to: STDERR_FILENO) }

  private static func write(_ line: String, to file: Int32) {
    let bytes = Array((line + "\n").utf8)
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { bytes in
        unsafe Glibc.write(file, bytes.baseAddress.map { unsafe $0 + sent }, bytes.count - sent)
      }
      guard count > 0 else { return }
      sent += count
    }
  }
}
