import Engine
import Foundation
import Journal
import Money
import Synchronization

/// Orders through the sequencer to the disk and back: what a gateway waits for.
enum DurableBenchmark {
  /// A mix that many submitters draw from.
  private final class SharedMix: Sendable {
    private let mix: Mutex<OrderMix>

    init(_ mix: OrderMix) { self.mix = Mutex(mix) }

    func next() -> Command { mix.withLock { $0.next() } }
    func observe(_ events: [Event]) {
      mix.withLock { mix in for event in events { mix.observe(event) } }
    }
  }

  private struct Pass {
    var perSecond: Double
    var perBatch: Double
    var times: Distribution
    var refused: Int
  }

  /// - Parameter submitters: Each sends its next command when the last one is durable.
  static func run(
    seed: UInt64, customers: Int, depth: Int, submitters: Int, count: Int, passes: Int,
    folder: String
  ) async throws -> Section {
    var measured: [Pass] = []
    for pass in 0..<passes {
      measured.append(
        try await self.pass(
          seed: seed + UInt64(pass), customers: customers, depth: depth, submitters: submitters,
          count: count, directory: "\(folder)/durable-\(submitters)-\(pass)"))
    }
    let refused = measured.map { Double($0.refused) * 100 / Double(count) }.max() ?? 0
    var section = Section(
      "Durable, \(submitters) at a time",
      contains: "\(count) commands, each answered after fdatasync; core, encoding, hash chain and "
        + "events digest included, HTTP not; up to \((refused * 10).rounded() / 10) % refused "
        + "because the order had just ended or the price was the same")
    section.figures = [
      Figure("commands per second", "1/s", measured.map(\.perSecond)),
      Figure("latency p50", "µs", measured.map { $0.times.microseconds(0.5) }),
      Figure("latency p99", "µs", measured.map { $0.times.microseconds(0.99) }),
      Figure("latency p99.9", "µs", measured.map { $0.times.microseconds(0.999) }),
      Figure("commands per batch", "", measured.map(\.perBatch)),
    ]
    return section
  }

  private static func pass(
    seed: UInt64, customers: Int, depth: Int, submitters: Int, count: Int, directory: String
  ) async throws -> Pass {
    var options = SequencerOptions()
    options.snapshotEvery = 0
    options.snapshotAtShutdown = false
    let sequencer = try Sequencer.open(directory: directory, options: options, clock: wallClock)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var filling = OrderMix(seed: seed, customers: customers, depth: depth)
    let setUp = Market(customers: customers).commands + (0..<depth).map { _ in filling.filling() }
    for answer in try await sequencer.submit(setUp) {
      for event in answer.events { filling.observe(event) }
    }
    let mix = SharedMix(filling)
    let before = sequencer.head.sequence
    let clock = ContinuousClock()
    let start = clock.now
    let shares = try await withThrowingTaskGroup(of: (times: [UInt64], refused: Int).self) {
      group in
      for submitter in 0..<submitters {
        let own = count / submitters + (submitter < count % submitters ? 1 : 0)
        group.addTask {
          var times: [UInt64] = []
          times.reserveCapacity(own)
          var refused = 0
          for _ in 0..<own {
            let command = mix.next()
            let start = clock.now
            let answer = try await sequencer.submit(command)
            times.append(start.duration(to: clock.now).nanoseconds)
            if answer.refusal != nil { refused += 1 }
            mix.observe(answer.events)
          }
          return (times, refused)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let elapsed = start.duration(to: clock.now)
    let batches = sequencer.head.sequence - before
    await sequencer.shutdown()
    let refused = shares.reduce(0) { $0 + $1.refused }
    return Pass(
      perSecond: Double(count) / elapsed.seconds,
      perBatch: Double(count - refused) / Double(max(1, batches)),
      times: Distribution(shares.flatMap(\.times)), refused: refused)
  }
}

/// The time of this machine.
@Sendable func wallClock() -> Timestamp {
  Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
}
