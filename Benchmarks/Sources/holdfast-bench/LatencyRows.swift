import ExchangeFlow
import Foundation
import Journal
import Money
import OrderFlow
import Synchronization

/// From an order's arrival to its durable acknowledgement, at a fixed rate whatever the exchange does: what
/// waits in a queue is counted.
enum LatencyRows {
  private struct Rate {
    let name: String
    let perSecond: Int
    /// Commands that arrive together. Their time runs from each one's own arrival.
    let group: Int
    let commit: Double
    let aim: Double
  }

  static func run(_ laboratory: Laboratory, _ report: inout Report) throws {
    for rate in [
      Rate(name: "100 k/s", perSecond: 100_000, group: 1, commit: 3, aim: 1.5),
      Rate(name: "1 M/s", perSecond: 1_000_000, group: 16, commit: 6, aim: 3),
    ] {
      try run(rate, laboratory, &report)
    }
  }

  private static func run(_ rate: Rate, _ laboratory: Laboratory, _ report: inout Report) throws {
    let commands = min(laboratory.commands, rate.perSecond)
    let workload = try Workload(path: laboratory.file(OrderFlow(.crypto, commands: commands)))
    let feed = try DurableFeed(workload, groupSize: rate.group)
    var p50: [Double] = []
    var p99: [Double] = []
    var sync: [Double] = []
    for pass in 0...laboratory.passes {
      Laboratory.say("measuring acknowledgements at \(rate.name), pass \(pass)")
      let before = try DiskProbe.run(folder: laboratory.scratch, count: 300)
      let times = try measure(feed, rate, "\(laboratory.scratch)/open-loop-\(pass)")
      let after = try DiskProbe.run(folder: laboratory.scratch, count: 300)
      guard pass > 0 else { continue }
      sync.append((before.microseconds(0.5) + after.microseconds(0.5)) / 2)
      p50.append(times.microseconds(0.5))
      p99.append(times.microseconds(0.99))
    }
    report.sections.append(
      Section(
        "Order to durable acknowledgement at \(rate.name)",
        contains: "open loop: \(commands) commands arrive evenly at \(rate.name), "
          + "\(rate.group == 1 ? "one by one" : "handed over in groups of \(rate.group)"); time from "
          + "each one's scheduled arrival to its answer; no network",
        [
          Figure("p50", "µs", p50), Figure("p99", "µs", p99),
          Figure("fdatasync p50, before and after each pass", "µs", sync),
        ]))
    report.rows.append(
      Row(
        "order to durable acknowledgement p50 / fdatasync p50, \(rate.name)",
        commit: .atMost(rate.commit), aim: .atMost(rate.aim),
        measured: zip(p50, sync).map { $0 / $1 }.median,
        note: "\(Figure.text(p50.median)) µs and \(Figure.text(sync.median)) µs"))
  }

  private static func measure(
    _ feed: DurableFeed, _ rate: Rate, _ directory: String
  ) throws -> Distribution {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var options = SequencerOptions()
    options.snapshotEvery = 0
    options.snapshotEveryCommands = 0
    options.snapshotAtShutdown = false
    let sequencer = try Sequencer.open(directory: directory, options: options, clock: Wall.clock)
    let submission = Submission(sequencer)
    try submission.run(feed.preparation)
    try submission.run(feed.prefill)
    let arrivals = Arrivals(count: feed.groups.count)
    let pause = 1e9 * Double(rate.group) / Double(rate.perSecond)
    let begin = Monotonic.now + 1_000_000
    for (index, group) in feed.groups.enumerated() {
      // A group is complete when its last command has arrived.
      let due = begin + UInt64(pause * Double(index + 1))
      while Monotonic.now < due { Pause.yield() }
      submission.submit(group) { arrivals.answer(index, at: Monotonic.now) }
    }
    try submission.finish()
    try waitFor { await sequencer.shutdown() }
    let each = 1e9 / Double(rate.perSecond)
    var times: [UInt64] = []
    for (index, answered) in arrivals.answers.enumerated() {
      for number in 0..<feed.groups[index].count {
        let arrival = begin + UInt64(pause * Double(index) + each * Double(number + 1))
        times.append(answered - min(answered, arrival))
      }
    }
    return Distribution(times)
  }
}

/// When each group was answered; written by the journal's thread alone, read when all are.
private final class Arrivals: Sendable {
  private let times: Mutex<[UInt64]>

  init(count: Int) { times = Mutex(Array(repeating: 0, count: count)) }

  func answer(_ index: Int, at time: UInt64) { times.withLock { $0[index] = time } }

  var answers: [UInt64] { times.withLock { $0 } }
}
