// Unsafe file. Sound because every pointer handed to the system is that of an array or a text that
// lives through the call, and the counts are those of the arrays.
public import Cryptography
import Glibc

/// Key files and other ceremony files on disk: written once, whole, for their owner's eyes.
public enum KeyFileStorage {
  /// Writes a new file of `bytes` and forces it and its folder to the disk.
  ///
  /// - Parameters:
  ///   - bytes: All of its content.
  ///   - path: Where; nothing may be there yet.
  ///   - secret: Mode 0600 instead of 0644.
  /// - Throws: ``KeyFileError/exists(_:)`` or ``KeyFileError/system(call:path:code:)``; then no
  ///   file is left behind.
  public static func write(
    _ bytes: [UInt8], toNew path: String, secret: Bool
  ) throws(KeyFileError) {
    let file = try create(path, mode: secret ? 0o600 : 0o644)
    let failure = unsafe bytes.withUnsafeBytes { unsafe writeAll($0, to: file, path: path) }
    try finish(file, path: path, failure: failure)
  }

  /// Writes a new file of mode 0600 from the secret itself, so that no copy of it is left.
  public static func write(_ secret: SecretBytes, toNew path: String) throws(KeyFileError) {
    let file = try create(path, mode: 0o600)
    var failure: KeyFileError?
    do {
      failure = try unsafe secret.withUnsafeBytes { unsafe writeAll($0, to: file, path: path) }
    } catch {
      failure = .cryptography(error)
    }
    try finish(file, path: path, failure: failure)
  }

  private static func create(_ path: String, mode: mode_t) throws(KeyFileError) -> Int32 {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard file >= 0 else {
      if errno == EEXIST { throw .exists(path) }
      throw .system(call: "open", path: path, code: errno)
    }
    return file
  }

  private static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to file: Int32, path: String
  ) -> KeyFileError? {
    var written = 0
    while written < bytes.count {
      let count = unsafe Glibc.write(
        file, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      if count > 0 {
        written += count
      } else if count == 0 || errno != EINTR {
        return .system(call: "write", path: path, code: errno)
      }
    }
    return nil
  }

  private static func finish(
    _ file: Int32, path: String, failure: KeyFileError?
  ) throws(KeyFileError) {
    var failure = failure
    if failure == nil, fsync(file) != 0 {
      failure = .system(call: "fsync", path: path, code: errno)
    }
    if Glibc.close(file) != 0, failure == nil {
      failure = .system(call: "close", path: path, code: errno)
    }
    if let failure {
      unsafe unlink(path)
      throw failure
    }
    try forceFolder(of: path)
  }

  /// Reads a whole file of at most `limit` bytes.
  public static func read(
    _ path: String, limit: Int = KeyFile.maximumCount
  ) throws(KeyFileError) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .system(call: "open", path: path, code: errno) }
    defer { _ = Glibc.close(file) }
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
        throw .system(call: "read", path: path, code: errno)
      }
    }
    throw .tooLong(limit: limit)
  }

  /// Makes a folder of mode 0700 unless it is there.
  public static func makeFolder(_ path: String) throws(KeyFileError) {
    guard unsafe mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    throw .system(call: "mkdir", path: path, code: errno)
  }

  /// Whether anything has this name.
  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// Removes a file that this program made, when a later step failed.
  public static func remove(_ path: String) { _ = unsafe unlink(path) }

  /// Forces the folder of `path` to the disk: a new name is durable only when its folder is.
  public static func forceFolder(of path: String) throws(KeyFileError) {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast()
    let folder = parts.isEmpty ? "." : parts.joined(separator: "/")
    let name = folder.isEmpty ? "/" : folder
    let file = unsafe open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw .system(call: "open", path: name, code: errno) }
    defer { _ = Glibc.close(file) }
    guard fsync(file) == 0 else { throw .system(call: "fsync", path: name, code: errno) }
  }
}
