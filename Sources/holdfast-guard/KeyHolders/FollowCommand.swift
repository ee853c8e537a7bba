import ArgumentParser
import KeyHolders
import Logging
import Nodes

/// Writes new blocks into the log.
struct FollowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow",
    abstract: "Write the blocks that the log has not, those of a reorganisation too. Run it often.")

  @OptionGroup var options: LogOptions

  @Option(help: "The node's JSON-RPC: http://user:password@host:port.")
  var node: String

  @Option(help: "The node's cookie file, in place of user and password.")
  var cookie: String?

  func run() async throws {
    let log = try LogFile(path: options.log)
    let node = BitcoinNode(
      try NodeEndpoint(parsing: self.node, cookie: cookie),
      logger: Logger(label: "holdfast-guard"))
    LogOptions.show(try await log.follow(node), log.keeper)
  }
}
