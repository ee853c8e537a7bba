// Unsafe file. Sound because the box that carries the closure is retained for the thread and released
// exactly once: by the thread, or here when there is no thread; and because a handle is used once.
import Glibc

/// A thread of the operating system that runs one closure.
@safe package final class OwnThread: Sendable {
  private let handle: pthread_t

  /// Starts the thread.
  package init(_ body: @escaping @Sendable () -> Void) throws(JournalError) {
    final class Box: Sendable {
      let body: @Sendable () -> Void
      init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var started = pthread_t()
    let box = unsafe Unmanaged.passRetained(Box(body))
    let code = unsafe pthread_create(
      &started, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      unsafe box.release()
      throw .noThread(code: code)
    }
    handle = started
  }

  /// Lets the calling thread give way to those that somebody waits for.
  static func yieldToOthers() {
    // On Linux the priority of "process 0" is that of the calling thread alone. Without permission
    // it stays as it is.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
  }

  /// Lets the thread end by itself. Either this or ``join()`` is called, once.
  package func detach() { _ = pthread_detach(handle) }

  /// Waits for the closure to return.
  package func join() { _ = pthread_join(handle, nil) }
}
