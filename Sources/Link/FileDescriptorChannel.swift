// Unsafe file. Sound because every pointer handed to the system lives only inside the call, with
// the length of the array it comes from; and the descriptor is closed exactly once, in `deinit`.
import Glibc
import Synchronization

/// A byte channel over an open file descriptor: a connected socket or a serial line.
public final class FileDescriptorChannel: ByteChannel {
  let descriptor: Int32
  private let isSocket: Bool
  private let isClosed = Atomic<Bool>(false)

  /// Takes over `descriptor` and closes it at the end of its life.
  init(owning descriptor: Int32, isSocket: Bool) {
    self.descriptor = descriptor
    self.isSocket = isSocket
    let flags = fcntl(descriptor, F_GETFL)
    _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { _ = Glibc.close(descriptor) }

  public func receive(before deadline: ContinuousClock.Instant) throws(LinkError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      try wait(for: POLLIN, before: deadline)
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count > 0 { return Array(buffer[..<count]) }
      if count == 0 { throw .closed }
      try retryOrThrow("read")
    }
  }

  public func send(
    _ bytes: [UInt8], before deadline: ContinuousClock.Instant
  ) throws(LinkError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      try wait(for: POLLOUT, before: deadline)
      let piece = Array(rest.prefix(16_384))
      let count =
        isSocket
        ? unsafe Glibc.send(descriptor, piece, piece.count, Int32(MSG_NOSIGNAL))
        : unsafe write(descriptor, piece, piece.count)
      if count >= 0 { rest = rest.dropFirst(count) } else { try retryOrThrow("write") }
    }
  }

  public func close() {
    isClosed.store(true, ordering: .releasing)
    if isSocket { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
  }

  private func wait(
    for event: Int32, before deadline: ContinuousClock.Instant
  ) throws(LinkError) {
    while true {
      guard !isClosed.load(ordering: .acquiring) else { throw .closed }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw .timedOut }
      // Woken at least twice a second, so that close() ends a wait on a serial line as well.
      let milliseconds = min(
        500, left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000)
      var request = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let ready = unsafe poll(&request, 1, Int32(max(1, milliseconds)))
      if ready > 0 { return }
      if ready < 0, errno != EINTR { throw .lastSystemError("poll") }
    }
  }

  func retryOrThrow(_ call: String) throws(LinkError) {
    switch errno {
    case EAGAIN, EINTR: return
    case EPIPE, ECONNRESET, EIO: throw .closed
    default: throw .lastSystemError(call)
    }
  }
}

extension LinkError {
  /// The error that the last failed system call left behind.
  static func lastSystemError(_ call: String) -> LinkError {
    let code = errno
    return unsafe .system(call, reason: String(cString: strerror(code)))
  }
}
