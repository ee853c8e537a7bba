/// How a file is opened.
package enum StorageMode: Sendable {
  case read
  /// Creates the file when it is missing.
  case readWrite
  /// Demands that the file does not exist yet.
  case create
}

/// Everything the journal does to a disk.
///
/// The journal believes nothing of a disk but this: what was written before a ``JournalFile/sync()``
/// that returned is there after a crash; of what was written later, each sector of 512 bytes is there
/// wholly or not at all; a file has its name after a crash when ``syncFolder(_:)`` returned.
package protocol JournalStorage: Sendable {
  func open(_ path: String, _ mode: StorageMode) throws(JournalError) -> any JournalFile
  func exists(_ path: String) -> Bool
  /// Returns the names in `folder`, sorted; none when it does not exist.
  func names(in folder: String) throws(JournalError) -> [String]
  /// Creates `path` and what is missing above it.
  func createFolder(_ path: String) throws(JournalError)
  /// Makes the folder's entries themselves durable.
  func syncFolder(_ path: String) throws(JournalError)
  /// Gives a file another name on the same file system, in place of a file that had it.
  func rename(_ old: String, to new: String) throws(JournalError)
  /// Removes a file; one that is missing is no error.
  func remove(_ path: String) throws(JournalError)
  /// Takes the exclusive lock on `path`, which lasts as long as the object; `nil` when it is taken.
  func lock(_ path: String) throws(JournalError) -> (any StorageLock)?
}

/// An exclusive lock that somebody holds.
package protocol StorageLock: AnyObject, Sendable {}

/// An open file. All reads and writes name their position, so that any number of threads share it.
package protocol JournalFile: AnyObject, Sendable {
  var path: String { get }
  /// Length in bytes.
  func size() throws(JournalError) -> Int
  /// Returns up to `count` bytes from `offset` on; fewer only where the file ends.
  func read(at offset: Int, count: Int) throws(JournalError) -> [UInt8]
  /// Reads as ``read(at:count:)`` does, into the memory of `bytes`, whose bytes are replaced. After
  /// an error they are no longer what they were.
  func read(at offset: Int, count: Int, into bytes: inout [UInt8]) throws(JournalError)
  /// Writes all of `bytes` at `offset`. After an error any part of them may be in the file.
  func write(_ bytes: Span<UInt8>, at offset: Int) throws(JournalError)
  /// Returns when everything written is on the medium.
  func sync() throws(JournalError)
  /// Cuts the file, or extends it with zeros.
  func truncate(to size: Int) throws(JournalError)
  /// Reserves space up to `size` bytes, which read as zeros until written.
  func reserve(_ size: Int) throws(JournalError)
}

extension JournalFile {
  package func read(
    at offset: Int, count: Int, into bytes: inout [UInt8]
  ) throws(JournalError) {
    bytes = try read(at: offset, count: count)
  }

  package func write(_ bytes: [UInt8], at offset: Int) throws(JournalError) {
    try write(bytes.span, at: offset)
  }

  /// Position of the last byte that is not zero at or after `offset`, or `nil`.
  package func lastByteSet(from offset: Int) throws(JournalError) -> Int? {
    let chunk = 1 << 20
    var end = try size()
    while end > offset {
      let start = max(offset, end - chunk)
      let bytes = try read(at: start, count: end - start)
      if !bytes.isZero, let index = bytes.lastIndex(where: { $0 != 0 }) { return start + index }
      end = start
    }
    return nil
  }

  /// Writes zeros over everything from `offset` on, and past the end up to `size`.
  ///
  /// Space that was only reserved costs a change of the file system's own records at the first sync
  /// after each write; space that was written before does not.
  ///
  /// - Parameter goesOn: Asked between two pieces; when it says no, the rest stays as it is.
  package func fill(
    from offset: Int, to size: Int, while goesOn: () -> Bool = { true }
  ) throws(JournalError) {
    let zeros = [UInt8](repeating: 0, count: min(1 << 20, max(0, size - offset)))
    var position = offset
    while position < size, goesOn() {
      let count = min(zeros.count, size - position)
      try write(zeros.span.extracting(0..<count), at: position)
      position += count
      // Piece by piece, so that the journal's own syncs never queue behind all of it.
      try sync()
    }
  }
}
