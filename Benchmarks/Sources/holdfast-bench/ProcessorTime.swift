import Glibc

/// Time that this thread has spent on a processor. Beside other work on the machine it says more than
/// the clock on the wall.
enum ProcessorTime {
  static var nanoseconds: UInt64 {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Runs `body`, which stays on this thread, and returns its seconds by the clock and on a processor.
  static func measure(_ body: () throws -> Void) rethrows -> (wall: Double, processor: Double) {
    let processor = nanoseconds
    let start = ContinuousClock.now
    try body()
    let wall = start.duration(to: .now).seconds
    return (wall, Double(nanoseconds - processor) / 1e9)
  }
}
