import ArgumentParser
import Foundation

/// What is measured.
enum Part: String, CaseIterable, ExpressibleByArgument {
  case engines, durable, latency, counts, growth, memory, recovery, bitcoin, wallet, withdrawals,
    storage, rest
}

/// Measures the exchange. Nothing here is a test: a slow machine fails nothing.
@main struct HoldfastBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast-bench",
    abstract: "Measure the exchange on this machine.",
    discussion: """
      Prints a table with what the project commits to, what it aims for, what was measured, and \
      whether that is met or missed. Figures are medians of passes that alternate with those of the \
      engine compared with. docs/performance.md says what each contains.

      The part rest needs an exchange that runs, such as the one that `make run` leaves up, and its \
      accounts file. It is left out unless asked for, and so is storage: what the journal could stand on.

      Examples:
        holdfast-bench
        holdfast-bench --peers ~/peers --json
        holdfast-bench --part engines --part counts
        holdfast-bench --part rest --accounts .holdfast/demo/accounts.json
      """)

  @Option(name: .customLong("part"), help: "Measure only this; may be given several times.")
  var parts: [Part] = []

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  @Option(help: "Folder with checkouts of the engines to compare with; see Benchmarks/Peers/build.")
  var peers: String?

  @Option(help: "Timed passes for each figure, 1 to 99.")
  var passes = 5

  @Option(help: "Timed commands of each pass.")
  var commands = 3_000_000

  @Option(help: "Commands in the journal that is recovered.")
  var journalCommands = 10_000_000

  @Option(help: "Processor on which single-threaded passes run; the last one by default.")
  var core: Int?

  @Option(help: "Folder for workloads, kept, and journals, on the disk that is to be measured.")
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
    guard commands >= 10_000, journalCommands >= 10_000 else {
      throw ValidationError("--commands and --journal-commands are at least 10000.")
    }
    guard restRate > 0, restOrders >= 16 else {
      throw ValidationError("--rest-rate is above 0 and --rest-orders at least 16.")
    }
    guard !parts.contains(.rest) || accounts != nil else {
      throw ValidationError("The part rest needs --accounts.")
    }
  }

  func run() throws {
    let files = FileManager.default
    // Every run has a folder of its own, so that two never meet in one journal.
    let scratch = "\(folder)/\(ProcessInfo.processInfo.processIdentifier)"
    for path in [folder, scratch] {
      try files.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    defer { try? files.removeItem(atPath: scratch) }
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let laboratory = Laboratory(
      workloads: folder, scratch: URL(fileURLWithPath: scratch).path,
      peers: URL(fileURLWithPath: folder).path + "/peers",
      programs: own.deletingLastPathComponent().path,
      core: core ?? ProcessInfo.processInfo.activeProcessorCount - 1, passes: passes,
      commands: commands)
    var report = Report(machine: try Machine(folder: scratch))
    report.peers = try buildPeers(laboratory)
    let parts = parts.isEmpty ? Part.allCases.filter { $0 != .rest && $0 != .storage } : parts
    for part in parts {
      switch part {
      case .engines: try EngineComparison.run(laboratory, &report)
      case .durable: try DurableRows.run(laboratory, &report)
      case .latency: try LatencyRows.run(laboratory, &report)
      case .counts: try CountedRows.run(laboratory, &report)
      case .growth: try GrowthRows.run(laboratory, &report)
      case .memory: try MemoryRows.run(laboratory, &report)
      case .recovery:
        try RecoveryRow.run(laboratory, commands: journalCommands, &report)
      case .bitcoin: try BitcoinRows.run(laboratory, &report)
      case .wallet: try WalletRow.run(laboratory, &report)
      case .withdrawals: try WithdrawalRows.run(laboratory, &report)
      case .storage:
        report.sections += try StorageBenchmark.run(
          folder: scratch, passes: passes, groups: [(4096, 500), (65_536, 200), (1 << 20, 50)])
      case .rest: try measureREST(&report)
      }
    }
    report.loadAfter = Machine.loadNow
    print(json ? try report.json() : report.text)
  }

  /// Compiles yardsticks and the peers that are there.
  private func buildPeers(_ laboratory: Laboratory) throws -> [String] {
    let script = "Benchmarks/Peers/build"
    guard FileManager.default.isExecutableFile(atPath: script) else {
      return ["\(script) is not here: run from the root of the repository"]
    }
    Laboratory.say("building yardsticks and peers")
    let result = try Laboratory.output(of: script, [laboratory.peers] + (peers.map { [$0] } ?? []))
    return result.text.split(separator: "\n").map(String.init)
  }

  private func measureREST(_ report: inout Report) throws {
    guard let accounts else { return }
    for connections in [1, 16] {
      report.sections.append(
        try RESTBenchmark.run(
          accountsFile: accounts, url: serveUrl, connections: connections, perSecond: restRate,
          count: restOrders))
    }
  }
}
