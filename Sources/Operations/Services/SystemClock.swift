import Glibc
public import Money

/// The machine's wall clock.
public enum SystemClock {
  /// Returns the time now.
  @Sendable public static func now() -> Timestamp {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}
