import Wire

/// Finds frames in a stream of byte chunks of any size. Pure: it reads no file and waits for nothing.
///
/// It holds at most one frame's bytes and refuses a length above the limit as soon as the header is
/// there, so that the other side cannot make it allocate. After an error it stays refused.
public struct FrameDecoder: Sendable {
  private var buffer: [UInt8] = []
  private var failure: LinkError?

  public init() {}

  /// Whether a frame has begun but not ended.
  public var isInsideFrame: Bool { !buffer.isEmpty }

  /// Takes the next chunk and returns the frames that it completes, in order.
  ///
  /// - Throws: ``LinkError/badMagic``, ``LinkError/badVersion(_:)``, ``LinkError/badKind(_:)``,
  ///   ``LinkError/frameTooLong(bytes:limit:)`` or ``LinkError/badChecksum``, and the same again
  ///   ever after.
  public mutating func receive(_ chunk: [UInt8]) throws(LinkError) -> [Frame] {
    if let failure { throw failure }
    buffer.append(contentsOf: chunk)
    var frames: [Frame] = []
    do throws(LinkError) {
      while let frame = try next() { frames.append(frame) }
    } catch {
      failure = error
      buffer = []
      throw error
    }
    return frames
  }

  private mutating func next() throws(LinkError) -> Frame? {
    for (index, byte) in buffer.prefix(Frame.magic.count).enumerated()
    where byte != Frame.magic[index] {
      throw .badMagic
    }
    if buffer.count > 4, buffer[4] != Frame.version { throw .badVersion(buffer[4]) }
    guard buffer.count > 5 else { return nil }
    guard let kind = Frame.Kind(rawValue: buffer[5]) else { throw .badKind(buffer[5]) }
    guard buffer.count >= Frame.headerCount else { return nil }
    let length = Int(word(at: 10))
    guard length <= Frame.payloadLimit else {
      throw .frameTooLong(bytes: length, limit: Frame.payloadLimit)
    }
    let end = Frame.headerCount + length
    guard buffer.count >= end + Frame.trailerCount else { return nil }
    guard CRC32C.checksum(buffer[..<end]) == word(at: end) else { throw .badChecksum }
    let frame = Frame(
      kind: kind, request: word(at: 6), payload: Array(buffer[Frame.headerCount..<end]))
    buffer.removeFirst(end + Frame.trailerCount)
    return frame
  }

  private func word(at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(buffer[offset + $1]) << UInt32(8 * $1) }
  }
}
