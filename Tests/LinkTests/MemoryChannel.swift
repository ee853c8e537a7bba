import Foundation
import Link
import Synchronization

/// One end of a line in memory, with somebody's hands on it.
final class MemoryChannel: ByteChannel {
  /// Bytes on their way in one direction.
  private final class Pipe: Sendable {
    struct State {
      var bytes: [UInt8] = []
      var history: [UInt8] = []
      var isClosed = false
    }
    let condition = NSCondition()
    let state = Mutex(State())

    func change(_ body: (inout State) -> Void) {
      state.withLock { body(&$0) }
      condition.lock()
      condition.broadcast()
      condition.unlock()
    }
  }

  private let incoming: Pipe
  private let outgoing: Pipe
  private let change = Mutex<(@Sendable ([UInt8]) -> [UInt8])?>(nil)

  private init(_ incoming: Pipe, _ outgoing: Pipe) {
    self.incoming = incoming
    self.outgoing = outgoing
  }

  static func pair() -> (MemoryChannel, MemoryChannel) {
    let (a, b) = (Pipe(), Pipe())
    return (MemoryChannel(a, b), MemoryChannel(b, a))
  }

  /// Everything that this end sent and that arrived.
  var sent: [UInt8] { outgoing.state.withLock { $0.history } }
  /// Changes everything that this end sends from now on.
  func tamper(_ change: @escaping @Sendable ([UInt8]) -> [UInt8]) {
    self.change.withLock { $0 = change }
  }

  func send(_ bytes: [UInt8], before deadline: ContinuousClock.Instant) throws(LinkError) {
    let passed = change.withLock { $0?(bytes) } ?? bytes
    outgoing.change {
      $0.bytes += passed
      $0.history += passed
    }
  }

  func receive(before deadline: ContinuousClock.Instant) throws(LinkError) -> [UInt8] {
    while true {
      let (bytes, isClosed) = incoming.state.withLock { state in
        defer { state.bytes = [] }
        return (state.bytes, state.isClosed)
      }
      if !bytes.isEmpty { return bytes }
      if isClosed { throw .closed }
      if ContinuousClock.now >= deadline { throw .timedOut }
      incoming.condition.lock()
      _ = incoming.condition.wait(until: Date(timeIntervalSinceNow: 0.005))
      incoming.condition.unlock()
    }
  }

  func close() {
    outgoing.change { $0.isClosed = true }
    incoming.change { $0.isClosed = true }
  }
}
