import Cryptography

/// The guard's side of the line: a handshake, then request and answer, one in flight.
///
/// One owner at a time. After an error nothing more can be asked: the owner makes a new one, and with
/// it a new handshake.
public struct AskingConnection: ~Copyable, Sendable {
  /// After so many exchanges ``isWorn`` asks for new keys.
  static let exchangeLimit = 4096

  private var frames: FrameConnection
  private var session: NoiseSession
  private var lastRequest: UInt32
  private var exchanges = 0
  private var hasFailed = false

  /// Shakes hands over `channel`.
  ///
  /// Frames of an earlier session that are still on a serial line are dropped: requests are numbered
  /// from a random place.
  public init(
    over channel: any ByteChannel, keys: LinkKeys, timeout: Duration
  ) throws(LinkError) {
    let deadline = ContinuousClock.now.advanced(by: timeout)
    let request = UInt32.random(in: 0...UInt32.max)
    var frames = FrameConnection(over: channel)
    let session = try Self.handshake(keys, over: &frames, request: request, before: deadline)
    self.frames = frames
    self.session = session
    lastRequest = request
  }

  /// Whether it is time for a new connection, so that keys that become known later open little.
  public var isWorn: Bool { exchanges >= Self.exchangeLimit }

  /// Sends a request and returns the answer to it.
  public mutating func exchange(
    _ message: LinkMessage, timeout: Duration
  ) throws(LinkError) -> LinkMessage {
    guard !hasFailed else { throw .closed }
    do throws(LinkError) {
      return try ask(message, before: .now.advanced(by: timeout))
    } catch {
      hasFailed = true
      frames.close()
      throw error
    }
  }

  public func close() { frames.close() }

  private mutating func ask(
    _ message: LinkMessage, before deadline: ContinuousClock.Instant
  ) throws(LinkError) -> LinkMessage {
    lastRequest &+= 1
    exchanges += 1
    let plain = try message.plain(lastRequest)
    let sealed: [UInt8]
    do { sealed = try session.seal(plain) } catch { throw LinkError(inSession: error) }
    try frames.write(
      Frame(kind: .request, request: lastRequest, payload: sealed), before: deadline)
    let answer = try frames.read(before: deadline)
    guard answer.kind == .answer, answer.request == lastRequest else {
      throw .unexpectedFrame(kind: answer.kind, request: answer.request)
    }
    let opened: [UInt8]
    do { opened = try session.open(answer.payload) } catch { throw LinkError(inSession: error) }
    return try LinkMessage(plain: opened, in: lastRequest)
  }

  private static func handshake(
    _ keys: LinkKeys, over frames: inout FrameConnection, request: UInt32,
    before deadline: ContinuousClock.Instant
  ) throws(LinkError) -> NoiseSession {
    do {
      var handshake = try keys.handshake(.initiator)
      try frames.write(
        Frame(kind: .handshake, request: request, payload: try handshake.write([])),
        before: deadline)
      while true {
        let answer = try frames.read(before: deadline)
        guard answer.request == request else { continue }
        guard answer.kind == .handshakeAnswer else {
          throw LinkError.unexpectedFrame(kind: answer.kind, request: answer.request)
        }
        guard try handshake.read(answer.payload).isEmpty else { throw LinkError.wrongPeer }
        return try handshake.split()
      }
    } catch let error as LinkError {
      throw error
    } catch let error as CryptographyError {
      throw LinkError(inHandshake: error)
    } catch {
      throw .wrongPeer
    }
  }
}
