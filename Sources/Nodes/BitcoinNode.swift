// Nodes owns the one way to speak to a Bitcoin node: Bitcoin Core's JSON-RPC, whichever program
// answers. It decides nothing about deposits or payouts.

public import AsyncHTTPClient
public import JSON
public import Logging
import NIOCore
import NIOHTTP1

/// A client of one Bitcoin node.
///
/// Calls that change nothing are repeated a few times when the connection fails; calls that change
/// something never are, because a lost answer does not tell whether they took effect.
public struct BitcoinNode: Sendable {
  /// Limits of patience.
  public struct Patience: Sendable {
    /// Seconds until an answer must be complete.
    public var timeoutSeconds: Int64
    /// How often a call that changes nothing is made at most.
    public var attempts: Int
    /// Milliseconds before the second attempt; each further one waits twice as long.
    public var firstPauseMilliseconds: Int64

    /// Creates limits; scans of all unspent outputs take the longest.
    public init(
      timeoutSeconds: Int64 = 60, attempts: Int = 3, firstPauseMilliseconds: Int64 = 100
    ) {
      self.timeoutSeconds = timeoutSeconds
      self.attempts = attempts
      self.firstPauseMilliseconds = firstPauseMilliseconds
    }
  }

  /// Whether a call may be repeated when no answer came.
  enum Effect { case none, change }

  /// Largest answer that is read: a block of 4 MB in hexadecimal, with room.
  private static let answerLimit = 64 << 20

  private let endpoint: NodeEndpoint
  private let client: HTTPClient
  private let patience: Patience
  private let logger: Logger

  /// The connections that all clients share unless told otherwise.
  ///
  /// A connection that is refused fails at once: how often to try again is decided here, per call.
  public static let connections: HTTPClient = {
    var configuration = HTTPClient.Configuration(
      timeout: HTTPClient.Configuration.Timeout(connect: .seconds(5)))
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  /// Creates a client; nothing is sent yet.
  public init(
    _ endpoint: NodeEndpoint, client: HTTPClient = BitcoinNode.connections,
    patience: Patience = Patience(),
    logger: Logger
  ) {
    self.endpoint = endpoint
    self.client = client
    self.patience = patience
    self.logger = logger
  }

  /// Calls a method that changes nothing and returns what the node puts under "result".
  public func query(_ method: String, _ params: [JSON] = []) async throws(NodeError) -> JSON {
    try await call(method, params, effect: .none)
  }

  /// Calls a method that changes something, at most once.
  public func command(_ method: String, _ params: [JSON] = []) async throws(NodeError) -> JSON {
    try await call(method, params, effect: .change)
  }

  private func call(
    _ method: String, _ params: [JSON], effect: Effect
  ) async throws(NodeError) -> JSON {
    let body: JSON = [
      "jsonrpc": "1.0", "id": "holdfast", "method": .string(method), "params": .array(params),
    ]
    let attempts = effect == .none ? max(patience.attempts, 1) : 1
    var pause = patience.firstPauseMilliseconds
    for attempt in 1... {
      do throws(NodeError) {
        return try await send(body)
      } catch {
        guard case .unreachable = error, attempt < attempts else { throw error }
        logger.debug(
          "node call is repeated",
          metadata: [
            "method": "\(method)", "attempt": "\(attempt)", "error": "\(error)",
          ])
        guard (try? await Task.sleep(for: .milliseconds(pause))) != nil else { throw error }
        pause *= 2
      }
    }
    throw .unreachable("no attempt was made")
  }

  private func send(_ body: JSON) async throws(NodeError) -> JSON {
    let (user, password) = try endpoint.credentials()
    var request = HTTPClientRequest(url: endpoint.url)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json")
    request.setBasicAuth(username: user, password: password)
    request.body = .bytes(body.bytes)
    let status: HTTPResponseStatus
    let content: [UInt8]
    do {
      let response = try await client.execute(request, timeout: .seconds(patience.timeoutSeconds))
      status = response.status
      content = Array(buffer: try await response.body.collect(upTo: Self.answerLimit))
    } catch let error as NIOTooManyBytesError {
      throw .malformed("an answer above \(Self.answerLimit) bytes (\(error))")
    } catch {
      throw .unreachable("\(endpoint.url): \(error)")
    }
    guard status != .unauthorized, status != .forbidden else {
      throw .unauthorised("HTTP \(status.code) from \(endpoint.url)")
    }
    return try NodeReply.result(of: content, status: status.code, from: endpoint.url)
  }
}
