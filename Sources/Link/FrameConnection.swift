/// Frames over a byte channel, strictly request and answer, one in flight.
///
/// One owner at a time: the asking side calls ``exchange(type:payload:timeout:)``, the answering side
/// alternates ``read(before:)`` and ``write(_:before:)``.
public struct FrameConnection: ~Copyable, Sendable {
  private let channel: any ByteChannel
  private var decoder = FrameDecoder()
  private var waiting: [Frame] = []
  private var lastRequest: UInt32

  /// - Parameter firstRequest: Where the numbering of requests begins. On a serial line a value that
  ///   differs from run to run tells a late answer to an earlier process from a fresh one.
  public init(over channel: any ByteChannel, firstRequest: UInt32 = 0) {
    self.channel = channel
    lastRequest = firstRequest
  }

  /// Sends a request and returns the answer to it. Late answers to earlier requests are dropped.
  public mutating func exchange(
    type: UInt8, payload: [UInt8], timeout: Duration
  ) throws(LinkError) -> Frame {
    let deadline = ContinuousClock.now.advanced(by: timeout)
    lastRequest &+= 1
    try write(Frame(type: type, request: lastRequest, payload: payload), before: deadline)
    while true {
      let answer = try read(before: deadline)
      if answer.request == lastRequest { return answer }
    }
  }

  /// Returns the next frame.
  public mutating func read(
    before deadline: ContinuousClock.Instant
  ) throws(LinkError) -> Frame {
    while waiting.isEmpty {
      waiting = try decoder.receive(try channel.receive(before: deadline))
    }
    return waiting.removeFirst()
  }

  /// Sends a frame.
  public func write(_ frame: Frame, before deadline: ContinuousClock.Instant) throws(LinkError) {
    try channel.send(try frame.encoded(), before: deadline)
  }

  /// Whether part of a frame has arrived and not the rest: then a deadline has cut a frame in two.
  public var isInsideFrame: Bool { decoder.isInsideFrame }

  public func close() { channel.close() }
}
