import ArgumentParser
import Bitcoin
import Descriptors
import Engine
import JSON
import Journal
import Logging
import Money
import Nodes
import Operations
import Reserves
import Wire

/// Compares what is owed with what is there.
struct ReservesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reserves",
    abstract: "Compare what is owed with what the chain shows, at one block.",
    discussion: """
      Replays the journal without changing it, beside a running server or not, and counts the \
      wallet's coins on the node anew. Ends with status 3 when an asset is below 100 %.

      What customers hold on the manual rail is backed by receipts that two operators confirmed; \
      nobody outside can check those, and the table says so.

      Examples:
        holdfast reserves --config holdfast.yaml
        holdfast reserves --config holdfast.yaml --json
      """)

  @Option(help: "The server's configuration file.")
  var config: String

  @OptionGroup var nodeOptions: NodeOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let configuration = try readConfiguration(config)
    var logger = Logger(label: "holdfast.reserves") {
      JSONLogHandler(label: $0, level: .error)
    }
    logger.logLevel = .error
    let node = try nodeOptions.node(configuration, logger: logger)
    _ = try await node.checked(for: configuration.network)
    let result = try await compare(configuration, node: node)
    answer.give(Self.json(result), text: Self.text(result))
    if !result.isCovered { throw ExitCode(3) }
  }

  /// Books and node move on their own; the comparison waits until both stand at one block.
  private func compare(
    _ configuration: ServeConfiguration, node: BitcoinNode
  ) async throws -> ReservesReport {
    let reader = JournalReader(
      directory: configuration.dataFolder, archive: configuration.archiveFolder)
    guard reader.exists else {
      throw CommandFailure("\(configuration.dataFolder): there is no journal")
    }
    let text = configuration.exchange.walletDescriptor
    let descriptor = try Descriptor(parsing: text, network: configuration.network)
    var last = "the journal has no block yet"
    for attempt in 0..<20 {
      if attempt > 0 { try await Task.sleep(for: .milliseconds(500)) }
      let exchange = try reader.replay(after: .max).exchange
      guard exchange.configuration?.walletDescriptor == text else {
        throw CommandFailure("the journal is of another wallet than the configuration's")
      }
      guard let tip = exchange.tip else { continue }
      let scan = try await node.scan(
        WalletScan(descriptor, exchange: exchange, lookAhead: Reconciler.lookAhead))
      let point = ChainPoint(height: UInt32(scan.height), hash: scan.block.bytes)
      guard point == tip else {
        last = "the books stand at block \(tip.height), the node at \(point.height)"
        continue
      }
      return ReservesReport(exchange, onChain: Amount(units: scan.total), at: point)
    }
    throw CommandFailure("no common block: \(last); is the server following this node?")
  }

  private static func text(_ report: ReservesReport) -> String {
    "block \(report.point.height) \(hash(report.point))\n\(report.table)"
  }

  private static func json(_ report: ReservesReport) -> JSON {
    [
      "block": [
        "height": .integer(report.point.height), "hash": .string(hash(report.point)),
      ],
      "covered": .bool(report.isCovered),
      "assets": .array(
        report.figures.map { each in
          [
            "asset": .string(each.code),
            "owedToCustomers": .string(each.text(each.owedToCustomers)),
            "owed": .string(each.text(each.owed)), "onChain": .string(each.text(each.onChain)),
            "uncredited": .string(each.text(each.uncredited)),
            "inFlight": .string(each.text(each.inFlight)),
            "ratio": .string(each.ratioPercent), "covered": .bool(each.isCovered),
            "evidence": each.evidence == .attestedByOperators ? "attested by operators" : "chain",
          ]
        }),
    ]
  }

  /// The hash in its display form.
  private static func hash(_ point: ChainPoint) -> String { Hex.text(point.hash.reversed()) }
}
