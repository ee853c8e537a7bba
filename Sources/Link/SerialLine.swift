// Unsafe file. Sound because `termios` is a local value that the calls fill and read in place.
import Glibc

/// Opens serial lines: 8 data bits, no parity, one stop bit, no echo, no translation of any byte.
public enum SerialLine {
  /// Opens `device` raw at `baud`.
  ///
  /// - Parameters:
  ///   - device: Such as "/dev/ttyS0".
  ///   - baud: 9 600, 115 200, 230 400, 460 800 or 921 600. A pseudo-terminal takes any.
  public static func open(
    device: String, baud: Int = 921_600
  ) throws(LinkError) -> FileDescriptorChannel {
    guard let speed = speeds[baud] else {
      throw .unsafePath(
        device,
        problem: "\(baud) baud is not possible; allowed: \(speeds.keys.sorted())")
    }
    let descriptor = unsafe Glibc.open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .lastSystemError("open \(device)") }
    var line = termios()
    guard unsafe tcgetattr(descriptor, &line) == 0 else {
      let error = LinkError.lastSystemError("\(device) is not a serial line")
      _ = close(descriptor)
      throw error
    }
    unsafe cfmakeraw(&line)
    line.c_cflag |= tcflag_t(CLOCAL) | tcflag_t(CREAD)
    line.c_cflag &= ~(tcflag_t(CSTOPB) | tcflag_t(CRTSCTS))
    guard unsafe cfsetspeed(&line, speed) == 0,
      unsafe tcsetattr(descriptor, TCSANOW, &line) == 0
    else {
      let error = LinkError.lastSystemError("set up \(device)")
      _ = close(descriptor)
      throw error
    }
    // Half a frame left by an earlier process would only fail the checksum.
    _ = tcflush(descriptor, TCIOFLUSH)
    return FileDescriptorChannel(owning: descriptor, isSocket: false)
  }

  private static let speeds: [Int: speed_t] = [
    9_600: speed_t(B9600), 115_200: speed_t(B115200), 230_400: speed_t(B230400),
    460_800: speed_t(B460800), 921_600: speed_t(B921600),
  ]
}
