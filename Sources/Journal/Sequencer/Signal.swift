// Unsafe file. Sound because the mutex and the condition are allocated and initialised once, in
// `init`, never move, and are destroyed and freed once, in `deinit`, when nobody can hold them any
// more; and because `value` is touched only between `pthread_mutex_lock` and `unlock`.
import Glibc

/// A value that several threads share and that one or more of them can sleep on.
///
/// `@unchecked Sendable`: `value` is touched under the mutex only.
@safe final class Signal<Value>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var value: Value

  init(_ value: sending Value) {
    self.value = value
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe changed.initialize(to: pthread_cond_t())
    unsafe precondition(pthread_mutex_init(mutex, nil) == 0)
    unsafe precondition(pthread_cond_init(changed, nil) == 0)
  }

  deinit {
    unsafe pthread_cond_destroy(changed)
    unsafe pthread_mutex_destroy(mutex)
    unsafe changed.deallocate()
    unsafe mutex.deallocate()
  }

  /// Changes the value and wakes whoever sleeps on it, when `body` says so.
  func change<R>(_ body: (inout Value) -> (result: R, wakes: Bool)) -> R {
    unsafe pthread_mutex_lock(mutex)
    let (result, wakes) = body(&value)
    unsafe pthread_mutex_unlock(mutex)
    if wakes { unsafe pthread_cond_broadcast(changed) }
    return result
  }

  /// Sleeps until `body` has an answer.
  func wait<R>(_ body: (inout Value) -> R?) -> R {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let answer = body(&value) { return answer }
      unsafe pthread_cond_wait(changed, mutex)
    }
  }
}
