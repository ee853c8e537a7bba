import Glibc

/// Short waits of a thread that has nothing to do.
enum Pause {
  /// About 50 µs: what the system's timer slack makes of the shortest sleep.
  static func short() { usleep(1) }

  /// Lets others run who want to.
  static func yield() { sched_yield() }
}
