// Unsafe file. Sound because every call reads or fills a local value passed to it.
import Glibc

/// SIGTERM and SIGINT, kept from interrupting anything and asked for instead.
struct EndSignals {
  private let set: sigset_t

  /// Holds them back from now on; threads that begin later inherit that.
  init() {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGTERM)
    unsafe sigaddset(&set, SIGINT)
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    self.set = set
  }

  /// Whether one has arrived since it was last asked.
  var arrived: Bool {
    var set = set
    var patience = timespec(tv_sec: 0, tv_nsec: 0)
    return unsafe sigtimedwait(&set, nil, &patience) > 0
  }
}
