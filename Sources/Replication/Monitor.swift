// Unsafe file. Sound because:
// 1. the mutex and the condition are allocated and initialised once, in `init`, never move, and are
//    destroyed and freed once, in `deinit`, when nobody can hold them any more;
// 2. `state` is touched only between `pthread_mutex_lock` and `unlock`.
import Glibc

/// A value that threads share and wait on.
///
/// `@unchecked Sendable`: see 2 above.
@safe final class Monitor<State: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var state: State

  init(_ state: State) {
    self.state = state
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe changed.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    unsafe precondition(pthread_condattr_init(&attributes) == 0)
    // A wait must not be lengthened by somebody who sets the wall clock back.
    unsafe precondition(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0)
    unsafe precondition(pthread_mutex_init(mutex, nil) == 0)
    unsafe precondition(pthread_cond_init(changed, &attributes) == 0)
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Changes the value and wakes everyone who waits on it.
  func change<T>(_ body: (inout State) -> T) -> T {
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_cond_broadcast(changed)
      unsafe pthread_mutex_unlock(mutex)
    }
    return body(&state)
  }

  func read<T>(_ body: (State) -> T) -> T {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body(state)
  }

  /// Waits until `condition` gives an answer, at most `milliseconds`; `nil` when it did not.
  func wait<T>(milliseconds: UInt64, until condition: (inout State) -> T?) -> T? {
    var deadline = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
    deadline.tv_sec += Int(milliseconds / 1000)
    deadline.tv_nsec += Int(milliseconds % 1000) * 1_000_000
    if deadline.tv_nsec >= 1_000_000_000 {
      deadline.tv_sec += 1
      deadline.tv_nsec -= 1_000_000_000
    }
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let answer = condition(&state) { return answer }
      if unsafe pthread_cond_timedwait(changed, mutex, &deadline) == ETIMEDOUT {
        return condition(&state)
      }
    }
  }
}

/// A clock that only goes forwards, in milliseconds from an arbitrary beginning. It does not stand still
/// for a process that is stopped.
func monotonicMilliseconds() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
}

/// Lets the calling thread sleep.
func sleepMilliseconds(_ milliseconds: UInt32) { _ = usleep(milliseconds * 1000) }
