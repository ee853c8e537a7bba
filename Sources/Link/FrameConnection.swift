/// Frames over a byte channel. One owner at a time.
struct FrameConnection: ~Copyable, Sendable {
  private let channel: any ByteChannel
  private var decoder = FrameDecoder()
  private var waiting: [Frame] = []

  init(over channel: any ByteChannel) { self.channel = channel }

  /// Returns the next frame.
  mutating func read(before deadline: ContinuousClock.Instant) throws(LinkError) -> Frame {
    while waiting.isEmpty {
      waiting = try decoder.receive(try channel.receive(before: deadline))
    }
    return waiting.removeFirst()
  }

  /// Whether a frame, or the beginning of one, has arrived that nobody has read.
  var hasMore: Bool { !waiting.isEmpty || decoder.isInsideFrame }

  /// Sends a frame.
  func write(_ frame: Frame, before deadline: ContinuousClock.Instant) throws(LinkError) {
    try channel.send(try frame.encoded(), before: deadline)
  }

  func close() { channel.close() }
}
