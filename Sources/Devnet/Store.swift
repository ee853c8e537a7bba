import Glibc
import Wire

/// Why a data folder cannot be used.
public enum StoreError: Error, Hashable, Sendable {
  /// A file operation failed.
  case file(path: String, operation: String, errno: Int32)
  /// Another process holds the folder.
  case inUse(path: String)
  /// Bytes that no crash explains: records follow after them.
  case damaged(path: String, offset: Int)
  /// Whole records that do not follow from one another.
  case inconsistent(path: String, reason: String)
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let path, let operation, let code):
      "\(operation) \(path): \(unsafe String(cString: strerror(code)))"
    case .inUse(let path): "\(path) is in use by another holdfast-devnet"
    case .damaged(let path, let offset):
      "\(path) is damaged at offset \(offset); restore it from a copy or delete the folder"
    case .inconsistent(let path, let reason):
      "\(path) does not hold together (\(reason)); restore it from a copy or delete the folder"
    }
  }
}

/// The history of a devnet in one append-only file, safe against a kill at any moment.
///
/// Each record is a 32-bit length, a 32-bit CRC32C of the record, and the record. A tail that a
/// crash cut short is cut off at opening; damage anywhere else is an error.
///
/// Unsafe file. Sound because every pointer is used only inside the call of `withUnsafeBytes` that
/// lends it, with the count of the same buffer.
public final class Store {
  /// What was in the file at opening.
  public let records: [StoreRecord]
  /// Bytes that opening cut off.
  public let cutByteCount: Int
  private let path: String
  private let file: Int32
  private let lock: Int32
  private var pending: [UInt8] = []

  /// Opens or creates the history in `folder`, which must exist.
  public init(folder: String) throws(StoreError) {
    path = folder + "/history.dat"
    let lockPath = folder + "/.lock"
    lock = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw .file(path: lockPath, operation: "open", errno: errno) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw .inUse(path: folder)
    }
    file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      let code = errno
      close(lock)
      throw .file(path: path, operation: "open", errno: code)
    }
    do throws(StoreError) {
      let content = try Store.content(of: file, path: path)
      let (records, length) = try Store.parse(content, path: path)
      self.records = records
      cutByteCount = content.count - length
      guard ftruncate(file, off_t(length)) == 0, lseek(file, off_t(length), SEEK_SET) >= 0 else {
        throw .file(path: path, operation: "truncate", errno: errno)
      }
    } catch {
      close(file)
      close(lock)
      throw error
    }
  }

  deinit {
    close(file)
    close(lock)
  }

  /// Adds records; they are durable after the next ``flush()``.
  public func append(_ records: [StoreRecord]) {
    for record in records {
      let bytes = record.bytes
      var writer = ByteWriter()
      writer.write(UInt32(bytes.count))
      writer.write(CRC32C.checksum(bytes))
      pending += writer.bytes + bytes
    }
  }

  /// Writes what was added and waits until it is on the disk.
  public func flush() throws(StoreError) {
    guard !pending.isEmpty else { return }
    var offset = 0
    while offset < pending.count {
      let written = unsafe pending.withUnsafeBytes { buffer in
        unsafe write(file, buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset)
      }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw .file(path: path, operation: "write", errno: errno) }
      offset += written
    }
    guard fdatasync(file) == 0 else { throw .file(path: path, operation: "sync", errno: errno) }
    pending.removeAll(keepingCapacity: true)
  }

  private static func content(of file: Int32, path: String) throws(StoreError) -> [UInt8] {
    var content: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { buffer in
        unsafe read(file, buffer.baseAddress, buffer.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .file(path: path, operation: "read", errno: errno) }
      if count == 0 { return content }
      content += chunk[..<count]
    }
  }

  private static func parse(
    _ content: [UInt8], path: String
  ) throws(StoreError) -> (records: [StoreRecord], length: Int) {
    var records: [StoreRecord] = []
    var offset = 0
    while let (record, end) = record(in: content, at: offset) {
      records.append(record)
      offset = end
    }
    // Whatever a crash leaves behind has nothing whole after it.
    for later in stride(from: offset + 1, to: content.count, by: 1)
    where record(in: content, at: later) != nil {
      throw .damaged(path: path, offset: offset)
    }
    return (records, offset)
  }

  private static func record(
    in content: [UInt8], at offset: Int
  ) -> (record: StoreRecord, end: Int)? {
    func integer(_ at: Int) -> Int {
      (0..<4).reversed().reduce(0) { $0 << 8 | Int(content[at + $1]) }
    }
    guard offset + 8 < content.count else { return nil }
    let length = integer(offset)
    let end = offset + 8 + length
    guard length > 0, end <= content.count,
      (1...4).contains(content[offset + 8]),
      Int(CRC32C.checksum(content[offset + 8..<end])) == integer(offset + 4)
    else { return nil }
    return StoreRecord(Array(content[offset + 8..<end])).map { ($0, end) }
  }
}
