import Glibc
import JSON
import Journal
import Money
import Wire

/// How the journal's findings are printed.
enum JournalText {
  static func verification(_ report: VerificationReport) -> [String] {
    var lines = [
      "batches     \(report.batches)",
      "commands    \(report.commands)",
      "segments    \(report.segments) with \(report.bytes) bytes",
    ]
    if report.start > 0 {
      lines.append("start       the snapshot at batch \(report.start); what is before is not here")
    }
    lines += report.snapshots.map { "snapshot    at batch \($0.sequence): \($0.finding.rawValue)" }
    if let tail = report.tornTail { lines.append("torn tail   \(text(of: tail))") }
    lines.append("head hash   \(Hex.text(report.headHash))")
    lines.append("state hash  \(Hex.text(report.stateHash))")
    return lines
  }

  static func json(of report: VerificationReport) -> JSON {
    .object([
      JSON.Member("ok", .bool(!report.snapshots.contains { $0.finding == .differs })),
      JSON.Member("start", .integer(report.start)),
      JSON.Member("batches", .integer(report.batches)),
      JSON.Member("commands", .integer(report.commands)),
      JSON.Member("segments", .integer(report.segments)),
      JSON.Member("bytes", .integer(report.bytes)),
      JSON.Member("headHash", .string(Hex.text(report.headHash))),
      JSON.Member("stateHash", .string(Hex.text(report.stateHash))),
      JSON.Member("tornTail", report.tornTail.map { .string(text(of: $0)) } ?? .null),
      JSON.Member(
        "snapshots",
        .array(
          report.snapshots.map { snapshot in
            .object([
              JSON.Member("batch", .integer(snapshot.sequence)),
              JSON.Member("finding", .string(snapshot.finding.rawValue)),
            ])
          })),
    ])
  }

  static func dump(_ batch: JournalBatch) -> [String] {
    ["batch \(batch.sequence) term \(batch.term) \(Hex.text(batch.hash))"]
      + batch.entries.map { "  \($0.time.milliseconds) \(ValueText.text(of: $0.command))" }
  }

  static func json(of batch: JournalBatch) -> JSON {
    .object([
      JSON.Member("batch", .integer(batch.sequence)),
      JSON.Member("term", .integer(batch.term)),
      JSON.Member("previous", .string(Hex.text(batch.previous))),
      JSON.Member("hash", .string(Hex.text(batch.hash))),
      JSON.Member("eventsDigest", .string(Hex.text(batch.eventsDigest))),
      JSON.Member(
        "entries",
        .array(
          batch.entries.map { entry in
            .object([
              JSON.Member("time", .integer(entry.time.milliseconds)),
              JSON.Member("command", .string(ValueText.text(of: entry.command))),
            ])
          })),
    ])
  }

  static func statistics(_ statistics: JournalStatistics) -> [String] {
    statistics.segments.map { segment in
      let first = segment.first.map { " from \($0)" } ?? ""
      let place = segment.isArchived ? ", archived" : ""
      return "\(segment.path)\(place): \(segment.batches) batches\(first), \(segment.usedBytes) of "
        + "\(segment.fileBytes) bytes"
    } + [
      "batches    \(statistics.batches)"
        + (statistics.first > 1 ? ", those before \(statistics.first) archived" : ""),
      "term       \(statistics.term)",
      "commands   \(statistics.entries)",
      "snapshots  "
        + (statistics.snapshots.isEmpty
          ? "none" : statistics.snapshots.map(String.init).joined(separator: ", ")),
      "head hash  \(Hex.text(statistics.headHash))",
    ]
  }

  static func json(of statistics: JournalStatistics) -> JSON {
    .object([
      JSON.Member("firstBatch", .integer(statistics.first)),
      JSON.Member("batches", .integer(statistics.batches)),
      JSON.Member("term", .integer(statistics.term)),
      JSON.Member("commands", .integer(statistics.entries)),
      JSON.Member("headHash", .string(Hex.text(statistics.headHash))),
      JSON.Member("snapshots", .array(statistics.snapshots.map { .integer($0) })),
      JSON.Member(
        "segments",
        .array(
          statistics.segments.map { segment in
            .object([
              JSON.Member("path", .string(segment.path)),
              JSON.Member("batches", .integer(segment.batches)),
              JSON.Member("firstBatch", segment.first.map { .integer($0) } ?? .null),
              JSON.Member("usedBytes", .integer(segment.usedBytes)),
              JSON.Member("fileBytes", .integer(segment.fileBytes)),
              JSON.Member("archived", .bool(segment.isArchived)),
            ])
          })),
    ])
  }

  static func archived(_ moved: [String]) -> [String] {
    moved.isEmpty ? ["nothing to move: no segment lies wholly before the oldest snapshot"] : moved
  }

  static func json(ofArchived moved: [String]) -> JSON {
    .object([
      JSON.Member("ok", .bool(true)), JSON.Member("moved", .array(moved.map { .string($0) })),
    ])
  }

  static func json(of error: JournalError) -> JSON {
    var members = [
      JSON.Member("ok", .bool(false)), JSON.Member("error", .string(String(describing: error))),
    ]
    if case .damaged(let damage) = error {
      members += [
        JSON.Member("file", .string(damage.file)), JSON.Member("batch", .integer(damage.batch)),
        JSON.Member("offset", .integer(damage.offset)),
        JSON.Member("problem", .string(String(describing: damage.problem))),
      ]
    }
    return .object(members)
  }

  /// Writes a line to the standard error stream, so that what is printed stays readable by programs.
  static func complain(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
  }

  private static func text(of tail: TornTail) -> String {
    "\(tail.count) bytes of the unfinished batch \(tail.batch) at offset \(tail.offset) of "
      + "\(tail.file); the next start cuts them off"
  }
}
