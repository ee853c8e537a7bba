import ArgumentParser
import Bitcoin
import Liveness
import Logging
import Nodes

/// Where the chain's headers come from.
struct ChainOptions: ParsableArguments {
  @Option(help: "File of block headers; see the command headers.")
  var headers: String?

  @Option(help: "Your Bitcoin node's JSON-RPC: http://user:password@host:port.")
  var node: String?

  @Option(help: "The node's cookie file, in place of user and password.")
  var cookie: String?

  func validate() throws {
    guard (headers == nil) != (node == nil) else {
      throw ValidationError("Give either --headers or --node.")
    }
    guard cookie == nil || node != nil else {
      throw ValidationError("--cookie belongs to --node.")
    }
  }

  /// The headers from `height` to the tip.
  func chain(from height: Int) async throws -> HeaderChain {
    if let headers { return try PublicFiles.headers(headers) }
    guard let node else { throw ValidationError("Give either --headers or --node.") }
    do {
      let endpoint = try NodeEndpoint(parsing: node, cookie: cookie)
      return try await Self.chain(
        of: BitcoinNode(endpoint, logger: Logger(label: "holdfast-verify")), from: height)
    } catch {
      throw Unreadable(description: "node: \(error)")
    }
  }

  /// From the tip downwards, each by the hash that the one above it names, so that a chain that moves
  /// meanwhile gives no mixture.
  private static func chain(
    of node: BitcoinNode, from first: Int
  ) async throws -> HeaderChain {
    let info = try await node.chainInfo()
    guard info.height >= first else {
      throw Unreadable(description: "the node is at block \(info.height), below \(first)")
    }
    var headers: [BlockHeader] = []
    var hash = info.bestBlock
    while headers.count <= info.height - first {
      guard let answer = try await node.header(hash) else {
        throw Unreadable(description: "the node does not know its own block \(hash.hex)")
      }
      headers.append(answer.header)
      hash = answer.header.previous
    }
    return try HeaderChain(firstHeight: first, headers: headers.reversed())
  }
}

/// Saves headers for checks without a node.
struct HeadersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "headers",
    abstract: "Print a node's block headers, for checks on a machine that has none.",
    discussion: """
      The first line is "# first height: N"; then a line for each header, in hexadecimal, as \
      bitcoin-cli getblockheader HASH false prints it. You can make the file without this program.

      Example:
        holdfast-verify headers --node http://alice:secret@127.0.0.1:8332 --from 860000 > headers
      """)

  @Option(help: "The first block's height; at most 525600 headers from there.")
  var from: Int

  @OptionGroup var chain: ChainOptions

  func run() async throws {
    try await reading { print(try await chain.chain(from: from).text, terminator: "") }
  }
}
