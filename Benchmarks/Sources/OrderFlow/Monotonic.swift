import Glibc

/// The clock that never goes back.
public enum Monotonic {
  /// Nanoseconds since an unspecified instant.
  public static var now: UInt64 {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_MONOTONIC, &time) == 0 else { return 0 }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
