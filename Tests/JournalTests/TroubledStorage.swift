import Dispatch
import Glibc
import Journal
import Synchronization

/// Real files, whose syncs can be held up or made to fail, and which remember what was asked of them.
final class TroubledStorage: JournalStorage, Sendable {
  struct Trouble: Sendable {
    /// The operation that fails, on which files, and how.
    var failing: (operation: String, suffix: String, code: Int32)?
    /// Operations that still succeed before that.
    var mercy = 0
  }

  private let disk = DiskStorage()
  private let trouble = Mutex(Trouble())
  private let reads = Mutex<[String: Int]>([:])
  /// While it is held, no sync of a segment returns.
  let gate = Gate()

  func fail(
    _ operation: String, on suffix: String = ".log", code: Int32 = EIO, after mercy: Int = 0
  ) {
    trouble.withLock { $0 = Trouble(failing: (operation, suffix, code), mercy: mercy) }
  }

  func heal() { trouble.withLock { $0 = Trouble() } }

  /// Bytes that were read of files whose path ends so.
  func bytesRead(_ suffix: String) -> Int {
    reads.withLock { $0.filter { $0.key.hasSuffix(suffix) }.reduce(0) { $0 + $1.value } }
  }

  func check(_ operation: String, _ path: String) throws(JournalError) {
    let code = trouble.withLock { trouble -> Int32? in
      guard let failing = trouble.failing, failing.operation == operation,
        path.hasSuffix(failing.suffix)
      else { return nil }
      if trouble.mercy > 0 {
        trouble.mercy -= 1
        return nil
      }
      return failing.code
    }
    if let code { throw .io(operation: operation, path: path, code: code) }
  }

  func read(_ count: Int, of path: String) { reads.withLock { $0[path, default: 0] += count } }

  func open(_ path: String, _ mode: StorageMode) throws(JournalError) -> any JournalFile {
    try check("open", path)
    return TroubledFile(try disk.open(path, mode), self)
  }
  func exists(_ path: String) -> Bool { disk.exists(path) }
  func names(in folder: String) throws(JournalError) -> [String] { try disk.names(in: folder) }
  func createFolder(_ path: String) throws(JournalError) { try disk.createFolder(path) }
  func syncFolder(_ path: String) throws(JournalError) {
    try check("syncFolder", path)
    try disk.syncFolder(path)
  }
  func rename(_ old: String, to new: String) throws(JournalError) {
    try check("rename", old)
    try disk.rename(old, to: new)
  }
  func remove(_ path: String) throws(JournalError) { try disk.remove(path) }
  func lock(_ path: String) throws(JournalError) -> (any StorageLock)? { try disk.lock(path) }
}

private final class TroubledFile: JournalFile {
  private let file: any JournalFile
  private let storage: TroubledStorage

  init(_ file: any JournalFile, _ storage: TroubledStorage) {
    self.file = file
    self.storage = storage
  }

  var path: String { file.path }
  func size() throws(JournalError) -> Int { try file.size() }
  func read(at offset: Int, count: Int) throws(JournalError) -> [UInt8] {
    try storage.check("read", path)
    let bytes = try file.read(at: offset, count: count)
    storage.read(bytes.count, of: path)
    return bytes
  }
  func write(_ bytes: Span<UInt8>, at offset: Int) throws(JournalError) {
    try storage.check("write", path)
    try file.write(bytes, at: offset)
  }
  func sync() throws(JournalError) {
    if path.hasSuffix(".log") { storage.gate.pass() }
    try storage.check("sync", path)
    try file.sync()
  }
  func truncate(to size: Int) throws(JournalError) { try file.truncate(to: size) }
  func reserve(_ size: Int) throws(JournalError) {
    try storage.check("reserve", path)
    try file.reserve(size)
  }
}

/// Lets threads through, or holds them until it is opened.
final class Gate: Sendable {
  private let isHeld = Mutex(false)
  private let waiting = DispatchSemaphore(value: 0)
  private let arrivals = DispatchSemaphore(value: 0)

  func hold() { isHeld.withLock { $0 = true } }

  func pass() {
    guard isHeld.withLock({ $0 }) else { return }
    arrivals.signal()
    waiting.wait()
    waiting.signal()
  }

  /// Lets everyone through from now on.
  func open() {
    isHeld.withLock { $0 = false }
    waiting.signal()
  }

  /// Waits for somebody to stand at the gate.
  func waitForArrival() async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        self.arrivals.wait()
        continuation.resume()
      }
    }
  }
}

extension TestFolder {
  func open(
    on storage: TroubledStorage, _ options: SequencerOptions = .small,
    clock: TestClock = TestClock(), notes: Notes = Notes()
  ) throws -> Sequencer {
    try Sequencer.open(
      directory: path, storage: storage, options: options, clock: { clock.now() },
      note: { notes.add($0) })
  }
}
