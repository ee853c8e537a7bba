import ArgumentParser
import Custody
import Descriptors
import Engine
import Gateway
import Journal
import Logging
import Nodes
import Operations
import ServiceLifecycle
import Signing
import Views
import Wire

/// Runs the online server.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run the online server: interface, journal, chain watcher. It holds no private key.",
    discussion: """
      Opens or begins the journal in the data folder, takes over the configuration, and serves \
      customers on one port and guard, operators and monitoring on another. Ends in order on SIGTERM \
      or Ctrl-C. Logs are JSON lines on standard error.

      Examples:
        holdfast serve --config /etc/holdfast/holdfast.yaml
        HOLDFAST_BITCOIND_AUTH=user:password holdfast serve --config holdfast.yaml \\
          --bitcoind http://127.0.0.1:18443
      """)

  @Option(help: "The server's configuration file.")
  var config: String

  @OptionGroup var nodeOptions: NodeOptions

  func run() async throws {
    let configuration = try readConfiguration(config)
    let logger = Self.logger(configuration)
    let server = try await OnlineServer(
      configuration, configurationFile: config,
      node: nodeOptions.node(configuration, logger: logger),
      second: nodeOptions.secondNode(configuration, logger: logger), logger: logger)
    try await server.run()
  }

  private static func logger(_ configuration: ServeConfiguration) -> Logger {
    let level = Logger.Level(rawValue: configuration.logLevel.rawValue) ?? .info
    LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: level) }
    return Logger(label: "holdfast.serve")
  }
}
