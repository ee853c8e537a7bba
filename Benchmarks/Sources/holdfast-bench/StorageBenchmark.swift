// Unsafe file. Sound because every pointer handed to the system or to SQLite is that of an array that
// lives through the call, with a length not above the array's, and because each descriptor and
// database is opened in `init` and closed once in `deinit`.
import CSQLite
import Glibc

/// What the journal could stand on: the same groups of records made durable in each way, in
/// alternating passes of one run. See docs/decisions.
enum StorageBenchmark {
  /// One way to make a group of bytes durable.
  enum Way: String, CaseIterable {
    case zeroed = "own file, zeros in advance, fdatasync"
    case synchronous = "own file, zeros in advance, O_DSYNC"
    case reserved = "own file, space reserved only, fdatasync"
    case growing = "own file, growing, fdatasync"
    case database = "SQLite, WAL, synchronous=FULL, a row for each 64 bytes"
  }

  private static let recordBytes = 64

  /// - Parameter groups: How many groups of how many bytes each pass makes durable.
  static func run(
    folder: String, passes: Int, groups: [(bytes: Int, count: Int)]
  ) throws -> [Section] {
    try groups.map { bytes, count in
      var times: [Way: [Distribution]] = [:]
      var perSecond: [Way: [Double]] = [:]
      for pass in 0..<passes {
        for way in Way.allCases {
          let path = "\(folder)/storage-\(pass)"
          let clock = ContinuousClock()
          var single: [UInt64] = []
          single.reserveCapacity(count)
          let store = try open(way, path, capacity: bytes * count)
          let start = clock.now
          for _ in 0..<count {
            let began = clock.now
            try store.append(bytes)
            single.append(began.duration(to: clock.now).nanoseconds)
          }
          let elapsed = start.duration(to: clock.now).seconds
          times[way, default: []].append(Distribution(single))
          perSecond[way, default: []].append(Double(bytes / recordBytes * count) / elapsed)
          store.remove()
        }
      }
      var section = Section(
        "Storage, groups of \(bytes) bytes",
        contains: "\(count) groups a pass, each durable before the next; records of \(recordBytes) "
          + "bytes; no hash, no core")
      for way in Way.allCases {
        let all = times[way] ?? []
        section.figures.append(
          Figure("\(way.rawValue): p50", "µs", all.map { $0.microseconds(0.5) }))
        section.figures.append(
          Figure("\(way.rawValue): p99", "µs", all.map { $0.microseconds(0.99) }))
        section.figures.append(
          Figure("\(way.rawValue): records", "1/s", perSecond[way] ?? []))
      }
      return section
    }
  }

  private static func open(_ way: Way, _ path: String, capacity: Int) throws -> any GroupStore {
    switch way {
    case .database: try DatabaseStore(path)
    default: try FileStore(way, path, capacity: capacity)
    }
  }
}

/// Makes groups of bytes durable.
private protocol GroupStore: AnyObject {
  func append(_ count: Int) throws
  func remove()
}

@safe private final class FileStore: GroupStore {
  private let path: String
  private let file: Int32
  private let needsSync: Bool
  private var offset = 0
  private var bytes: [UInt8] = []

  init(_ way: StorageBenchmark.Way, _ path: String, capacity: Int) throws {
    self.path = path
    needsSync = way != .synchronous
    let flags = O_RDWR | O_CREAT | O_TRUNC | (way == .synchronous ? O_DSYNC : 0)
    if way == .zeroed || way == .synchronous {
      let plain = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
      guard plain >= 0, posix_fallocate(plain, 0, off_t(capacity)) == 0 else {
        throw BenchmarkError("\(path) cannot be created")
      }
      let zeros = [UInt8](repeating: 0, count: 1 << 20)
      for start in stride(from: 0, to: capacity, by: zeros.count) {
        let count = min(zeros.count, capacity - start)
        guard unsafe pwrite(plain, zeros, count, off_t(start)) == count else {
          throw BenchmarkError("\(path) cannot be written")
        }
      }
      guard fsync(plain) == 0 else { throw BenchmarkError("\(path) cannot be synchronised") }
      close(plain)
      file = unsafe Glibc.open(path, flags & ~O_TRUNC)
    } else {
      file = unsafe Glibc.open(path, flags, 0o600)
      if way == .reserved { posix_fallocate(file, 0, off_t(capacity)) }
      fsync(file)
    }
    guard file >= 0 else { throw BenchmarkError("\(path) cannot be opened") }
  }

  deinit { close(file) }

  func append(_ count: Int) throws {
    if bytes.count != count { bytes = [UInt8](repeating: 7, count: count) }
    guard unsafe pwrite(file, bytes, count, off_t(offset)) == count,
      !needsSync || fdatasync(file) == 0
    else { throw BenchmarkError("\(path) cannot be written") }
    offset += count
  }

  func remove() { unsafe unlink(path) }
}

@safe private final class DatabaseStore: GroupStore {
  private let path: String
  private var database: OpaquePointer?
  private var insert: OpaquePointer?
  private let row = [UInt8](repeating: 7, count: 64)

  init(_ path: String) throws {
    self.path = path + ".sqlite"
    for suffix in ["", "-wal", "-shm"] { unsafe unlink(self.path + suffix) }
    guard unsafe sqlite3_open(self.path, &database) == SQLITE_OK else {
      throw BenchmarkError("\(self.path) cannot be opened")
    }
    try run("PRAGMA journal_mode=WAL")
    try run("PRAGMA synchronous=FULL")
    try run("CREATE TABLE journal (id INTEGER PRIMARY KEY, record BLOB NOT NULL)")
    guard
      unsafe sqlite3_prepare_v2(
        database, "INSERT INTO journal (record) VALUES (?)", -1, &insert, nil) == SQLITE_OK
    else { throw BenchmarkError("SQLite refuses the statement") }
  }

  deinit {
    unsafe sqlite3_finalize(insert)
    unsafe sqlite3_close(database)
  }

  func append(_ count: Int) throws {
    try run("BEGIN")
    for _ in 0..<(count / row.count) {
      // No destructor: the array lives through the step.
      guard unsafe sqlite3_bind_blob(insert, 1, row, Int32(row.count), nil) == SQLITE_OK,
        unsafe sqlite3_step(insert) == SQLITE_DONE, unsafe sqlite3_reset(insert) == SQLITE_OK
      else { throw BenchmarkError("SQLite refuses a row") }
    }
    try run("COMMIT")
  }

  func remove() { for suffix in ["", "-wal", "-shm"] { unsafe unlink(path + suffix) } }

  private func run(_ statement: String) throws {
    guard unsafe sqlite3_exec(database, statement, nil, nil, nil) == SQLITE_OK else {
      throw BenchmarkError("SQLite refuses: \(statement)")
    }
  }
}
