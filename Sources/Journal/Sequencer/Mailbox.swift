// Unsafe file. Sound because:
// 1. the mutex and the condition are allocated and initialised once, in `init`, never move, and are
//    destroyed and freed once, in `deinit`, when nobody can hold them any more;
// 2. every stored variable is touched only between `pthread_mutex_lock` and `unlock`.
import Glibc

/// A bounded queue from any number of tasks to one thread, which sleeps while it is empty.
///
/// `@unchecked Sendable`: see 2 above.
@safe final class Mailbox<Element: Sendable>: @unchecked Sendable {
  enum Delivery { case accepted, full, closed }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let filled: UnsafeMutablePointer<pthread_cond_t>
  private let limit: Int
  private var waiting: [(element: Element, weight: Int)] = []
  private var weight = 0
  private var isClosed = false

  /// Creates a queue that holds elements of at most `limit` weight together.
  init(limit: Int) {
    self.limit = limit
    unsafe mutex = .allocate(capacity: 1)
    unsafe filled = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe filled.initialize(to: pthread_cond_t())
    unsafe precondition(pthread_mutex_init(mutex, nil) == 0)
    unsafe precondition(pthread_cond_init(filled, nil) == 0)
  }

  deinit {
    unsafe pthread_cond_destroy(filled)
    unsafe pthread_mutex_destroy(mutex)
    unsafe filled.deallocate()
    unsafe mutex.deallocate()
  }

  /// Appends an element, unless the queue is full or closed.
  func put(_ element: Element, weight added: Int) -> Delivery {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    if isClosed { return .closed }
    // An element above the limit by itself passes when the queue is empty.
    if weight > 0, weight + added > limit { return .full }
    waiting.append((element, added))
    weight += added
    unsafe pthread_cond_signal(filled)
    return .accepted
  }

  /// Refuses everything from now on; what is waiting is still taken.
  func close() {
    unsafe pthread_mutex_lock(mutex)
    isClosed = true
    unsafe pthread_cond_signal(filled)
    unsafe pthread_mutex_unlock(mutex)
  }

  /// Waits until something is there and takes as much of it, in order, as weighs at most `most`, but
  /// always one element; `nil` when the queue is closed and empty.
  func take(most: Int) -> [Element]? {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while waiting.isEmpty {
      if isClosed { return nil }
      unsafe pthread_cond_wait(filled, mutex)
    }
    var count = 0
    var taken = 0
    for item in waiting {
      if count > 0, taken + item.weight > most { break }
      taken += item.weight
      count += 1
    }
    let elements = waiting.prefix(count).map { $0.element }
    waiting.removeFirst(count)
    weight -= taken
    return elements
  }
}
