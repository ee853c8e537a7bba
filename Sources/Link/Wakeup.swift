// Unsafe file. Sound because `pipe`, `poll` and `read` write only into the local values passed to them,
// within the length given; and each end of the pipe is closed exactly once, in `deinit`.
import Glibc
import Synchronization

/// Ends another thread's wait on a channel.
public final class Wakeup: Sendable {
  fileprivate let readEnd: Int32
  private let writeEnd: Int32
  private let isPending = Atomic<Bool>(false)

  public init() throws(LinkError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw .lastSystemError("pipe") }
    readEnd = ends[0]
    writeEnd = ends[1]
    for end in ends {
      _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
  }

  deinit {
    _ = close(readEnd)
    _ = close(writeEnd)
  }

  /// Ends the present wait, or the next one when there is none.
  public func wake() {
    // One byte is enough for any number of calls between two waits.
    guard !isPending.exchange(true, ordering: .acquiringAndReleasing) else { return }
    var byte: UInt8 = 1
    _ = unsafe write(writeEnd, &byte, 1)
  }

  fileprivate func clear() {
    var bytes: [UInt8] = [0, 0, 0, 0]
    while unsafe read(readEnd, &bytes, bytes.count) > 0 {}
    isPending.store(false, ordering: .releasing)
  }
}

extension FileDescriptorChannel {
  /// Waits until something has arrived, somebody calls ``Wakeup/wake()``, or `milliseconds` are over.
  ///
  /// - Parameter wantsToSend: Whether room to send ends the wait as well.
  public func waitUntilReady(
    orWokenBy wakeup: Wakeup, wantsToSend: Bool, milliseconds: Int32
  ) throws(LinkError) {
    var requests = [
      pollfd(
        fd: descriptor, events: Int16(wantsToSend ? POLLIN | POLLOUT : POLLIN), revents: 0),
      pollfd(fd: wakeup.readEnd, events: Int16(POLLIN), revents: 0),
    ]
    let ready = unsafe poll(&requests, 2, milliseconds)
    if ready < 0, errno != EINTR { throw .lastSystemError("poll") }
    if requests[1].revents != 0 { wakeup.clear() }
  }

  /// Returns what has arrived, which may be nothing. Does not wait.
  ///
  /// - Throws: ``LinkError/closed`` at the end.
  public func receiveNow() throws(LinkError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe read(descriptor, &buffer, buffer.count)
    if count > 0 { return Array(buffer[..<count]) }
    if count == 0 { throw .closed }
    try retryOrThrow("read")
    return []
  }

  /// Sends as much as there is room for and returns how much that was. Does not wait.
  public func sendNow(_ bytes: ArraySlice<UInt8>) throws(LinkError) -> Int {
    let count = unsafe bytes.withUnsafeBytes { buffer in
      unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
    }
    if count >= 0 { return count }
    try retryOrThrow("write")
    return 0
  }
}
