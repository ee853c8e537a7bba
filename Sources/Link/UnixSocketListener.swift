// Unsafe file. Sound because `stat` and `poll` write only into the local value passed to them.
import Glibc

/// Waits for one connection after another at a path that only this user can reach.
public final class UnixSocketListener: Sendable {
  public let path: String
  private let descriptor: Int32

  /// Binds the socket with mode 0600.
  ///
  /// A leftover socket of an earlier run is replaced; anything else at the path is left alone.
  ///
  /// - Throws: ``LinkError/unsafePath(_:problem:)`` when the directory is writable by everyone, or
  ///   something that is no socket, or a socket in use, is in the way.
  public init(path: String) throws(LinkError) {
    let directory = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : path[..<$0] } ?? "."
    try Self.checkDirectory(String(directory))
    try Self.clearLeftover(path)
    let descriptor = try UnixSocket.makeSocket()
    // The umask covers the moment between bind and chmod.
    let mask = umask(0o177)
    let bound = try unsafe UnixSocket.withAddress(of: path) { address, length in
      unsafe bind(descriptor, address, length)
    }
    _ = umask(mask)
    guard bound == 0, unsafe chmod(path, 0o600) == 0, listen(descriptor, 4) == 0 else {
      let error = LinkError.lastSystemError("bind \(path)")
      _ = close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    _ = close(descriptor)
    _ = unsafe unlink(path)
  }

  /// Whether somebody is waiting to be accepted.
  public var hasWaitingConnection: Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) > 0
  }

  /// Returns the next connection.
  ///
  /// - Throws: ``LinkError/timedOut`` after `deadline`.
  public func accept(
    before deadline: ContinuousClock.Instant
  ) throws(LinkError) -> FileDescriptorChannel {
    while ContinuousClock.now < deadline {
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&request, 1, 200)
      if ready < 0, errno != EINTR { throw .lastSystemError("poll") }
      guard ready > 0 else { continue }
      let connection = Glibc.accept(descriptor, nil, nil)
      if connection >= 0 { return FileDescriptorChannel(owning: connection, isSocket: true) }
      guard errno == EINTR || errno == EAGAIN || errno == ECONNABORTED else {
        throw .lastSystemError("accept")
      }
    }
    throw .timedOut
  }

  private static func checkDirectory(_ path: String) throws(LinkError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw .lastSystemError("stat \(path)") }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .unsafePath(path, problem: "not a directory")
    }
    guard status.st_mode & S_IWOTH == 0 else {
      throw .unsafePath(
        path, problem: "the directory is writable by everyone; allowed is mode 0770 or tighter")
    }
  }

  private static func clearLeftover(_ path: String) throws(LinkError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw .unsafePath(path, problem: "something that is no socket is in the way")
    }
    if (try? UnixSocket.connect(to: path)) != nil {
      throw .unsafePath(path, problem: "another process is listening there")
    }
    guard unsafe unlink(path) == 0 else { throw .lastSystemError("unlink \(path)") }
  }
}
