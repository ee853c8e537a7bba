import ArgumentParser
import Glibc
import JSON
import Journal
import Wire

/// Looks at a journal from outside: without a running server, or beside one.
struct JournalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal",
    abstract: "Check, print, measure or archive the journal of an exchange.",
    discussion: "All but 'archive' change nothing, and all may run beside the server.",
    subcommands: [Verify.self, Dump.self, Stat.self, Archive.self])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Execute the whole journal again and print the state hash.",
      discussion: """
        Starts from the first batch and trusts no snapshot: checks the chain of hashes, compares the \
        events of each batch with what its writer recorded, and each snapshot with the state reached. \
        Two machines that print the same state hash hold the same exchange. Where old segments are in \
        an archive, name it, or the check starts at the oldest snapshot. Ends with status 1 when \
        anything is damaged, naming file, batch, offset and the part of the batch.

        Examples:
          holdfast journal verify /var/lib/holdfast
          holdfast journal verify /var/lib/holdfast --archive /mnt/archive --json
        """)

    @OptionGroup var target: JournalTarget

    func run() throws {
      let reader = try target.reader()
      var meter = ProgressMeter()
      let report: VerificationReport
      do throws(JournalError) {
        report = try reader.verify { meter.show($0) }
      } catch {
        try target.fail(error)
      }
      let differs = report.snapshots.contains { $0.finding == .differs }
      target.print(JournalText.verification(report), JournalText.json(of: report))
      if differs { throw ExitCode.failure }
    }
  }

  struct Dump: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print batches with their commands, oldest first.",
      discussion: """
        Times are milliseconds since 1970. With --json, each batch is one line of JSON.

        Example:
          holdfast journal dump /var/lib/holdfast --after 100 --count 5
        """)

    @OptionGroup var target: JournalTarget

    @Option(help: "Begin behind this batch.")
    var after: UInt64 = 0

    @Option(help: "Stop after so many batches; all of them by default.")
    var count: UInt64?

    func run() throws {
      let reader = try target.reader()
      let (sum, overflow) = after.addingReportingOverflow(count ?? .max)
      let last = overflow ? UInt64.max : sum
      var next = after
      do throws(JournalError) {
        while next < last {
          let batches = try reader.batches(after: next)
          for batch in batches where batch.sequence <= last {
            target.print(JournalText.dump(batch), JournalText.json(of: batch))
          }
          guard let end = batches.last else { break }
          next = end.sequence
        }
      } catch {
        try target.fail(error)
      }
    }
  }

  struct Stat: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print sizes, counts and the head, without executing a command.",
      discussion: """
        Reads every batch that is there and checks the chain of hashes.

        Example:
          holdfast journal stat /var/lib/holdfast --json
        """)

    @OptionGroup var target: JournalTarget

    func run() throws {
      let reader = try target.reader()
      do throws(JournalError) {
        let statistics = try reader.statistics()
        target.print(JournalText.statistics(statistics), JournalText.json(of: statistics))
      } catch {
        try target.fail(error)
      }
    }
  }
}

extension JournalCommand {
  struct Archive: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Move segments that no start needs any more to another folder.",
      discussion: """
        Moves the segments that lie wholly before the oldest snapshot, oldest first. Every snapshot is \
        read back before, every batch of a segment before it moves, and the copy before the original \
        goes; nothing moves when any of it is damaged. The server does the same by itself when its \
        configuration names an archive folder. To put segments back, move the files back.

        Example:
          holdfast journal archive /var/lib/holdfast --to /mnt/archive
        """)

    @OptionGroup var target: JournalTarget

    @Option(help: "Folder for the old segments; created when missing.")
    var to: String

    func run() throws {
      let reader = try target.reader()
      do throws(JournalError) {
        let moved = try reader.archive(to: to) { path in
          if !target.json { JournalText.complain("moved \(path)") }
        }
        target.print(JournalText.archived(moved), JournalText.json(ofArchived: moved))
      } catch {
        try target.fail(error)
      }
    }
  }
}

/// What every subcommand takes.
struct JournalTarget: ParsableArguments {
  @Argument(help: "Data folder of the exchange: the one with the folder 'journal' in it.")
  var folder: String

  @Option(help: "Folder to which old segments were moved, if they were.")
  var archive: String?

  @Flag(help: "Print JSON.")
  var json = false

  func reader() throws -> JournalReader {
    let reader = JournalReader(directory: folder, archive: archive)
    guard reader.exists else {
      JournalText.complain(
        "error: \(folder): no journal here; \(folder)/journal is missing or empty")
      throw ExitCode.failure
    }
    return reader
  }

  func print(_ lines: [String], _ value: JSON) {
    Swift.print(json ? value.description : lines.joined(separator: "\n"))
  }

  /// Says what is wrong and ends with status 1.
  func fail(_ error: JournalError) throws -> Never {
    if json { Swift.print(JournalText.json(of: error)) }
    JournalText.complain("error: \(error)")
    throw ExitCode.failure
  }
}

/// Shows how far a long verification has come: nothing in the first two seconds, then a line a
/// second.
private struct ProgressMeter {
  private let clock = ContinuousClock()
  private var next: ContinuousClock.Instant

  init() { next = clock.now.advanced(by: .seconds(2)) }

  mutating func show(_ progress: VerificationProgress) {
    let now = clock.now
    guard now >= next else { return }
    next = now.advanced(by: .seconds(1))
    let percent = progress.totalBytes == 0 ? 100 : progress.bytes * 100 / progress.totalBytes
    JournalText.complain(
      "verified \(percent)%: \(progress.batches) batches, \(progress.commands) commands")
  }
}
