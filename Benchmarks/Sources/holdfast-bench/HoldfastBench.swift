import ArgumentParser
import Foundation

/// What is measured.
enum Part: String, CaseIterable, ExpressibleByArgument {
  case core, durable, recovery, snapshot, rest
}

/// Measures the exchange. Nothing here is a test and nothing has a threshold.
@main struct HoldfastBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast-bench",
    abstract: "Measure the exchange on this machine.",
    discussion: """
      Prints medians of several passes with the lowest and the highest, beside the machine's facts \
      and the time of one fdatasync on the same disk in the same run. docs/performance.md says what \
      each figure contains.

      The part rest needs an exchange that runs, such as the one that `make run` leaves up, and its \
      accounts file.

      Examples:
        holdfast-bench
        holdfast-bench --part core --part durable --json
        holdfast-bench --part rest --accounts .holdfast/demo/accounts.json
      """)

  @Option(name: .customLong("part"), help: "Measure only this; may be given several times.")
  var parts: [Part] = []

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @Option(help: "Passes for each figure, 1 to 99.")
  var passes = 5

  @Option(help: "Seed of the mix of orders.")
  var seed: UInt64 = 1

  @Option(help: "Timed commands of the core in memory.")
  var commands = 300_000

  @Option(help: "Timed commands of each durable pass.")
  var durableCommands = 100_000

  @Option(help: "Commands in the journal that is recovered.")
  var journalCommands = 1_000_000

  @Option(help: "Customers, an even number.")
  var customers = 1000

  @Option(help: "Orders that rest in the book.")
  var depth = 1000

  @Option(help: "Folder for journals, on the disk that is to be measured; emptied afterwards.")
  var folder = ".holdfast/bench"

  @Option(help: "The accounts file of a running exchange, for the part rest.")
  var accounts: String?

  @Option(help: "Where the running exchange listens, when it is not what the accounts file says.")
  var serveUrl: String?

  @Option(help: "Orders a second that the part rest sends.")
  var restRate = 40.0

  @Option(help: "Orders that the part rest sends over each set of connections.")
  var restOrders = 400

  func validate() throws {
    guard (1...99).contains(passes) else { throw ValidationError("--passes is 1 to 99.") }
    guard customers >= 4, customers.isMultiple(of: 2) else {
      throw ValidationError("--customers is an even number from 4 on.")
    }
    guard depth >= 1, commands >= 1, durableCommands >= 2048, journalCommands >= 1 else {
      throw ValidationError(
        "--depth, --commands and --journal-commands are at least 1, --durable-commands 2048.")
    }
    guard restRate > 0, restOrders >= 16 else {
      throw ValidationError("--rest-rate is above 0 and --rest-orders at least 16.")
    }
    guard !parts.contains(.rest) || accounts != nil else {
      throw ValidationError("The part rest needs --accounts.")
    }
  }

  func run() async throws {
    // Every run has a folder of its own, so that two never meet in one journal.
    let folder = "\(folder)/\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var report = BenchmarkReport(machine: try Machine(folder: folder), seed: seed)
    let parts = parts.isEmpty ? Part.allCases : parts
    for part in parts {
      switch part {
      case .core:
        say("core in memory")
        let workload = workload(commands)
        report.sections.append(CoreBenchmark.run(workload, passes: passes))
      case .durable:
        for submitters in [1, 16, 256, 2048] {
          say("durable, \(submitters) at a time")
          report.sections.append(
            try await DurableBenchmark.run(
              seed: seed, customers: customers, depth: depth, submitters: submitters,
              count: submitters == 1 ? durableCommands / 20 : durableCommands, passes: passes,
              folder: folder))
        }
      case .recovery:
        say("replay and recovery")
        report.sections.append(
          try await RecoveryBenchmark.run(
            workload(journalCommands), passes: min(passes, 3), folder: folder))
      case .snapshot:
        say("snapshot")
        report.sections.append(
          try SnapshotBenchmark.run(
            seed: seed, customers: customers, depth: depth, passes: passes))
      case .rest:
        guard let accounts else { continue }
        for connections in [1, 16] {
          say("REST, \(connections)")
          report.sections.append(
            try RESTBenchmark.run(
              accountsFile: accounts, url: serveUrl, connections: connections,
              perSecond: restRate, count: restOrders))
        }
      }
    }
    print(json ? try report.json() : report.text)
  }

  private func workload(_ count: Int) -> Workload {
    Workload(seed: seed, customers: customers, depth: depth, count: count)
  }

  /// Progress goes to standard error, so that the output can be kept.
  private func say(_ what: String) {
    FileHandle.standardError.write(Data("measuring \(what)\n".utf8))
  }
}
