// Unsafe file. Sound because every buffer handed to the system is an array that outlives the call
// with its own count, and the descriptor is closed exactly once, in `deinit`.
import Glibc

/// A locked file that grows at its end and is on disk before a call returns.
final class LogbookFile {
  private let path: String
  private let descriptor: Int32
  /// Where the last append began.
  private var appendStart: off_t = 0

  /// Opens or creates the file with mode 0600, and locks it for the life of this process.
  init(path: String) throws(LogbookError) {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .lastSystemError("open", path) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let busy = errno == EWOULDBLOCK
      let error = LogbookError.lastSystemError("flock", path)
      _ = close(descriptor)
      throw busy ? .inUse(path: path) : error
    }
    self.path = path
    self.descriptor = descriptor
    // A new name is durable only when its folder is.
    try Self.forceFolder(of: path)
  }

  /// Opens the file for a look, whoever has it locked.
  init(reading path: String) throws(LogbookError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .lastSystemError("open", path) }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { _ = close(descriptor) }

  func readAll() throws(LogbookError) -> [UInt8] {
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= 0 else { throw .lastSystemError("lseek", path) }
    return try read(count: Int(size))
  }

  func read(count: Int) throws(LogbookError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < count {
      let got = unsafe pread(
        descriptor, &buffer, min(buffer.count, count - bytes.count), off_t(bytes.count))
      if got == 0 { break }
      if got > 0 {
        bytes += buffer[..<got]
      } else if errno != EINTR {
        throw .lastSystemError("pread", path)
      }
    }
    return bytes
  }

  func append(_ bytes: [UInt8]) throws(LogbookError) {
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 0 else { throw .lastSystemError("lseek", path) }
    appendStart = end
    try write(bytes, at: end)
  }

  /// Cuts off what a failed append left, and returns whether that worked.
  func takesBackFailedAppend() -> Bool {
    (try? truncate(to: Int(appendStart))) != nil
  }

  func write(_ bytes: [UInt8], at offset: off_t) throws(LogbookError) {
    var rest = bytes
    var offset = offset
    while !rest.isEmpty {
      let count = unsafe pwrite(descriptor, rest, rest.count, offset)
      if count > 0 {
        rest.removeFirst(count)
        offset += off_t(count)
      } else if count == 0 || errno != EINTR {
        throw .lastSystemError("pwrite", path)
      }
    }
    guard fdatasync(descriptor) == 0 else { throw .lastSystemError("fdatasync", path) }
  }

  func truncate(to count: Int) throws(LogbookError) {
    guard ftruncate(descriptor, off_t(count)) == 0, fsync(descriptor) == 0 else {
      throw .lastSystemError("ftruncate", path)
    }
  }

  private static func forceFolder(of path: String) throws(LogbookError) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : path[..<$0] } ?? "."
    let descriptor = unsafe open(String(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .lastSystemError("open", String(folder)) }
    defer { _ = close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .lastSystemError("fsync", String(folder)) }
  }
}

extension LogbookError {
  static func lastSystemError(_ call: String, _ path: String) -> LogbookError {
    let code = errno
    return unsafe .system(call: call, path: path, reason: String(cString: strerror(code)))
  }
}
