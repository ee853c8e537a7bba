// Unsafe file. Sound because every pointer handed to the system is that of an array or a text that
// lives through the call, and the counts are those of the arrays.
import Glibc
import Synchronization
import Wire

/// The last order of the guard that was taken, remembered on disk: an order is never taken twice,
/// also not across a restart of the server.
public final class GuardCounter: Sendable {
  /// Why the counter cannot be kept.
  public enum Failure: Error, Equatable, Sendable {
    /// The order was taken before, or an order after it was.
    case notGrowing(last: UInt64)
    /// The file is not what this class wrote.
    case damaged(path: String)
    /// The file system refused, with `errno`.
    case system(call: String, path: String, code: Int32)
  }

  private let path: String
  private let last: Mutex<UInt64>

  /// Reads the counter in the file at `path`; none taken when there is no such file.
  public init(path: String) throws(Failure) {
    self.path = path
    last = Mutex(try Self.read(path))
  }

  /// The last counter taken, 0 before the first.
  public var value: UInt64 { last.withLock { $0 } }

  /// Takes `counter` when it is above every one before, durably.
  public func take(_ counter: UInt64) throws(Failure) { try take([counter]) }

  /// Takes `counters` when each is above every one before, durably and all at once.
  public func take(_ counters: [UInt64]) throws(Failure) {
    let outcome: Result<Void, Failure> = last.withLock { last in
      var newest = last
      for counter in counters {
        guard counter > newest else { return .failure(.notGrowing(last: newest)) }
        newest = counter
      }
      do throws(Failure) {
        try write(newest)
        last = newest
        return .success(())
      } catch {
        return .failure(error)
      }
    }
    try outcome.get()
  }

  private static func read(_ path: String) throws(Failure) -> UInt64 {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return 0 }
      throw .system(call: "open", path: path, code: errno)
    }
    defer { _ = close(file) }
    var bytes = [UInt8](repeating: 0, count: 13)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe Glibc.read(file, buffer.baseAddress, buffer.count)
    }
    guard count >= 0 else { throw .system(call: "read", path: path, code: errno) }
    var reader = ByteReader(Array(bytes.prefix(count)))
    guard let value = try? reader.read(UInt64.self), let sum = try? reader.read(UInt32.self),
      reader.remaining == 0, sum == CRC32C.checksum(bytes.prefix(8))
    else { throw .damaged(path: path) }
    return value
  }

  /// Replaces the file: the new one is on disk before it takes the name.
  private func write(_ value: UInt64) throws(Failure) {
    var writer = ByteWriter()
    writer.write(value)
    writer.write(CRC32C.checksum(writer.bytes))
    let new = path + ".new"
    let file = unsafe open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .system(call: "open", path: new, code: errno) }
    let count = unsafe writer.bytes.withUnsafeBytes { bytes in
      unsafe Glibc.write(file, bytes.baseAddress, bytes.count)
    }
    let code = errno
    let isSynced = count == writer.bytes.count && fsync(file) == 0
    _ = close(file)
    guard isSynced else { throw .system(call: "write", path: new, code: code) }
    guard unsafe rename(new, path) == 0 else {
      throw .system(call: "rename", path: path, code: errno)
    }
    try syncName()
  }

  /// Makes the file's name outlast a power cut.
  private func syncName() throws(Failure) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(call: "open", path: folder, code: errno) }
    defer { _ = close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system(call: "fsync", path: folder, code: errno) }
  }
}

extension GuardCounter.Failure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notGrowing(let last): "the counter does not grow; the last one taken was \(last)"
    case .damaged(let path): "\(path) is damaged; it holds the guard's last counter"
    case .system(let call, let path, let code): "\(path): \(call) failed with errno \(code)"
    }
  }
}
