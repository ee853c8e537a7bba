public import Journal

/// Why a standby does not become the primary.
public enum PromotionError: Error, Equatable, Sendable {
  /// The folder is not a standby's.
  case notAStandby(folder: String)
  /// A standby or a server is still using the folder.
  case inUse(folder: String)
  case fence(FenceError)
  case journal(JournalError)
  /// The old primary's journal could not be read to its end, so that acknowledged commands could be lost.
  case oldDiskUnreadable(folder: String, reason: String)
  /// The old primary's journal is not the one that was followed.
  case oldDiskForeign(folder: String, batch: UInt64)
  case batch(FollowerError)
}

extension PromotionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notAStandby(let folder):
      "\(folder): this folder is not a standby's. Where its promotion has ended it is the primary's: serve it"
    case .inUse(let folder): "\(folder): another process is still using it"
    case .fence(let error): "\(error)"
    case .journal(let error): "\(error)"
    case .oldDiskUnreadable(let folder, let reason):
      "\(folder): the old primary's journal cannot be read (\(reason)). What it acknowledged and this "
        + "standby does not have would be lost. Make it readable, name it with --old, or accept the loss "
        + "with --without-old-disk"
    case .oldDiskForeign(let folder, let batch):
      "\(folder): the journal there holds another batch \(batch) than this standby"
    case .batch(let error): "a batch on the old primary's disk cannot be taken over: \(error)"
    }
  }
}

/// Makes a standby the primary: raises the term, so that the old primary answers nobody any more, then
/// takes over what only the old primary's disk holds.
///
/// It can be interrupted at any point and run again. Until it has ended nobody serves.
public struct Promotion {
  /// What came of it.
  public struct Report: Equatable, Sendable {
    /// The new primary's term.
    public let term: UInt64
    /// The journal's last batch.
    public let head: UInt64
    public let hash: [UInt8]
    /// Batches that only the old primary's disk had; `nil` when it was not read.
    public let fetched: UInt64?
  }

  private let directory: String
  private let old: String?
  private let readsOldDisk: Bool

  /// - Parameters:
  ///   - directory: Data folder of the standby.
  ///   - old: Data folder of the old primary; `nil` for the one that was followed.
  ///   - readsOldDisk: Whether what only the old primary's disk holds is taken over. Without it,
  ///     acknowledged commands may be lost, unless answers waited for this standby.
  public init(directory: String, old: String?, readsOldDisk: Bool) {
    self.directory = directory
    self.old = old
    self.readsOldDisk = readsOldDisk
  }

  /// - Parameter bring: Called with the old primary's folder when it answers nobody any more and before this
  ///   one may be served, to bring along what is not in the journal; also when a promotion is run again.
  public func run(
    note: @escaping @Sendable (JournalNote) -> Void = { _ in }, bring: (String) -> Void = { _ in }
  ) throws(PromotionError) -> Report {
    guard var role = try onDisk({ () throws(JournalError) in try FolderRole.read(directory) }),
      role.part != .primary
    else { throw .notAStandby(folder: directory) }
    let source = old ?? role.source
    // Looked at before anything is changed: a mistyped folder must not stop a running exchange.
    let fence: Fence
    do throws(FenceError) {
      fence = try Fence(path: role.fence)
    } catch {
      throw .fence(error)
    }
    if readsOldDisk { try confirmReadable(source) }
    let before = role
    role.part = .promoting
    try onDisk { () throws(JournalError) in try role.write(to: directory) }
    let journal: FollowerJournal
    let head: UInt64
    do throws(PromotionError) {
      journal = try openJournal(note)
      head = journal.replica.sequence
      // What fails here, for lack of space too, does so while the old primary still serves.
      if readsOldDisk { try comeClose(to: source, journal) }
    } catch {
      try onDisk { () throws(JournalError) in try before.write(to: directory) }
      throw error
    }
    do throws(FenceError) {
      role.term = try fence.raise(above: role.term)
    } catch {
      throw .fence(error)
    }
    // From here on the old primary acknowledges nothing, so its journal has an end.
    if readsOldDisk { try fetch(from: source, into: journal) }
    let fetched = readsOldDisk ? journal.replica.sequence - head : nil
    journal.closeWithSnapshot()
    if readsOldDisk { bring(source) }
    role.part = .primary
    role.source = ""
    try onDisk { () throws(JournalError) in try role.write(to: directory) }
    return Report(
      term: role.term, head: journal.replica.sequence, hash: journal.replica.hash,
      fetched: fetched)
  }

  /// The running standby sees the role and lets go of the folder.
  private func openJournal(
    _ note: @escaping @Sendable (JournalNote) -> Void
  ) throws(PromotionError) -> FollowerJournal {
    for _ in 0..<15 {
      do throws(JournalError) {
        return try FollowerJournal(directory: directory, note: note)
      } catch {
        if case .locked = error { continue }
        throw .journal(error)
      }
    }
    throw .inUse(folder: directory)
  }

  /// Confirms that the journal at `source` goes on from what this standby has.
  private func confirmReadable(_ source: String) throws(PromotionError) {
    let reader = JournalReader(directory: source)
    guard reader.exists else {
      throw .oldDiskUnreadable(folder: source, reason: "there is no journal")
    }
    let own: (sequence: UInt64, hash: [UInt8])
    let hash: [UInt8]?
    do throws(JournalError) {
      own = try JournalReader(directory: directory).lastBatch()
    } catch {
      throw .journal(error)
    }
    do throws(JournalError) {
      hash = own.sequence > 0 ? try reader.hash(of: own.sequence) : own.hash
    } catch {
      throw .oldDiskUnreadable(folder: source, reason: "\(error)")
    }
    guard let hash else {
      throw .oldDiskUnreadable(
        folder: source, reason: "it ends before batch \(own.sequence), which this standby has")
    }
    guard hash == own.hash else { throw .oldDiskForeign(folder: source, batch: own.sequence) }
  }

  /// Takes over what the old primary may still be writing, but for its last batch, which may not be durable
  /// yet.
  private func comeClose(
    to source: String, _ journal: FollowerJournal
  ) throws(PromotionError) {
    let reader = JournalReader(directory: source)
    while true {
      let batches = try batches(of: reader, in: source, behind: journal)
      try keep(Array(batches.dropLast()), in: journal)
      guard batches.count < 16 else { continue }
      let last = journal.replica.sequence + (batches.isEmpty ? 0 : 1)
      try onOldDisk(source) { () throws(JournalError) in try reader.confirmEnd(after: last) }
      return
    }
  }

  private func fetch(
    from source: String, into journal: FollowerJournal
  ) throws(PromotionError) {
    let reader = JournalReader(directory: source)
    while true {
      let batches = try batches(of: reader, in: source, behind: journal)
      if batches.isEmpty { break }
      try keep(batches, in: journal)
    }
    // An end that is damage would lose what was acknowledged behind it.
    let last = journal.replica.sequence
    try onOldDisk(source) { () throws(JournalError) in try reader.confirmEnd(after: last) }
  }

  /// The next batches of the old primary, which must continue what is in `journal`.
  private func batches(
    of reader: JournalReader, in source: String, behind journal: FollowerJournal
  ) throws(PromotionError) -> [[UInt8]] {
    let head = journal.replica.sequence
    let (hash, batches) = try onOldDisk(source) { () throws(JournalError) in
      (head > 0 ? try reader.hash(of: head) : nil, try reader.rawBatches(after: head))
    }
    if let hash, hash != journal.replica.hash {
      throw .oldDiskForeign(folder: source, batch: head)
    }
    return batches
  }

  private func keep(
    _ batches: [[UInt8]], in journal: FollowerJournal
  ) throws(PromotionError) {
    do throws(FollowerError) {
      try journal.keep(batches)
    } catch {
      throw .batch(error)
    }
  }

  private func onOldDisk<T>(
    _ source: String, _ body: () throws(JournalError) -> T
  ) throws(PromotionError) -> T {
    do {
      return try body()
    } catch {
      throw .oldDiskUnreadable(folder: source, reason: "\(error)")
    }
  }

  private func onDisk<T>(
    _ body: () throws(JournalError) -> T
  ) throws(PromotionError) -> T {
    do { return try body() } catch { throw .journal(error) }
  }
}
