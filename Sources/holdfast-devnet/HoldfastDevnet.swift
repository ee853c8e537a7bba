import ArgumentParser
import Devnet
import Glibc
import Hummingbird
import Logging
import ServiceLifecycle
import UnixSignals

/// Starts a Bitcoin regtest chain in one process, behind Bitcoin Core's JSON-RPC.
@main
struct HoldfastDevnet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast-devnet",
    abstract: "A Bitcoin regtest chain in one process, behind Bitcoin Core's JSON-RPC.",
    discussion: """
      It keeps blocks, unspent outputs and a mempool under Bitcoin's real rules, and mines only when \
      told to. Give a configuration file, or flags, or both: flags win. It listens on 127.0.0.1 only.

      Without user and password, a cookie for clients is written to <datadir>/.cookie.

      EXAMPLES
        holdfast-devnet --datadir .holdfast/devnet
        holdfast-devnet --config devnet.yaml
        holdfast-devnet --datadir /var/lib/devnet --rpcport 18443 \\
          --rpcuser alice --rpcpassword …
        curl --user "$(cat .holdfast/devnet/.cookie)" \\
          --data '{"method": "getblockchaininfo"}' http://127.0.0.1:18443

      CONFIGURATION FILE
        datadir: devnet         # relative to the file; created if missing
        rpcport: 18443
        rpcuser: alice          # both or neither
        rpcpassword: "…"
      """)

  @Option(help: "Configuration file (YAML).")
  var config: String?

  @Option(help: "Folder of the chain; created if missing.")
  var datadir: String?

  @Option(help: "Port on 127.0.0.1 (default 18443; 0 for any free one, which the log names).")
  var rpcport: Int?

  @Option(help: "User name for clients.")
  var rpcuser: String?

  @Option(help: "Password for clients. Visible to other users of the machine: prefer the file.")
  var rpcpassword: String?

  func run() async throws {
    let logger = Logger(label: "holdfast-devnet")
    let settings = try DevnetSettings(self)
    // The cookie in the folder belongs to the node that holds it.
    let lock = try CookieLock(settings.folder)
    let access = try RPCAccess(settings)
    defer {
      access.removeCookie()
      withExtendedLifetime(lock) {}
    }
    let host = NodeHost(logger: logger)
    let application = Application(
      router: RPCServer.router(host: host, access: access, logger: logger),
      configuration: ApplicationConfiguration(
        address: .hostname("127.0.0.1", port: settings.port), serverName: nil),
      onServerRunning: { channel in
        logger.info(
          "listening", metadata: ["port": "\(channel.localAddress?.port ?? settings.port)"])
      },
      logger: RPCServer.quiet(logger))
    let node = NodeService(host: host, folder: settings.folder, logger: logger)
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(service: application),
          // It ends by itself only when `stop` is called.
          .init(service: node, successTerminationBehavior: .gracefullyShutdownGroup),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: RPCServer.quiet(logger)))
    try await group.run()
    logger.info("stopped")
  }
}
