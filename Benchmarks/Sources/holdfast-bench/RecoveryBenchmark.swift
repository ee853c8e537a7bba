import Engine
import Foundation
import Journal

/// A journal on disk, executed again: how fast, and how long a start takes with and without a
/// snapshot.
enum RecoveryBenchmark {
  /// Commands that are written as one batch.
  private static let batch = 512

  static func run(_ workload: Workload, passes: Int, folder: String) async throws -> Section {
    let directory = folder + "/recovery"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await write(workload, to: directory)
    let reader = JournalReader(directory: directory)
    let statistics = try reader.statistics()
    let commands = Double(statistics.entries)
    let bytes = statistics.segments.reduce(0) { $0 + $1.usedBytes }
    var section = Section(
      "Replay and recovery",
      contains: "a journal of \(statistics.entries) commands in \(statistics.batches) batches of "
        + "up to \(batch); every pass compares the hash chain and each batch's digest of events")
    var replay: [Double] = []
    var processor: [Double] = []
    for _ in 0..<passes {
      let elapsed = try ProcessorTime.measure {
        let replica = try reader.replay()
        guard replica.sequence == statistics.batches else {
          throw BenchmarkError("the replay ended at batch \(replica.sequence)")
        }
      }
      replay.append(commands / elapsed.wall)
      processor.append(elapsed.processor * 1e9 / commands)
    }
    let cold = try await starts(directory, passes: passes)
    let sequencer = try Sequencer.open(directory: directory, clock: wallClock)
    let checkpoint = try await sequencer.snapshot()
    await sequencer.shutdown()
    let warm = try await starts(directory, passes: passes)
    guard checkpoint.sequence == statistics.batches else {
      throw BenchmarkError("the snapshot is at batch \(checkpoint.sequence)")
    }
    section.figures = [
      Figure("journal per command", "bytes", [Double(bytes) / commands]),
      Figure("replay", "commands/s", replay),
      Figure("replay, processor time per command", "ns", processor),
      Figure("start without a snapshot", "ms", cold),
      Figure("start from a snapshot at the head", "ms", warm),
    ]
    return section
  }

  private static func write(_ workload: Workload, to directory: String) async throws {
    var options = SequencerOptions()
    options.snapshotEvery = 0
    options.snapshotAtShutdown = false
    let sequencer = try Sequencer.open(directory: directory, options: options, clock: wallClock)
    _ = try await sequencer.submit(workload.preparation)
    var next = 0
    while next < workload.commands.count {
      let end = min(next + batch, workload.commands.count)
      _ = try await sequencer.submit(Array(workload.commands[next..<end]))
      next = end
    }
    await sequencer.shutdown()
  }

  private static func starts(_ directory: String, passes: Int) async throws -> [Double] {
    var options = SequencerOptions()
    options.snapshotEvery = 0
    options.snapshotAtShutdown = false
    var milliseconds: [Double] = []
    for _ in 0..<passes {
      let start = ContinuousClock.now
      let sequencer = try Sequencer.open(directory: directory, options: options, clock: wallClock)
      milliseconds.append(start.duration(to: .now).seconds * 1000)
      await sequencer.shutdown()
    }
    return milliseconds
  }
}

/// Why a figure could not be measured.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
