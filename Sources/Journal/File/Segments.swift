/// The numbered segment files that a journal consists of.
///
/// Segments count from 1 without gaps. Each is filled with zeros up to its size in advance, so a
/// batch neither changes the file's length nor needs new space; zeros after a batch mean that
/// nothing follows it. The next segment is prepared before it is needed, so that a segment is over
/// only when a batch begins in the one after it. Old segments may have moved to the archive.
package struct Segments: Sendable {
  package let storage: any JournalStorage
  package let folder: String
  package let archive: String?

  /// Names the segments of the data folder `directory`.
  package init(
    directory: String, archive: String? = nil, storage: any JournalStorage = DiskStorage()
  ) {
    folder = directory + "/journal"
    self.archive = archive
    self.storage = storage
  }

  /// Names the segments in one folder.
  init(folder: String, storage: any JournalStorage) {
    self.folder = folder
    archive = nil
    self.storage = storage
  }

  /// Where the segment is while it is in use.
  package func path(_ number: Int) -> String { "\(folder)/\(Self.name(number))" }

  func archivedPath(_ number: Int) -> String? { archive.map { "\($0)/\(Self.name(number))" } }

  static func name(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".log"
  }

  package func exists(_ number: Int) -> Bool {
    storage.exists(path(number)) || archivedPath(number).map(storage.exists) ?? false
  }

  /// Opens a segment wherever it is; `nil` when it is nowhere.
  func open(_ number: Int) throws(JournalError) -> (any JournalFile)? {
    // A segment may be moved between the look and the opening, but only once.
    for _ in 0..<2 {
      for path in [path(number), archivedPath(number)] {
        guard let path, storage.exists(path) else { continue }
        do throws(JournalError) {
          return try storage.open(path, .read)
        } catch {
          guard storage.exists(path) else { continue }
          throw error
        }
      }
    }
    return nil
  }

  /// The first and the last segment that are there; `nil` when there is none.
  ///
  /// - Throws: ``JournalError/damaged(_:)`` when one between them is missing.
  package func range() throws(JournalError) -> ClosedRange<Int>? {
    var numbers = Set(try numbers(in: folder))
    if let archive { numbers.formUnion(try self.numbers(in: archive)) }
    let sorted = numbers.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    for (index, number) in sorted.enumerated() where number != first + index {
      let missing = first + index
      throw .damaged(
        JournalDamage(
          file: path(missing), batch: try firstSequence(of: missing), offset: 0,
          problem: .segmentMissing))
    }
    return first...last
  }

  func numbers(in folder: String) throws(JournalError) -> [Int] {
    try storage.names(in: folder).compactMap { name in
      guard name.hasSuffix(".log"), let number = Int(name.dropLast(4)), number > 0,
        Self.name(number) == name
      else { return nil }
      return number
    }
  }

  /// The first batch a missing segment must have held: the one after the last of the one before.
  private func firstSequence(of missing: Int) throws(JournalError) -> UInt64 {
    guard missing > 1, let start = try start(of: missing - 1) else { return 1 }
    var cursor = JournalCursor(segments: self, at: start)
    while cursor.segment < missing, try cursor.next() != nil {}
    return cursor.expected
  }

  /// Header of the first batch in a segment, when it is readable.
  package func firstHeader(of number: Int) throws(JournalError) -> BatchHeader? {
    guard let file = try open(number) else { return nil }
    let start = try file.read(at: SegmentHeader.count, count: BatchHeader.count)
    return try? BatchHeader(start)
  }

  /// Where the first batch of a segment begins and what it must continue, as far as its header
  /// tells; `nil` when it has none.
  package func start(of number: Int) throws(JournalError) -> JournalPosition? {
    if number == 1 { return JournalPosition() }
    guard let header = try firstHeader(of: number) else { return nil }
    return JournalPosition(
      segment: number, expected: header.sequence, previous: header.previous, term: header.term)
  }

  /// Whether a batch has begun in a segment.
  func isBegun(_ number: Int) throws(JournalError) -> Bool {
    guard let file = try open(number) else { return false }
    return !(try file.read(at: SegmentHeader.count, count: BatchHeader.count).isZero)
  }
}
