package import Journal
package import Structures

/// A disk in memory that keeps exactly what ``JournalStorage`` promises and nothing more.
///
/// What was written since the last sync may be lost in a crash, sector by sector; names that were
/// given since the last sync of their folder may be gone; a failed sync forgets what it should have
/// written; and the process that uses the disk can be made to die in the middle of any operation.
///
/// `@unchecked Sendable`: a simulation has one thread.
package final class SimulatedDisk: JournalStorage, @unchecked Sendable {
  package static let sectorSize = 512

  /// One file, under whatever name.
  final class Node {
    /// What reads give.
    var seen: [UInt8] = []
    /// What is on the medium.
    var durable: [UInt8] = []
    /// Sectors written since the last sync.
    var dirty: Set<Int> = []
  }

  /// A change of names that is not durable yet.
  private struct Naming {
    var folder: String
    var removed: String?
    var set: (path: String, node: Node)?
  }

  /// What a crash does to unsynced data.
  package enum Crash: CaseIterable, Sendable {
    /// The process dies, the machine goes on: everything written is there.
    case process
    /// Power is lost and nothing unsynced is left.
    case powerLosesAll
    /// Power is lost; of what is unsynced, each sector is there or not.
    case powerTears
  }

  private var random: SplitMix64
  private var names: [String: Node] = [:]
  private var durableNames: [String: Node] = [:]
  private var pending: [Naming] = []
  private var folders: Set<String> = []
  private var locks: Set<String> = []
  /// Operations until the process dies.
  private var fuse: Int?
  /// Whether the process that uses the disk has died.
  package private(set) var isDead = false
  /// Whether the next sync fails.
  package var failsNextSync = false
  /// Whether nothing more can be written.
  package var isFull = false
  /// Operations so far.
  package private(set) var operations = 0

  package init(random: SplitMix64) { self.random = random }

  /// A second disk with the same contents and names, the unsynced ones included.
  package func copy(random: SplitMix64) -> SimulatedDisk {
    let other = SimulatedDisk(random: random)
    var copies: [ObjectIdentifier: Node] = [:]
    func copied(_ node: Node) -> Node {
      if let known = copies[ObjectIdentifier(node)] { return known }
      let copy = Node()
      copy.seen = node.seen
      copy.durable = node.durable
      copy.dirty = node.dirty
      copies[ObjectIdentifier(node)] = copy
      return copy
    }
    other.names = names.mapValues(copied)
    other.durableNames = durableNames.mapValues(copied)
    other.pending = pending.map { change in
      var change = change
      if let set = change.set { change.set = (set.path, copied(set.node)) }
      return change
    }
    other.folders = folders
    return other
  }

  // MARK: What the simulation does to it

  /// Lets the process die in the operation after `operations` more.
  package func die(after operations: Int) { fuse = operations }

  /// Takes back every fault that has not struck yet.
  package func forgetFaults() {
    fuse = nil
    failsNextSync = false
    isFull = false
  }

  /// Settles what is left after the process died, so that another one can start.
  package func crash(_ crash: Crash) {
    forgetFaults()
    isDead = false
    locks = []
    guard crash != .process else { return }
    // Changes of names become durable in their order.
    let kept = crash == .powerTears ? Int.random(in: 0...pending.count, using: &random) : 0
    for change in pending.prefix(kept) { Self.carryOut(change, in: &durableNames) }
    pending = []
    names = durableNames
    // In a fixed order, so that the seed decides which sectors are lost.
    for (_, node) in names.sorted(by: { $0.key < $1.key }) { tear(node, crash) }
  }

  private func tear(_ node: Node, _ crash: Crash) {
    if crash == .powerTears {
      let size = Bool.random(using: &random) ? node.seen.count : node.durable.count
      Self.resize(&node.durable, to: size)
      for sector in node.dirty.sorted() where Bool.random(using: &random) {
        let start = sector * Self.sectorSize
        let end = min(start + Self.sectorSize, node.seen.count, size)
        if start < end { node.durable.replaceSubrange(start..<end, with: node.seen[start..<end]) }
      }
    }
    node.seen = node.durable
    node.dirty = []
  }

  /// One bit of one file, of which nothing is unsynced, turned over at rest.
  package struct Rot: Sendable {
    package var path: String
    package var offset: Int
    package var bit: Int
  }

  /// Turns one bit of what is on the medium over; `nil` when there is nothing.
  package func rot() -> Rot? {
    let paths = names.keys.sorted().filter { path in
      names[path].map { !$0.seen.isEmpty && $0.dirty.isEmpty && $0.seen == $0.durable } ?? false
    }
    guard let path = paths.randomElement(using: &random), let node = names[path] else { return nil }
    // Mostly where something was written.
    let last = node.seen.lastIndex { $0 != 0 } ?? 0
    let end = Int.random(in: 0..<8, using: &random) == 0 ? node.seen.count - 1 : last
    let rot = Rot(
      path: path, offset: .random(in: 0...end, using: &random),
      bit: .random(in: 0..<8, using: &random))
    flip(rot)
    return rot
  }

  /// Turns the bit of `rot` over (again).
  package func flip(_ rot: Rot) {
    guard let node = names[rot.path], rot.offset < node.seen.count else { return }
    node.seen[rot.offset] ^= 1 << UInt8(rot.bit)
    if rot.offset < node.durable.count { node.durable[rot.offset] ^= 1 << UInt8(rot.bit) }
  }

  // MARK: Operations

  /// Counts an operation of the process.
  ///
  /// - Returns: Whether it is still carried out: an operation in which the process dies may be, but
  ///   the process never learns of it.
  private func begin(_ operation: String, _ path: String) throws(JournalError) -> Bool {
    guard !isDead else { throw .io(operation: operation, path: path, code: 0) }
    operations += 1
    guard let left = fuse else { return true }
    if left > 0 {
      fuse = left - 1
      return true
    }
    isDead = true
    return Bool.random(using: &random)
  }

  private func end(_ operation: String, _ path: String) throws(JournalError) {
    if isDead { throw .io(operation: operation, path: path, code: 0) }
  }

  /// Carries out one operation, unless the process is dead or dies before it.
  private func perform<T>(
    _ operation: String, _ path: String, _ body: () throws(JournalError) -> T
  ) throws(JournalError) -> T {
    guard try begin(operation, path) else {
      throw .io(operation: operation, path: path, code: 0)
    }
    let result = try body()
    try end(operation, path)
    return result
  }

  package func open(_ path: String, _ mode: StorageMode) throws(JournalError) -> any JournalFile {
    try perform("open", path) { () throws(JournalError) -> any JournalFile in
      switch (names[path], mode) {
      case (let node?, .read), (let node?, .readWrite):
        return SimulatedFile(path: path, node: node, disk: self)
      case (nil, .read): throw .io(operation: "open", path: path, code: 2)
      case (.some, .create): throw .io(operation: "open", path: path, code: 17)
      case (nil, .readWrite), (nil, .create):
        let node = Node()
        name(Naming(folder: Self.folder(of: path), removed: nil, set: (path, node)))
        return SimulatedFile(path: path, node: node, disk: self)
      }
    }
  }

  package func exists(_ path: String) -> Bool { names[path] != nil || folders.contains(path) }

  package func names(in folder: String) throws(JournalError) -> [String] {
    try perform("opendir", folder) { () throws(JournalError) in
      names.keys.filter { Self.folder(of: $0) == folder }.map {
        String($0.dropFirst(folder.count + 1))
      }.sorted()
    }
  }

  package func createFolder(_ path: String) throws(JournalError) {
    try perform("mkdir", path) { () throws(JournalError) in _ = folders.insert(path) }
  }

  package func syncFolder(_ path: String) throws(JournalError) {
    try perform("fsync", path) { () throws(JournalError) in
      for change in pending where change.folder == path {
        Self.carryOut(change, in: &durableNames)
      }
      pending.removeAll { $0.folder == path }
    }
  }

  package func rename(_ old: String, to new: String) throws(JournalError) {
    try perform("rename", old) { () throws(JournalError) in
      guard let node = names[old] else { throw .io(operation: "rename", path: old, code: 2) }
      name(Naming(folder: Self.folder(of: new), removed: old, set: (new, node)))
    }
  }

  package func remove(_ path: String) throws(JournalError) {
    try perform("unlink", path) { () throws(JournalError) in
      guard names[path] != nil else { return }
      name(Naming(folder: Self.folder(of: path), removed: path, set: nil))
    }
  }

  package func lock(_ path: String) throws(JournalError) -> (any StorageLock)? {
    try perform("flock", path) { () throws(JournalError) -> (any StorageLock)? in
      locks.insert(path).inserted ? Lock() : nil
    }
  }

  private final class Lock: StorageLock {}

  private func name(_ change: Naming) {
    Self.carryOut(change, in: &names)
    pending.append(change)
  }

  private static func carryOut(_ change: Naming, in names: inout [String: Node]) {
    if let removed = change.removed { names[removed] = nil }
    if let set = change.set { names[set.path] = set.node }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }

  fileprivate static func resize(_ bytes: inout [UInt8], to size: Int) {
    if bytes.count > size {
      bytes.removeLast(bytes.count - size)
    } else {
      bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
    }
  }

  // MARK: Files

  fileprivate func read(
    _ node: Node, _ path: String, at offset: Int, count: Int
  ) throws(JournalError) -> [UInt8] {
    try perform("pread", path) { () throws(JournalError) in
      let start = min(offset, node.seen.count)
      return Array(node.seen[start..<min(start + count, node.seen.count)])
    }
  }

  fileprivate func write(
    _ node: Node, _ path: String, _ bytes: Span<UInt8>, at offset: Int
  ) throws(JournalError) {
    guard try begin("pwrite", path) else { throw .io(operation: "pwrite", path: path, code: 0) }
    // A full disk takes a part and then says so.
    let count = isFull ? Int.random(in: 0...bytes.count, using: &random) : bytes.count
    if count > 0 {
      if node.seen.count < offset + count { Self.resize(&node.seen, to: offset + count) }
      for index in 0..<count { node.seen[offset + index] = bytes[index] }
      mark(node, offset..<(offset + count))
    }
    try end("pwrite", path)
    if isFull { throw .io(operation: "pwrite", path: path, code: 28) }
  }

  fileprivate func sync(_ node: Node, _ path: String) throws(JournalError) {
    try perform("fdatasync", path) { () throws(JournalError) in
      if failsNextSync {
        // As Linux does it: the pages count as clean, and are not on the medium.
        failsNextSync = false
        node.dirty = []
        throw .io(operation: "fdatasync", path: path, code: 5)
      }
      Self.resize(&node.durable, to: node.seen.count)
      for sector in node.dirty {
        let start = sector * Self.sectorSize
        let end = min(start + Self.sectorSize, node.seen.count)
        if start < end { node.durable.replaceSubrange(start..<end, with: node.seen[start..<end]) }
      }
      node.dirty = []
    }
  }

  fileprivate func truncate(
    _ node: Node, _ path: String, to size: Int
  ) throws(JournalError) {
    try perform("ftruncate", path) { () throws(JournalError) in
      let before = node.seen.count
      Self.resize(&node.seen, to: size)
      mark(node, min(before, size)..<max(before, size))
    }
  }

  fileprivate func reserve(_ node: Node, _ path: String, _ size: Int) throws(JournalError) {
    try perform("fallocate", path) { () throws(JournalError) in
      if isFull { throw .io(operation: "fallocate", path: path, code: 28) }
      let before = node.seen.count
      guard before < size else { return }
      Self.resize(&node.seen, to: size)
      mark(node, before..<size)
    }
  }

  private func mark(_ node: Node, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    for sector in range.lowerBound / Self.sectorSize...(range.upperBound - 1) / Self.sectorSize {
      node.dirty.insert(sector)
    }
  }
}

/// An open file of a ``SimulatedDisk``. It outlives its process without harm: a dead one's
/// operations fail.
///
/// `@unchecked Sendable`: a simulation has one thread.
private final class SimulatedFile: JournalFile, @unchecked Sendable {
  let path: String
  private let node: SimulatedDisk.Node
  private let disk: SimulatedDisk

  init(path: String, node: SimulatedDisk.Node, disk: SimulatedDisk) {
    self.path = path
    self.node = node
    self.disk = disk
  }

  func size() throws(JournalError) -> Int { node.seen.count }
  func read(at offset: Int, count: Int) throws(JournalError) -> [UInt8] {
    try disk.read(node, path, at: offset, count: count)
  }
  func write(_ bytes: Span<UInt8>, at offset: Int) throws(JournalError) {
    try disk.write(node, path, bytes, at: offset)
  }
  func sync() throws(JournalError) { try disk.sync(node, path) }
  func truncate(to size: Int) throws(JournalError) { try disk.truncate(node, path, to: size) }
  func reserve(_ size: Int) throws(JournalError) { try disk.reserve(node, path, size) }
}
