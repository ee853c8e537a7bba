import Cryptography
import Foundation
import JSON
import Money
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Testing
import Wire

@testable import Gateway

/// One WebSocket session, as a client sees it.
final class SocketClient: Sendable {
  typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

  private let channel: any Channel
  private let received: AsyncStream<JSON>
  /// The code of the close frame, once it came.
  let closeCode: Task<UInt16?, Never>

  /// Opens a session on one of the three addresses.
  static func open(_ exchange: LocalExchange, _ url: SocketURL) async throws -> SocketClient {
    let upgrade: EventLoopFuture<Frames?> = try await ClientBootstrap(
      group: MultiThreadedEventLoopGroup.singleton
    ).connect(host: "127.0.0.1", port: exchange.port) { channel in
      channel.eventLoop.makeCompletedFuture {
        let upgrader = NIOTypedWebSocketClientUpgrader<Frames?>(
          upgradePipelineHandler: { channel, _ in
            channel.eventLoop.makeCompletedFuture {
              try Frames(wrappingChannelSynchronously: channel)
            }
          })
        let head = HTTPRequestHead(
          version: .http1_1, method: .GET, uri: url.rawValue,
          headers: ["Host": "127.0.0.1", "Content-Length": "0"])
        let configuration = NIOTypedHTTPClientUpgradeConfiguration(
          upgradeRequestHead: head, upgraders: [upgrader],
          notUpgradingCompletionHandler: { channel in channel.eventLoop.makeSucceededFuture(nil) })
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
          configuration: .init(upgradeConfiguration: configuration))
      }
    }
    return SocketClient(try #require(try await upgrade.get()))
  }

  private init(_ frames: Frames) {
    channel = frames.channel
    let (stream, continuation) = AsyncStream.makeStream(of: JSON.self)
    received = stream
    closeCode = Task {
      var code: UInt16?
      try? await frames.executeThenClose { inbound, _ in
        for try await frame in inbound {
          var data = frame.unmaskedData
          if frame.opcode == .connectionClose { code = data.readInteger() }
          guard frame.opcode == .text else { continue }
          let text = String(buffer: data)
          continuation.yield((try? JSON(parsing: text)) ?? .string(text))
        }
      }
      continuation.finish()
      return code
    }
  }

  func send(_ text: String) async throws {
    let frame = WebSocketFrame(
      fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: text))
    try await channel.writeAndFlush(frame).get()
  }

  func send(_ json: JSON) async throws { try await send(json.description) }

  func close() async throws { try await channel.close().get() }

  /// The next message that `wanted` takes; others are passed over.
  func next(where wanted: @Sendable (JSON) -> Bool = { _ in true }) async throws -> JSON {
    for await message in received where wanted(message) { return message }
    throw SessionOver()
  }

  /// The next push of a channel.
  func push(_ channel: String) async throws -> JSON {
    try await next { $0["arg"]?["channel"]?.string == channel && $0["data"] != nil }
  }

  func subscribe(_ argument: JSON) async throws {
    try await send(["op": "subscribe", "args": [argument]])
    let answer = try await next { $0["event"] != nil }
    try #require(answer["event"] == "subscribe", "\(answer)")
  }

  /// Logs in; `timestamp` may be a number, as one client sends it.
  func login(
    _ exchange: LocalExchange, _ customer: LocalExchange.Customer, secret: String? = nil,
    asNumber: Bool = false
  ) async throws -> JSON {
    let time = String(exchange.clock.now.milliseconds / 1000)
    let sign = Base64.text(
      HMACSHA256.authenticate(
        key: Array((secret ?? customer.credentials.secret).utf8),
        Array("\(time)GET/users/self/verify".utf8)))
    try await send([
      "op": "login",
      "args": [
        [
          "apiKey": .string(customer.credentials.apiKey),
          "passphrase": .string(customer.credentials.passphrase),
          "timestamp": asNumber ? .number(time) : .string(time), "sign": .string(sign),
        ]
      ],
    ])
    return try await next()
  }
}

struct SessionOver: Error {}
