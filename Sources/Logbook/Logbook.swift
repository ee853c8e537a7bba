// Logbook owns one thing: a file of records that only grows, chained by hash, on disk before it
// counts, with a second file that remembers how far it had grown. It refuses to know what the
// records mean.
//
// What it detects by itself: a changed, removed or reordered record, a file cut back, and a file
// exchanged for an older copy of itself, as long as the head file beside it is the newer one. What it
// cannot detect alone: both files put back together to an older copy. For that, whoever depends on
// the records compares ``position`` with one remembered elsewhere; see ``contains(_:)``.
import Cryptography
import Wire

/// Why a logbook cannot be used.
public enum LogbookError: Error, Equatable, Sendable {
  /// A record before the end is not what was written.
  case damaged(record: UInt64, problem: String)
  /// The head file remembers more records than the file has, or other ones.
  case rolledBack(has: UInt64, remembered: UInt64)
  /// The head file is gone while the records are there, or cannot be read.
  case headMissing
  /// Another process holds the file.
  case inUse(path: String)
  /// A record above the limit.
  case recordTooLong(bytes: Int, limit: Int)
  /// A write failed earlier; the end of the file is uncertain until it is opened again.
  case failedEarlier
  /// The system refused.
  case system(call: String, path: String, reason: String)
}

/// A place in a logbook.
public struct LogbookPosition: Hashable, Sendable {
  /// Records up to here; 0 is the empty book.
  public var sequence: UInt64
  /// The chain's hash there, 32 bytes.
  public var hash: [UInt8]

  public init(sequence: UInt64, hash: [UInt8]) {
    self.sequence = sequence
    self.hash = hash
  }
}

/// An append-only, hash-chained, durable list of records. One owner at a time.
///
/// A record on disk is its length (u32), its bytes, and SHA-256 over domain, previous hash and bytes.
public final class Logbook {
  /// Longest record in bytes.
  public static let recordLimit = 1 << 20

  /// Where the book stands. Everything up to here is on disk.
  public private(set) var position: LogbookPosition
  private let file: LogbookFile
  private let head: LogbookHead
  private let domain: String
  private var hashes: [[UInt8]]
  private var hasFailed = false

  /// Opens the book at `path`, or begins it, and hands each record to `replay` in order.
  ///
  /// A record torn by a crash before it counted is cut off.
  ///
  /// - Parameters:
  ///   - path: The records; the head is beside it under the same name and ".head".
  ///   - domain: Tells books of different kinds apart; part of every hash.
  public init(
    path: String, domain: String, replay: ([UInt8]) throws(LogbookError) -> Void
  ) throws(LogbookError) {
    file = try LogbookFile(path: path)
    head = try LogbookHead(path: path + ".head")
    self.domain = domain
    let bytes = try file.readAll()
    let remembered = try head.read()
    if remembered == nil, !bytes.isEmpty { throw .headMissing }
    let start = [UInt8](repeating: 0, count: 32)
    var found = LogbookPosition(sequence: 0, hash: start)
    hashes = [start]
    var offset = 0
    while let record = try Self.record(
      in: bytes, at: offset, after: found, domain: domain, remembered: remembered)
    {
      try replay(record.bytes)
      found = LogbookPosition(sequence: found.sequence + 1, hash: record.hash)
      hashes.append(record.hash)
      offset += 4 + record.bytes.count + 32
      if let remembered, remembered.sequence == found.sequence, remembered.hash != found.hash {
        throw .damaged(record: found.sequence, problem: "not the record that the head remembers")
      }
    }
    position = found
    if let remembered, remembered.sequence > found.sequence {
      throw .rolledBack(has: found.sequence, remembered: remembered.sequence)
    }
    if offset < bytes.count { try file.truncate(to: offset) }
    if remembered != position { try head.write(position) }
  }

  /// Hands each record of the book at `path` to `body`, whether or not somebody has it open; a torn one
  /// at the end is left out. Nothing is changed.
  public static func read(
    path: String, domain: String, _ body: ([UInt8]) throws(LogbookError) -> Void
  ) throws(LogbookError) {
    // The head first: meanwhile the file only grows.
    let remembered = try LogbookHead(reading: path + ".head").read()
    let bytes = try LogbookFile(reading: path).readAll()
    var found = LogbookPosition(sequence: 0, hash: [UInt8](repeating: 0, count: 32))
    var offset = 0
    while let record = try Self.record(
      in: bytes, at: offset, after: found, domain: domain, remembered: remembered)
    {
      try body(record.bytes)
      found = LogbookPosition(sequence: found.sequence + 1, hash: record.hash)
      offset += 4 + record.bytes.count + 32
    }
    if let remembered, remembered.sequence > found.sequence {
      throw .rolledBack(has: found.sequence, remembered: remembered.sequence)
    }
  }

  /// Appends `record`; when this returns, it is on disk and remembered by the head.
  public func append(_ record: [UInt8]) throws(LogbookError) { try append(all: [record]) }

  /// Appends `records` with one write; when this returns, all are on disk and remembered by the
  /// head. A crash in between may leave the first of them.
  public func append(all records: [[UInt8]]) throws(LogbookError) {
    guard !hasFailed else { throw .failedEarlier }
    guard !records.isEmpty else { return }
    var writer = ByteWriter()
    var next = position
    var added: [[UInt8]] = []
    for record in records {
      guard record.count <= Self.recordLimit else {
        throw .recordTooLong(bytes: record.count, limit: Self.recordLimit)
      }
      let hash = Self.hash(record, after: next.hash, domain: domain)
      writer.write(record)
      writer.write(fixed: hash)
      next = LogbookPosition(sequence: next.sequence + 1, hash: hash)
      added.append(hash)
    }
    do throws(LogbookError) {
      try file.append(writer.bytes)
    } catch {
      // A disk that was full may have room later: without the torn record the book is whole again.
      hasFailed = !(error.isRefusedWrite && file.takesBackFailedAppend())
      throw error
    }
    do throws(LogbookError) { try head.write(next) } catch {
      hasFailed = true
      throw error
    }
    position = next
    hashes += added
  }

  /// Whether the book went through `position`: false when it has been rolled back behind it or
  /// begun anew since.
  public func contains(_ position: LogbookPosition) -> Bool {
    position.sequence < UInt64(hashes.count) && hashes[Int(position.sequence)] == position.hash
  }

  /// Where the book stood after its record `sequence`, counted from 1; 0 is the empty book.
  public func position(at sequence: UInt64) -> LogbookPosition? {
    guard sequence < UInt64(hashes.count) else { return nil }
    return LogbookPosition(sequence: sequence, hash: hashes[Int(sequence)])
  }

  private static func hash(_ record: [UInt8], after hash: [UInt8], domain: String) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(domain)
    writer.write(fixed: hash)
    writer.write(fixed: record)
    return SHA256.hash(writer.bytes)
  }

  /// Returns the whole record at `offset`, or `nil` at the end or where only a torn one is left.
  private static func record(
    in bytes: [UInt8], at offset: Int, after position: LogbookPosition, domain: String,
    remembered: LogbookPosition?
  ) throws(LogbookError) -> (bytes: [UInt8], hash: [UInt8])? {
    guard offset < bytes.count else { return nil }
    let number = position.sequence + 1
    var reader = ByteReader(Array(bytes[offset..<min(bytes.count, offset + recordLimit + 36)]))
    var problem = "cut short"
    if let record = try? reader.read([UInt8].self, limit: recordLimit),
      let hash = try? reader.read(fixed: 32)
    {
      if hash == self.hash(record, after: position.hash, domain: domain) { return (record, hash) }
      problem = "its hash does not follow from its bytes and the record before"
    }
    // Behind the head a record never counted: the crash came before its owner acted on it.
    guard let remembered, remembered.sequence >= number else { return nil }
    throw .damaged(record: number, problem: problem)
  }
}

extension LogbookError {
  /// Whether the system refused to take bytes, in contrast to having lost some that it had taken.
  fileprivate var isRefusedWrite: Bool {
    if case .system(call: "pwrite", _, _) = self { true } else { false }
  }
}

extension LogbookError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .damaged(let record, let problem): "record \(record) is damaged: \(problem)"
    case .rolledBack(let has, let remembered):
      "rolled back: \(has) records, but its head remembers \(remembered)"
    case .headMissing: "the head file is missing or unreadable beside existing records"
    case .inUse(let path): "\(path) is in use by another process"
    case .recordTooLong(let bytes, let limit):
      "a record of \(bytes) bytes; allowed at most \(limit)"
    case .failedEarlier: "a write failed earlier; start again to continue"
    case .system(let call, let path, let reason): "\(path): \(call) failed: \(reason)"
    }
  }
}
