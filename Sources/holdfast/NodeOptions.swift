import ArgumentParser
import Foundation
import Logging
import Nodes
import Operations

/// Which Bitcoin node to use instead of the one in the configuration.
struct NodeOptions: ParsableArguments {
  /// Environment variable with `user:password` for `--bitcoind`.
  static let variable = "HOLDFAST_BITCOIND_AUTH"

  @Option(help: "A Bitcoin node such as http://127.0.0.1:8332, instead of the configured one.")
  var bitcoind: String?

  @Option(help: "That node's cookie file.")
  var bitcoindCookie: String?

  @Option(
    help: ArgumentHelp(
      "File with that node's user:password in its first line.",
      discussion: "Or set \(NodeOptions.variable) to user:password."))
  var bitcoindAuthFile: String?

  func validate() throws {
    guard bitcoind != nil || (bitcoindCookie == nil && bitcoindAuthFile == nil) else {
      throw ValidationError("--bitcoind-cookie and --bitcoind-auth-file need --bitcoind.")
    }
    guard bitcoindCookie == nil || bitcoindAuthFile == nil else {
      throw ValidationError("--bitcoind-cookie and --bitcoind-auth-file exclude each other.")
    }
  }

  /// The node to use.
  func node(_ configuration: ServeConfiguration, logger: Logger) throws -> BitcoinNode {
    BitcoinNode(try endpoint(configuration.node), logger: logger)
  }

  /// The configured node to compare it with, if there is one.
  func secondNode(_ configuration: ServeConfiguration, logger: Logger) throws -> BitcoinNode? {
    try configuration.secondNode.map { BitcoinNode(try Self.endpoint(of: $0), logger: logger) }
  }

  private static func endpoint(of configured: ServeConfiguration.Node) throws -> NodeEndpoint {
    switch configured.credentials {
    case .cookieFile(let path):
      NodeEndpoint(url: configured.url, authentication: .cookie(path: path))
    case .passwordFile(let user, let path):
      NodeEndpoint(
        url: configured.url, authentication: .user(user, password: try firstLine(path)))
    }
  }

  private func endpoint(_ configured: ServeConfiguration.Node) throws -> NodeEndpoint {
    guard let url = bitcoind else { return try Self.endpoint(of: configured) }
    if let bitcoindCookie {
      return try NodeEndpoint(parsing: url, cookie: bitcoindCookie)
    }
    var pair: String?
    if let bitcoindAuthFile { pair = try Self.firstLine(bitcoindAuthFile) }
    guard let pair = pair ?? ProcessInfo.processInfo.environment[Self.variable] else {
      return try NodeEndpoint(parsing: url)
    }
    guard let colon = pair.firstIndex(of: ":") else {
      throw CommandFailure("the node's credentials are not user:password")
    }
    return NodeEndpoint(
      url: url,
      authentication: .user(
        String(pair[..<colon]), password: String(pair[pair.index(after: colon)...])))
  }

  private static func firstLine(_ path: String) throws -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),
      let line = text.split(whereSeparator: \.isNewline).first
    else { throw CommandFailure("\(path): cannot be read, or is empty") }
    return String(line)
  }
}
