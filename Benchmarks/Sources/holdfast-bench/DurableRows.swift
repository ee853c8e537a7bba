import Engine
import ExchangeFlow
import Foundation
import Journal
import Money
import OrderFlow

/// The whole core with its journal on the disk: how fast it becomes durable, how many postings that is, and
/// how fast it replays.
enum DurableRows {
  /// Passes that also run TigerBeetle's benchmark: it takes ten seconds.
  private static let ledgerPasses = 3

  static func run(_ laboratory: Laboratory, _ report: inout Report) throws {
    let path = try laboratory.file(OrderFlow(.crypto, commands: laboratory.commands))
    let workload = try Workload(path: path)
    let feed = try DurableFeed(workload, groupSize: 256)
    let live = try laboratory.own("core", "live", path)
    defer { live.end() }
    let bare = try laboratory.peer("cpptrader", path) ?? laboratory.peer("plain", path)
    defer { bare?.end() }
    var bareTimes: [Double] = []
    var durable: [Double] = []
    var processor: [Double] = []
    var replay: [Double] = []
    var inMemory: [Double] = []
    var postings: [Double] = []
    var batches: [Double] = []
    var peer: [Double] = []
    for pass in 0...laboratory.passes {
      Laboratory.say("measuring the durable core, pass \(pass) of \(laboratory.passes)")
      let liveTime = try live.nanosecondsPerCommand()
      let bareTime = try bare?.nanosecondsPerCommand()
      let directory = "\(laboratory.scratch)/durable-\(pass)"
      defer { try? FileManager.default.removeItem(atPath: directory) }
      let run = try measure(feed, workload, directory)
      if pass > 0 {
        durable.append(run.nanoseconds / Double(feed.count))
        processor.append(run.processorNanoseconds / Double(feed.count))
        replay.append(run.replayNanoseconds / Double(feed.count))
        inMemory.append(liveTime)
        if let bareTime { bareTimes.append(bareTime) }
        postings.append(Double(run.postings) * 1e9 / run.nanoseconds)
        batches.append(Double(feed.count) / Double(run.batches))
      }
      if (1...Self.ledgerPasses).contains(pass),
        let transfers = try TigerBeetle.transfersPerSecond(laboratory)
      {
        peer.append(transfers)
      }
    }
    report.sections.append(
      Section(
        "Durable core, crypto 1x1k",
        contains:
          "\(feed.count) commands in groups of 256 through the sequencer; the time ends with "
          + "the answer to the last, after its fdatasync. The threads of the core and of the journal "
          + "use both processors. The journal is replayed from its first batch, every hash and "
          + "digest compared, and its trades are verified",
        [
          Figure("durable", "ns a command", durable),
          Figure("processor time of all threads", "ns a command", processor),
          Figure("commands in a batch", "", batches),
          Figure("in memory, same rounds", "ns a command", inMemory),
          Figure("replay", "ns a command", replay),
          Figure("postings", "1/s", postings),
        ]))
    report.rows.append(durableRow(durable, bare?.name, bareTimes))
    report.rows.append(postingsRow(postings, peer))
    report.rows.append(
      Row(
        "replay / live speed in memory", commit: .atLeast(1), aim: .atLeast(1.5),
        measured: zip(inMemory, replay).map { $0 / $1 }.median,
        note: "live \(Figure.text(inMemory.median)) ns a command, replay "
          + "\(Figure.text(replay.median)) ns with reading, hashes and digests"))
  }

  private static func durableRow(_ durable: [Double], _ peer: String?, _ bare: [Double]) -> Row {
    let own = "\(Figure.text(durable.median)) ns a command"
    let note =
      peer.map { peer in
        "\(own), and \(Figure.text(bare.median)) ns of "
          + (peer == "cpptrader" ? "CppTrader" : "the yardstick \(peer), which stands in")
      } ?? "\(own); neither peer nor compiler there"
    return Row(
      "whole core durable / CppTrader's bare book in memory, crypto 1x1k", commit: .atMost(1.5),
      aim: .atMost(1), measured: peer == nil ? nil : zip(durable, bare).map { $0 / $1 }.median,
      note: note)
  }

  private static func postingsRow(_ postings: [Double], _ peer: [Double]) -> Row {
    let own =
      "\(Figure.text(postings.median)) postings a second (an order's hold 1, its release 1, a "
      + "fill 4 pairs of debit and credit)"
    return Row(
      "durable ledger postings / TigerBeetle's transfers, same disk", unit: "x",
      commit: .atLeast(5), aim: .atLeast(20),
      measured: peer.isEmpty ? nil : zip(postings, peer).map { $0 / $1 }.median,
      note: peer.isEmpty
        ? own
          + "; no TigerBeetle there. Its own benchmark came to 509 k transfers a second on a machine "
          + "of this kind; that was not measured in this run"
        : own
          + "; its own benchmark came to \(Figure.text(peer.median)) transfers a second, which it "
          + "also stores and indexes one by one")
  }

  private struct Run {
    var nanoseconds = 0.0
    var processorNanoseconds = 0.0
    var replayNanoseconds = 0.0
    var postings = 0
    var batches: UInt64 = 0
  }

  private static func measure(
    _ feed: DurableFeed, _ workload: Workload, _ directory: String
  ) throws -> Run {
    var run = Run()
    var options = SequencerOptions()
    options.snapshotEvery = 0
    options.snapshotEveryCommands = 0
    options.snapshotAtShutdown = false
    let sequencer = try Sequencer.open(directory: directory, options: options, clock: Wall.clock)
    let submission = Submission(sequencer)
    try submission.run(feed.preparation)
    try submission.run(feed.prefill)
    let first = sequencer.head.sequence
    let processor = ProcessorTime.ofProcess
    let begin = ContinuousClock.now
    try submission.run(feed.groups)
    run.nanoseconds = Double(begin.duration(to: .now).nanoseconds)
    run.processorNanoseconds = Double(ProcessorTime.ofProcess - processor)
    run.batches = max(1, sequencer.head.sequence - first)
    try waitFor { await sequencer.shutdown() }
    let reader = JournalReader(directory: directory)
    // Timed from the first timed batch on: the state before comes first, untimed.
    var replica: Replica?
    let whole = try time { replica = try reader.replay(after: .max - 1) }
    let before = try time { _ = try reader.replay(after: .max - 1, through: first) }
    run.replayNanoseconds = Double(whole - before)
    guard replica?.sequence == first + run.batches else {
      throw BenchmarkError("the replay ended before the journal")
    }
    run.postings = try verify(reader, after: first, workload, feed)
    return run
  }

  private static func time(_ body: () throws -> Void) rethrows -> UInt64 {
    let begin = ContinuousClock.now
    try body()
    return begin.duration(to: .now).nanoseconds
  }

  /// Compares the journal's trades with the workload's and counts the postings that it holds.
  private static func verify(
    _ reader: JournalReader, after first: UInt64, _ workload: Workload, _ feed: DurableFeed
  ) throws -> Int {
    var check = TradeVerification(workload, translation: feed.translation)
    _ = try reader.replay(after: 0) { batch in
      check.add(batch.entries.flatMap(\.events), isTimed: batch.sequence > first)
    }
    guard check.isEqual else {
      throw BenchmarkError("the journal's trades are not those of the workload")
    }
    return check.postings
  }
}
