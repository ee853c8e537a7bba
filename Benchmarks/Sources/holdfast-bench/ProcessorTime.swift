import Glibc

/// Time spent on processors. Beside other work on the machine it says more than the clock on the wall.
enum ProcessorTime {
  /// Nanoseconds of all threads of this process.
  static var ofProcess: UInt64 {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
