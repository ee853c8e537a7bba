import ArgumentParser
import Bitcoin
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
    var keeper = try options.keeper()
    let node = BitcoinNode(
      try NodeEndpoint(parsing: self.node, cookie: cookie),
      logger: Logger(label: "holdfast-guard"))
    var new: [(height: Int32, hash: BlockHash)] = []
    let info = try await node.chainInfo()
    var hash = info.bestBlock
    var height = Int32(info.height)
    // Downwards to the first that the log has; the first time the tip alone.
    while keeper.hash(at: height) != hash.bytes {
      new.append((height, hash))
      guard keeper.tip != nil, height > 0, let header = try await node.header(hash) else { break }
      hash = header.header.previous
      height -= 1
    }
    var events: [KeyHolderEvent] = []
    for block in new.reversed() {
      events += try keeper.take(
        .block(height: block.height, hash: block.hash.bytes), at: LogOptions.now, monitor: nil)
    }
    events += try keeper.take(.time, at: LogOptions.now, monitor: nil)
    try options.write(keeper)
    LogOptions.show(events, keeper)
  }
}
