import Glibc

// Unsafe file. Sound because every pointer handed to the system is that of an array, a variable or a
// text that lives through the call, and the counts are those of the arrays.

/// Something that lies in the inbox. Others put it there: it may be a pipe that nobody writes to, a link
/// to somewhere else, or change while it is looked at.
enum InboxEntry {
  /// What tells whether the same thing still has a name.
  struct Identity: Hashable {
    let file: UInt64
    let seconds: Int
    let nanoseconds: Int
    let isFolder: Bool
  }

  /// Why an entry cannot be read.
  struct Unreadable: Error, CustomStringConvertible {
    let description: String
  }

  /// What is at `path`, itself and not where it links to; `nil` when nothing is.
  static func identity(of path: String) -> Identity? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    return Identity(
      file: UInt64(status.st_ino), seconds: status.st_mtim.tv_sec,
      nanoseconds: status.st_mtim.tv_nsec, isFolder: status.st_mode & S_IFMT == S_IFDIR)
  }

  /// Reads a regular file of at most `limit` bytes; it waits for nobody and follows no link.
  static func read(_ path: String, limit: Int) throws(Unreadable) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      throw Unreadable(description: "\(path): it cannot be opened (errno \(errno))")
    }
    defer { _ = close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Unreadable(description: "\(path): it is no regular file")
    }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    var count = 0
    while count <= limit {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if got == 0 { return Array(bytes[..<count]) }
      if got > 0 {
        count += got
      } else if errno != EINTR {
        throw Unreadable(description: "\(path): it cannot be read (errno \(errno))")
      }
    }
    throw Unreadable(description: "\(path): it is longer than \(limit) bytes")
  }
}
