/// The folder of numbered segment files that a journal consists of.
///
/// Segments count from 1 without gaps. Each is filled with zeros up to its size in advance, so a
/// batch neither changes the file's length nor needs new space; zeros after a batch mean that
/// nothing follows it.
package struct Segments: Sendable {
  package let folder: String

  /// Names the segments of the data folder `directory`.
  package init(directory: String) { folder = directory + "/journal" }

  package func path(_ number: Int) -> String {
    let digits = String(number)
    let zeros = String(repeating: "0", count: max(0, 8 - digits.count))
    return "\(folder)/\(zeros)\(digits).log"
  }

  package func exists(_ number: Int) -> Bool { Directory.exists(path(number)) }

  /// Number of the last segment, 0 when there is none.
  ///
  /// - Throws: ``JournalError/damaged(_:)`` when a segment before it is missing.
  package func last() throws(JournalError) -> Int {
    var last = 0
    for name in try Directory.names(folder) where name.hasSuffix(".log") {
      guard let number = Int(name.dropLast(4)), number > 0, path(number) == "\(folder)/\(name)"
      else { continue }
      guard number == last + 1 else {
        throw .damaged(
          JournalDamage(
            file: path(last + 1), batch: try firstSequence(of: last + 1), offset: 0,
            problem: .segmentMissing))
      }
      last = number
    }
    return last
  }

  /// The first batch a missing segment must have held: the one after the last of the one before.
  private func firstSequence(of missing: Int) throws(JournalError) -> UInt64 {
    guard missing > 1 else { return 1 }
    var cursor = JournalCursor(segments: self)
    while try cursor.next() != nil {}
    return cursor.expected
  }

  /// Sequence and previous hash of the first batch in a segment, when its header is readable.
  package func firstHeader(of number: Int) throws(JournalError) -> BatchHeader? {
    let file = try DurableFile(path: path(number), mode: .read)
    let start = try file.read(at: 0, count: BatchHeader.count)
    return try? BatchHeader(start)
  }
}
