// Unsafe file. Sound because:
// 1. every pointer handed to the system is that of an array or a struct that lives through the call,
//    and the length given with it is never above that array's;
// 2. a `DiskFile` owns its descriptor: opened in `init`, closed once in `deinit`;
// 3. directory streams are closed on every path, and entries are copied before the next is read.
import Glibc

/// Returns the operating system's words for an `errno`.
func systemMessage(_ code: Int32) -> String {
  guard let text = unsafe strerror(code) else { return "error \(code)" }
  return unsafe String(cString: text)
}

/// A file of the operating system, whose errors say what was done to which path.
@safe package final class DiskFile: JournalFile, StorageLock {
  package let path: String
  private let descriptor: Int32
  private static let zeros = [UInt8](repeating: 0, count: 1 << 16)

  /// Opens `path`; `create` demands that it does not exist yet.
  package init(path: String, mode: StorageMode) throws(JournalError) {
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .readWrite: O_RDWR | O_CREAT
      case .create: O_RDWR | O_CREAT | O_EXCL
      }
    let opened = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw .io(operation: "open", path: path, code: errno) }
    self.path = path
    descriptor = opened
  }

  deinit { _ = close(descriptor) }

  /// Length in bytes.
  package func size() throws(JournalError) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure("fstat") }
    return Int(status.st_size)
  }

  /// Returns up to `count` bytes from `offset` on; fewer only where the file ends.
  package func read(at offset: Int, count: Int) throws(JournalError) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(at: offset, count: count, into: &bytes)
    return bytes
  }

  /// Reads as ``read(at:count:)`` does, into the memory of `bytes`, whose bytes are replaced.
  package func read(
    at offset: Int, count: Int, into bytes: inout [UInt8]
  ) throws(JournalError) {
    if bytes.capacity < count {
      bytes = [UInt8](repeating: 0, count: count)
    }
    while bytes.count < count { bytes += Self.zeros.prefix(count - bytes.count) }
    bytes.removeLast(bytes.count - count)
    var filled = 0
    while filled < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          descriptor, buffer.baseAddress?.advanced(by: filled), count - filled,
          off_t(offset + filled))
      }
      if got < 0 {
        if errno == EINTR { continue }
        throw failure("read")
      }
      if got == 0 { break }
      filled += got
    }
    if filled < count { bytes.removeLast(count - filled) }
  }

  /// Writes all of `bytes` at `offset`. After an error any part of them may be in the file.
  package func write(_ bytes: Span<UInt8>, at offset: Int) throws(JournalError) {
    var done = 0
    while done < bytes.count {
      let wrote = unsafe bytes.withUnsafeBytes { buffer in
        unsafe pwrite(
          descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
          off_t(offset + done))
      }
      if wrote < 0 {
        if errno == EINTR { continue }
        throw failure("write")
      }
      done += wrote
    }
  }

  /// Returns when everything written is on the medium.
  package func sync() throws(JournalError) {
    guard fdatasync(descriptor) == 0 else { throw failure("fdatasync") }
  }

  /// Cuts the file, or extends it with zeros.
  package func truncate(to size: Int) throws(JournalError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw failure("ftruncate") }
  }

  package func reserve(_ size: Int) throws(JournalError) {
    // Where the file system cannot reserve, the library writes zeros.
    let code = posix_fallocate(descriptor, 0, off_t(size))
    guard code == 0 else { throw .io(operation: "fallocate", path: path, code: code) }
  }

  /// Takes the file's exclusive lock, which lasts as long as this object; false when it is taken.
  ///
  /// - Parameter patienceMilliseconds: How long to wait for another holder. A process that is being
  ///   started elsewhere holds a copy of this file for the instant between its fork and its exec.
  func lock(patienceMilliseconds: Int) throws(JournalError) -> Bool {
    for attempt in 0...patienceMilliseconds / 10 {
      if attempt > 0 { pause(milliseconds: 10) }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK else { throw failure("flock") }
    }
    return false
  }

  private func failure(_ operation: String) -> JournalError {
    .io(operation: operation, path: path, code: errno)
  }
}

/// The disks of this machine.
package struct DiskStorage: JournalStorage {
  package init() {}

  package func open(
    _ path: String, _ mode: StorageMode
  ) throws(JournalError) -> any JournalFile { try DiskFile(path: path, mode: mode) }

  package func lock(_ path: String) throws(JournalError) -> (any StorageLock)? {
    let file = try DiskFile(path: path, mode: .readWrite)
    return try file.lock(patienceMilliseconds: 1000) ? file : nil
  }

  package func createFolder(_ path: String) throws(JournalError) {
    if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    let code = errno
    guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw .io(operation: "mkdir", path: path, code: code)
    }
    try createFolder(String(path[..<slash]))
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw .io(operation: "mkdir", path: path, code: errno)
    }
  }

  package func syncFolder(_ path: String) throws(JournalError) {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .io(operation: "open", path: path, code: errno) }
    defer { _ = close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .io(operation: "fsync", path: path, code: errno) }
  }

  package func names(in folder: String) throws(JournalError) -> [String] {
    guard let stream = unsafe opendir(folder) else {
      if errno == ENOENT { return [] }
      throw .io(operation: "opendir", path: folder, code: errno)
    }
    defer { unsafe _ = closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
        unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { text in
          unsafe String(cString: text)
        }
      }
      names.append(name)
    }
    return names.sorted()
  }

  package func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  package func rename(_ old: String, to new: String) throws(JournalError) {
    guard unsafe Glibc.rename(old, new) == 0 else {
      throw .io(operation: "rename", path: old, code: errno)
    }
  }

  package func remove(_ path: String) throws(JournalError) {
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw .io(operation: "unlink", path: path, code: errno)
    }
  }
}

extension Collection<UInt8> where Self: RandomAccessCollection {
  /// Whether every byte is zero.
  package var isZero: Bool {
    let answer: Bool? = withContiguousStorageIfAvailable { buffer in
      guard let base = buffer.baseAddress, buffer.count > 0 else { return true }
      // Each byte equals the one before it, and the first is zero.
      return unsafe buffer[0] == 0 && memcmp(base, base + 1, buffer.count - 1) == 0
    }
    return answer ?? allSatisfy { $0 == 0 }
  }
}

/// Lets the calling thread sleep.
func pause(milliseconds: UInt32) { _ = usleep(milliseconds * 1000) }
