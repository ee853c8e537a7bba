import Foundation
import Money

/// The time of this machine.
enum Wall {
  static let clock: @Sendable () -> Timestamp = {
    Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
  }
}

/// Runs asynchronous work to its end on a thread that may wait.
func waitFor(_ body: @escaping @Sendable () async -> Void) throws {
  let done = DispatchSemaphore(value: 0)
  Task {
    await body()
    done.signal()
  }
  done.wait()
}
