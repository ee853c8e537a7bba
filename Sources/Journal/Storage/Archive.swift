/// Moves segments that no start needs any more out of the journal's folder.
struct Archive {
  let segments: Segments
  let snapshots: SnapshotFolder

  /// Moves every segment that lies wholly before the oldest snapshot that is there.
  ///
  /// Every snapshot is read back and checked first, and every batch of a segment before it moves; at
  /// the first that is damaged nothing more is moved.
  ///
  /// - Returns: The new paths.
  func move(
    to folder: String, told: (String) -> Void = { _ in }
  ) throws(JournalError) -> [String] {
    guard let oldest = try oldestSegmentNeeded() else { return [] }
    var moved: [String] = []
    for number in try segments.numbers(in: segments.folder) where number < oldest {
      let path = try move(number, to: folder)
      told(path)
      moved.append(path)
    }
    return moved
  }

  /// The segment in which the oldest snapshot's batch is; `nil` when not all snapshots serve.
  private func oldestSegmentNeeded() throws(JournalError) -> Int? {
    var oldest: Int?
    for sequence in try snapshots.sequences() {
      guard case .success(let snapshot) = try snapshots.load(sequence),
        try snapshot.batch(in: segments) != nil, (try? snapshot.replica()) != nil
      else { return nil }
      oldest = min(oldest ?? .max, snapshot.segment)
    }
    return oldest
  }

  private func move(_ number: Int, to folder: String) throws(JournalError) -> String {
    let storage = segments.storage
    let source = segments.path(number)
    let target = "\(folder)/\(Segments.name(number))"
    let end = try check(number, in: segments)
    try storage.createFolder(folder)
    let temporary = target + ".writing"
    let bytes = try storage.open(source, .read)
    let size = (try bytes.lastByteSet(from: 0) ?? -1) + 1
    if storage.exists(target), try !isCopy(target, of: bytes, size: size) {
      throw .io(
        operation: "archiving in place of another journal's segment", path: target,
        code: Self.exists)
    }
    try storage.remove(temporary)
    do throws(JournalError) {
      let copy = try storage.open(temporary, .create)
      // Under whatever name: moving a segment onto itself and removing the original would lose it.
      guard !storage.exists(source + ".writing") else {
        throw .io(
          operation: "archiving into the journal's own folder", path: folder, code: Self.invalid)
      }
      var offset = 0
      while offset < size {
        let piece = try bytes.read(at: offset, count: min(1 << 20, size - offset))
        try copy.write(piece, at: offset)
        offset += piece.count
      }
      try copy.sync()
      try storage.rename(temporary, to: target)
      try storage.syncFolder(folder)
    } catch {
      try? storage.remove(temporary)
      throw error
    }
    // What was read back from the new place is what lets the old one go.
    guard try check(number, in: Segments(folder: folder, storage: storage)) == end else {
      throw .damaged(
        JournalDamage(
          file: target, batch: end, offset: SegmentHeader.count, problem: .endsBefore(end - 1)))
    }
    try storage.remove(source)
    try storage.syncFolder(segments.folder)
    return target
  }

  /// Whether the file at `path` is what archiving `bytes` gives: another server may have done that with
  /// the same journal.
  private func isCopy(
    _ path: String, of bytes: any JournalFile, size: Int
  ) throws(JournalError) -> Bool {
    let copy = try segments.storage.open(path, .read)
    guard try copy.size() == size else { return false }
    var offset = 0
    while offset < size {
      let count = min(1 << 20, size - offset)
      guard try copy.read(at: offset, count: count) == bytes.read(at: offset, count: count) else {
        return false
      }
      offset += count
    }
    return true
  }

  /// EEXIST: what the operating system says of a name that is taken.
  private static let exists: Int32 = 17
  /// EINVAL: what the operating system says of an argument that makes no sense.
  private static let invalid: Int32 = 22

  /// Reads every batch of a segment and returns the sequence that follows.
  private func check(_ number: Int, in segments: Segments) throws(JournalError) -> UInt64 {
    guard let start = try segments.start(of: number) else {
      throw .damaged(
        JournalDamage(
          file: segments.path(number), batch: 0, offset: SegmentHeader.count, problem: .noMagic))
    }
    var cursor = JournalCursor(segments: segments, at: start)
    var end = start.expected
    while try cursor.next() != nil, cursor.segment == number { end = cursor.expected }
    return end
  }
}

extension JournalReader {
  /// Moves every segment that lies wholly before the oldest snapshot to `folder`, which may be on
  /// another disk. Also beside a process that is writing the journal.
  ///
  /// Snapshots are checked first, each batch of a segment before it moves, and what was written at
  /// the new place before the old one goes. Nothing moves when a snapshot is damaged.
  ///
  /// - Parameter told: Called with the new path of each segment.
  /// - Returns: The new paths.
  public func archive(
    to folder: String, told: (String) -> Void = { _ in }
  ) throws(JournalError) -> [String] {
    try Archive(segments: segments, snapshots: snapshots).move(to: folder, told: told)
  }
}
