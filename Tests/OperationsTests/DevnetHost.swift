import AsyncHTTPClient
import Bitcoin
import Devnet
import Hummingbird
import JSON
import Logging
import NIOCore
import Nodes

/// The embedded chain behind HTTP, as its own program serves it, for as long as `body` runs.
actor DevnetHost {
  private var node = DevnetNode(startTime: 1_800_000_000)
  /// Calls fail while this is set.
  private var isDown = false
  private var counts: [String: Int] = [:]

  func set(down: Bool) { isDown = down }

  func call(_ method: String, _ params: JSON) throws -> JSON {
    counts[method, default: 0] += 1
    guard !isDown else { throw HTTPError(.serviceUnavailable) }
    defer { _ = node.takeRecords() }
    return try node.call(method, params, now: 1_800_000_000)
  }

  /// How often a method was called.
  func count(of method: String) -> Int { counts[method, default: 0] }

  static var logger: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }

  static func run(
    _ body: @escaping @Sendable (BitcoinNode, DevnetHost) async throws -> Void
  ) async throws {
    let host = DevnetHost()
    let router = Router()
    router.post("/") { request, _ -> Response in
      let bytes = Array(buffer: try await request.body.collect(upTo: 1 << 22))
      let call = try JSON(parsing: bytes)
      let answer: JSON
      do {
        let result = try await host.call(call["method"]?.string ?? "", call["params"] ?? [])
        answer = ["result": result, "error": nil, "id": "holdfast"]
      } catch let error as RPCError {
        answer = [
          "result": nil, "id": "holdfast",
          "error": ["code": .integer(error.code), "message": .string(error.message)],
        ]
      }
      return Response(
        status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.bytes)))
    }
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { continuation.yield($0.localAddress?.port ?? 0) }, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await application.run() }
      let port = await ports.first { _ in true } ?? 0
      let endpoint = NodeEndpoint(
        url: "http://127.0.0.1:\(port)", authentication: .user("u", password: "p"))
      let node = BitcoinNode(
        endpoint, patience: .init(timeoutSeconds: 300, attempts: 1), logger: logger)
      try await body(node, host)
      group.cancelAll()
    }
  }
}
