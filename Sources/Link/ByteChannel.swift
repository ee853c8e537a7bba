/// A two-way stream of bytes with deadlines.
public protocol ByteChannel: Sendable {
  /// Returns at least one byte.
  ///
  /// - Throws: ``LinkError/closed`` at the end, ``LinkError/timedOut`` after `deadline`.
  func receive(before deadline: ContinuousClock.Instant) throws(LinkError) -> [UInt8]
  /// Writes all of `bytes`.
  func send(_ bytes: [UInt8], before deadline: ContinuousClock.Instant) throws(LinkError)
  /// Ends the channel; a waiting call on it fails.
  func close()
}
