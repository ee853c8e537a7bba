// Unsafe file. Sound because:
// 1. the mapping is one page, made in `init` from a file that is at least that long, and unmapped once,
//    in `deinit`, when nobody can hold the fence any more;
// 2. every access is to bytes 8..<24 of that page, aligned to 8 bytes, through atomic operations;
// 3. pointers handed to the system are of arrays and values that live through the call.
import Glibc
import Synchronization
import Wire

/// The one place where it is decided who is the primary: a file with a term in it, which only grows.
///
/// Whoever promotes a standby raises the term first. Everyone who has the file open sees the new term at
/// once, because all share the same page of memory: so the check costs a load, and also a process that
/// was asleep for an hour finds out before it answers anybody. The file must be on a local file system
/// that every candidate for primary reaches: a network file system does not share memory.
///
/// | bytes | field |
/// |---|---|
/// | 8 | magic `HFFENCE1` |
/// | 8 | term |
/// | 8 | the term's bits inverted |
@safe public final class Fence: Sendable {
  private static let magic = Array("HFFENCE1".utf8)
  private static let length = 4096

  public let path: String
  private let descriptor: Int32
  private nonisolated(unsafe) let page: UnsafeMutableRawPointer

  /// Opens an existing fence.
  public init(path: String) throws(FenceError) {
    let opened = unsafe open(path, O_RDWR | O_CLOEXEC)
    guard opened >= 0 else {
      if errno == ENOENT { throw .missing(path: path) }
      throw .last("open", path)
    }
    do throws(FenceError) {
      unsafe page = try Self.map(opened, path)
    } catch {
      _ = close(opened)
      throw error
    }
    descriptor = opened
    self.path = path
    // Behind the lock, so that a raise is seen whole or not at all.
    try withLock { () throws(FenceError) in
      let copy = unsafe ~word(at: 16).pointee.load(ordering: .relaxed)
      guard copy <= term else {
        throw .damaged(path: path, problem: "the two copies of the term differ")
      }
      // Whoever raised it was killed between the two: the raise counts.
      if copy < term { try set(term) }
    }
  }

  deinit {
    unsafe munmap(page, Self.length)
    _ = close(descriptor)
  }

  /// Creates a fence at `term`. One that is there already stays as it is.
  public static func create(path: String, term: UInt64) throws(FenceError) {
    // A name appears only when what is behind it is whole; link fails where the name is taken.
    let temporary = "\(path).\(getpid()).new"
    _ = unsafe unlink(temporary)
    let file = unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .last("create", temporary) }
    defer {
      _ = close(file)
      _ = unsafe unlink(temporary)
    }
    var writer = ByteWriter()
    writer.write(fixed: magic)
    writer.write(term)
    writer.write(~term)
    let bytes = writer.bytes
    guard ftruncate(file, off_t(length)) == 0,
      unsafe pwrite(file, bytes, bytes.count, 0) == bytes.count, fsync(file) == 0
    else { throw .last("write", temporary) }
    guard unsafe link(temporary, path) == 0 || errno == EEXIST else { throw .last("link", path) }
    try syncFolder(of: path)
  }

  public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// The term that holds the exchange now.
  public var term: UInt64 { unsafe word(at: 8).pointee.load(ordering: .acquiring) }

  /// Confirms that `own` still holds the exchange.
  public func check(_ own: UInt64) throws(FenceError) {
    let raised = term
    guard raised <= own else { throw .fenced(path: path, own: own, raised: raised) }
  }

  /// Whether the path names another file than the one that is open here, such as a copy that was put
  /// back: a term that is raised in it is not seen here.
  public var isReplaced: Bool {
    var (own, named) = (stat(), stat())
    guard unsafe fstat(descriptor, &own) == 0, unsafe stat(path, &named) == 0 else { return false }
    return own.st_ino != named.st_ino || own.st_dev != named.st_dev
  }

  /// Raises the term above both what it is and `own`, durably, and returns it. From then on whoever held
  /// the exchange before holds it no more.
  public func raise(above own: UInt64) throws(FenceError) -> UInt64 {
    try withLock { () throws(FenceError) in
      let highest = max(term, own)
      guard highest < .max else { throw .exhausted(path: path) }
      try set(highest + 1)
      return highest + 1
    }
  }

  /// Raises the term to at least `own`, when the file is older than the journal it guards.
  public func catchUp(to own: UInt64) throws(FenceError) {
    try withLock { () throws(FenceError) in
      if term < own { try set(own) }
    }
  }

  private func set(_ raised: UInt64) throws(FenceError) {
    unsafe word(at: 8).pointee.store(raised, ordering: .releasing)
    unsafe word(at: 16).pointee.store(~raised, ordering: .releasing)
    guard unsafe msync(page, Self.length, Int32(MS_SYNC)) == 0, fsync(descriptor) == 0 else {
      throw .last("sync", path)
    }
  }

  private func word(at offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    unsafe (page + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  private func withLock<T>(_ body: () throws(FenceError) -> T) throws(FenceError) -> T {
    // Held for the time of a sync: ten seconds is a holder that hangs.
    var attempts = 0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw .last("flock", path) }
      attempts += 1
      guard attempts < 1000 else { throw .busy(path: path) }
      usleep(10_000)
    }
    defer { _ = flock(descriptor, LOCK_UN) }
    return try body()
  }

  private static func map(
    _ descriptor: Int32, _ path: String
  ) throws(FenceError) -> UnsafeMutableRawPointer {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .last("fstat", path) }
    guard Int(status.st_size) == length else {
      throw .damaged(path: path, problem: "\(status.st_size) bytes instead of \(length)")
    }
    var bytes = [UInt8](repeating: 0, count: magic.count)
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe pread(descriptor, buffer.baseAddress, buffer.count, 0)
    }
    guard count == magic.count, bytes == magic else {
      throw .damaged(path: path, problem: "it does not begin as one")
    }
    let mapped = unsafe mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw .last("mmap", path) }
    return unsafe mapped
  }

  private static func syncFolder(of path: String) throws(FenceError) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last("open", folder) }
    defer { _ = close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .last("fsync", folder) }
  }
}

extension FenceError {
  fileprivate static func last(_ operation: String, _ path: String) -> FenceError {
    let code = errno
    let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    return .system(operation: operation, path: path, reason: reason)
  }
}
