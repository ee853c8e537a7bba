import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket
import ServiceLifecycle

/// A connection that begins as HTTP/1.1 and may become a WebSocket, both on one port.
struct WebSocketUpgradeChannel: ServerChildChannel, HTTPChannelHandler {
  typealias WebSocket = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
  typealias HTTP = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

  enum Upgraded: Sendable {
    case webSocket(WebSocket, HTTPRequestHead)
    case http(HTTP)
  }

  struct Value: ServerChildChannelValue {
    let upgrade: EventLoopFuture<Upgraded>
    let channel: any Channel
  }

  /// One frame, and one request put together of many, may have so many bytes. OKX allows 64 KiB.
  static let requestLimit = 1 << 16

  let responder: HTTPChannelHandler.Responder
  let accept: @Sendable (HTTPRequestHead) -> Bool
  let onWebSocket: @Sendable (WebSocket, HTTPRequestHead, Logger) async throws -> Void

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    channel.eventLoop.makeCompletedFuture {
      let upgrader = NIOTypedWebSocketServerUpgrader<Upgraded>(
        maxFrameSize: Self.requestLimit,
        // Never refused here: a refusal would lose the request's head. See FilterUpgrades.
        shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
        upgradePipelineHandler: { channel, head in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(
              NIOWebSocketFrameAggregator(
                minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: 64,
                maxAccumulatedFrameSize: Self.requestLimit))
            return .webSocket(try WebSocket(wrappingChannelSynchronously: channel), head)
          }
        })
      let future = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
        configuration: NIOUpgradableHTTPServerPipelineConfiguration<Upgraded>(
          upgradeConfiguration: .init(
            upgraders: [upgrader],
            notUpgradingCompletionHandler: { channel in
              channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                  HTTP1ToHTTPServerCodec(secure: false))
                try channel.pipeline.syncOperations.addHandler(
                  HTTPConnectionStateHandler(logger: logger))
                return .http(
                  try HTTP(
                    wrappingChannelSynchronously: channel,
                    configuration: .init(isOutboundHalfClosureEnabled: true)))
              }
            })))
      let upgrade = try channel.pipeline.syncOperations.handler(
        type: NIOTypedHTTPServerUpgradeHandler<Upgraded>.self)
      try channel.pipeline.syncOperations.addHandler(
        FilterUpgrades(accept), position: .before(upgrade))
      return Value(upgrade: future, channel: channel)
    }
  }

  func handle(value: Value, logger: Logger) async {
    do {
      switch try await value.upgrade.get() {
      case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
      case .webSocket(let channel, let head):
        try await withGracefulShutdownHandler {
          try await onWebSocket(channel, head, logger)
        } onGracefulShutdown: {
          // An open session would hold up the shutdown of the server.
          var data = ByteBuffer()
          data.write(webSocketErrorCode: .goingAway)
          channel.channel.writeAndFlush(
            WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
          ).whenComplete { _ in channel.channel.close(promise: nil) }
        }
      }
    } catch {
      logger.debug("a connection failed", metadata: ["error": "\(error)"])
    }
  }
}

/// Takes the wish to upgrade out of requests that may not, so that the router answers them.
final class FilterUpgrades: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  private let accept: @Sendable (HTTPRequestHead) -> Bool
  /// After an upgrade, reads are raw bytes, which must not be taken for parts of a request.
  private var isDecided = false

  init(_ accept: @escaping @Sendable (HTTPRequestHead) -> Bool) { self.accept = accept }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isDecided { return context.fireChannelRead(data) }
    isDecided = true
    guard case .head(var head) = unwrapInboundIn(data), head.headers.contains(name: "upgrade"),
      !accept(head)
    else { return context.fireChannelRead(data) }
    head.headers.remove(name: "upgrade")
    head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }
}
