import Synchronization

/// Makes the next segment ready while the one before it is being filled, so that going on to it is
/// no more than writing to another file.
///
/// `@unchecked Sendable`: the preparing thread touches only what its closure captured; everything
/// else belongs to the journal's thread.
final class SegmentPreparer: @unchecked Sendable {
  private let segments: Segments
  private let runsBeside: Bool
  private var running: (number: Int, thread: OwnThread, work: Work)?

  /// One segment that is being prepared.
  private final class Work: Sendable {
    /// Set by whoever cannot wait for the zeros.
    let isHurried = Atomic(false)
    let result = Mutex<Result<any JournalFile, JournalError>?>(nil)
  }

  /// - Parameter runsBeside: Whether preparing has a thread of its own. Without, nothing happens
  ///   ahead and everything is done when it is needed.
  init(segments: Segments, runsBeside: Bool) {
    self.segments = segments
    self.runsBeside = runsBeside
  }

  /// Begins to prepare segment `number`, unless that is under way.
  func prepare(_ number: Int, capacity: Int) {
    guard runsBeside, running == nil else { return }
    let work = Work()
    let segments = segments
    // Without a thread the segment is made when it is needed.
    guard
      let thread = try? OwnThread(
        "segments",
        {
          let made: Result<any JournalFile, JournalError>
          do throws(JournalError) {
            made = .success(
              try Self.make(number, capacity: capacity, in: segments) {
                !work.isHurried.load(ordering: .relaxed)
              })
          } catch {
            made = .failure(error)
          }
          work.result.withLock { $0 = made }
        })
    else { return }
    running = (number, thread, work)
  }

  /// Returns segment `number`, ready to be written to.
  func take(_ number: Int, capacity: Int) throws(JournalError) -> any JournalFile {
    if let file = finish(number) { return file }
    return try Self.make(number, capacity: capacity, in: segments) { !self.runsBeside }
  }

  /// Waits for what is under way.
  func stop() { _ = finish(0) }

  private func finish(_ number: Int) -> (any JournalFile)? {
    guard let (prepared, thread, work) = running else { return nil }
    running = nil
    work.isHurried.store(true, ordering: .relaxed)
    thread.join()
    guard prepared == number, case .success(let file)? = work.result.withLock({ $0 }) else {
      return nil
    }
    return file
  }

  /// Creates a segment: its space, zeros in it, its header, and only then its name.
  private static func make(
    _ number: Int, capacity: Int, in segments: Segments, while fills: () -> Bool
  ) throws(JournalError) -> any JournalFile {
    let storage = segments.storage
    let path = segments.path(number)
    let temporary = path + ".preparing"
    try storage.remove(temporary)
    do throws(JournalError) {
      let file = try storage.open(temporary, .create)
      try file.reserve(capacity)
      try file.write(SegmentHeader(number: number, capacity: capacity).bytes, at: 0)
      try file.fill(from: SegmentHeader.count, to: capacity, while: fills)
      try file.sync()
      try storage.rename(temporary, to: path)
      try storage.syncFolder(segments.folder)
      // The open file keeps the name it was opened under, so it is opened anew.
      return try storage.open(path, .readWrite)
    } catch {
      try? storage.remove(temporary)
      throw error
    }
  }
}
