import Cryptography

/// The signer's side of the line: waits for a handshake, then for requests, and answers each before
/// it looks at the next one.
///
/// One owner at a time. After an error the connection is over.
public struct AnsweringConnection: ~Copyable, Sendable {
  /// How long the second message of a handshake may take to go out.
  private static let patience: Duration = .seconds(30)

  private var frames: FrameConnection
  private let keys: LinkKeys
  private var session: NoiseSession?
  /// The request that has not been answered.
  private var pending: UInt32?

  public init(over channel: any ByteChannel, keys: LinkKeys) {
    frames = FrameConnection(over: channel)
    self.keys = keys
  }

  /// Returns the next request.
  ///
  /// A handshake is answered here, also in the middle of a session: on a serial line that is how a
  /// guard that was started again begins. The session before it is gone with that, so whoever replays
  /// an old handshake gets an answer that he cannot read, and the line goes silent until the
  /// guard shakes hands again.
  ///
  /// - Throws: ``LinkError/timedOut`` after `deadline`; then it may be called again. Any other error
  ///   is the end.
  public mutating func read(
    before deadline: ContinuousClock.Instant
  ) throws(LinkError) -> LinkMessage {
    guard pending == nil else { throw .severalInFlight }
    while true {
      let frame = try frames.read(before: deadline)
      guard !frames.hasMore else { throw .severalInFlight }
      switch frame.kind {
      case .handshake: try shakeHands(frame)
      case .request:
        pending = frame.request
        return try open(frame)
      case .handshakeAnswer, .answer:
        throw .unexpectedFrame(kind: frame.kind, request: frame.request)
      }
    }
  }

  /// Answers the request that was read last.
  public mutating func answer(
    _ message: LinkMessage, before deadline: ContinuousClock.Instant
  ) throws(LinkError) {
    guard let request = pending, var session else { throw .noSession }
    let plain = try message.plain(request)
    let sealed: [UInt8]
    do { sealed = try session.seal(plain) } catch { throw LinkError(inSession: error) }
    self.session = session
    pending = nil
    try frames.write(Frame(kind: .answer, request: request, payload: sealed), before: deadline)
  }

  public func close() { frames.close() }

  private mutating func open(_ frame: Frame) throws(LinkError) -> LinkMessage {
    guard var session else { throw .noSession }
    let plain: [UInt8]
    do { plain = try session.open(frame.payload) } catch { throw LinkError(inSession: error) }
    self.session = session
    return try LinkMessage(plain: plain, in: frame.request)
  }

  private mutating func shakeHands(_ frame: Frame) throws(LinkError) {
    session = nil
    let answer: [UInt8]
    do {
      var handshake = try keys.handshake(.responder)
      guard try handshake.read(frame.payload).isEmpty else { throw LinkError.wrongPeer }
      answer = try handshake.write([])
      session = try handshake.split()
    } catch let error as LinkError {
      throw error
    } catch let error as CryptographyError {
      throw LinkError(inHandshake: error)
    } catch {
      throw .wrongPeer
    }
    try frames.write(
      Frame(kind: .handshakeAnswer, request: frame.request, payload: answer),
      before: .now.advanced(by: Self.patience))
  }
}
