import JSON
import NIOCore
import NIOWebSocket
import Synchronization

/// The outgoing side of one WebSocket session. Pushes wait in a bounded queue: who does not read is
/// closed rather than waited for.
final class Session: Sendable {
  /// Frames that may wait.
  private static let queueLimit = 4096

  let id: UInt64
  let url: SocketURL
  /// Told to clients, so that a report of theirs can be matched to our log.
  var connectionID: String { String(0x1_0000_0000 + id, radix: 16) }

  /// What the writer sends.
  let frames: AsyncStream<WebSocketFrame>
  private let queue: AsyncStream<WebSocketFrame>.Continuation
  private let login = Mutex<Principal?>(nil)
  private let lastActivity: Mutex<ContinuousClock.Instant>

  init(id: UInt64, url: SocketURL) {
    self.id = id
    self.url = url
    lastActivity = Mutex(.now)
    (frames, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.queueLimit))
  }

  /// Who logged in.
  var principal: Principal? {
    get { login.withLock { $0 } }
    set { login.withLock { $0 = newValue } }
  }

  /// Time since anything was sent or received.
  var idleTime: Duration { lastActivity.withLock { $0.duration(to: .now) } }

  /// Notes that something was sent or received.
  func touch() { lastActivity.withLock { $0 = .now } }

  /// Sends text.
  func send(_ text: some Sequence<UInt8>) {
    put(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: text)))
  }

  /// Answers a ping of the protocol.
  func pong(_ data: ByteBuffer) { put(WebSocketFrame(fin: true, opcode: .pong, data: data)) }

  /// Ends the session with a close frame. See OKX v5, "WS close frames".
  func close(_ code: UInt16, _ reason: String) {
    var data = ByteBuffer()
    data.write(webSocketErrorCode: WebSocketErrorCode(codeNumber: Int(code)))
    data.writeString(reason)
    queue.yield(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
    queue.finish()
  }

  private func put(_ frame: WebSocketFrame) {
    switch queue.yield(frame) {
    case .enqueued: touch()
    case .dropped: queue.finish()
    case .terminated: break
    @unknown default: break
    }
  }
}
