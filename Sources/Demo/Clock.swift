import Money
import Synchronization

/// A clock that whoever holds it can turn forward.
final class Clock: Sendable {
  private let reading: Mutex<Int64>

  init(milliseconds: Int64) { reading = Mutex(milliseconds) }

  var now: Timestamp { Timestamp(milliseconds: reading.withLock { $0 }) }

  func advance(to time: Timestamp) {
    reading.withLock { $0 = max($0, time.milliseconds) }
  }
}
