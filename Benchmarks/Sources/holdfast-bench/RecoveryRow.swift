import Engine
import ExchangeFlow
import Foundation
import Journal
import Money
import OrderFlow

/// The start of an exchange on a long journal, as after a crash: newest snapshot, then the rest.
enum RecoveryRow {
  static func run(_ laboratory: Laboratory, commands: Int, _ report: inout Report) throws {
    Laboratory.say("writing a journal of \(commands) commands")
    let directory = laboratory.scratch + "/recovery"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let workload = OrderFlow(.crypto, commands: commands).generate()
    let feed = try DurableFeed(workload, groupSize: 256)
    var options = SequencerOptions()
    options.snapshotAtShutdown = false
    let sequencer = try Sequencer.open(directory: directory, options: options, clock: Wall.clock)
    let submission = Submission(sequencer)
    for groups in [feed.preparation, feed.prefill, feed.groups] { try submission.run(groups) }
    let end = sequencer.head.sequence
    try waitFor { await sequencer.shutdown() }
    let snapshots = try FileManager.default.contentsOfDirectory(
      atPath: directory + "/snapshots"
    ).count { $0.hasSuffix(".snapshot") }
    var seconds: [Double] = []
    for _ in 0..<min(laboratory.passes, 3) {
      Laboratory.say("measuring recovery")
      let begin = ContinuousClock.now
      let opened = try Sequencer.open(directory: directory, options: options, clock: Wall.clock)
      seconds.append(begin.duration(to: .now).seconds)
      let head = opened.head.sequence
      try waitFor { await opened.shutdown() }
      guard head == end else { throw BenchmarkError("recovery ended at batch \(head) of \(end)") }
    }
    report.rows.append(
      Row(
        "recovery of a journal of \(commands) commands with snapshots", unit: "s",
        commit: .atMost(10), aim: .atMost(10), measured: seconds.median,
        note: "newest of \(snapshots) snapshots, then the tail; nothing was written at the end, as "
          + "after a crash"))
  }
}
