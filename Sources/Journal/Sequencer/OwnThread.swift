// Unsafe file. Sound because the box that carries the closure is retained for the thread and released
// exactly once: by the thread, or here when there is no thread; because a handle is used once; and
// because a static string has as many bytes as it says.
import Glibc

/// A thread of the operating system that runs one closure.
@safe package final class OwnThread: Sendable {
  private let handle: pthread_t

  /// Starts the thread.
  ///
  /// - Parameter name: What the system's tools call it, at most 15 bytes.
  package init(_ name: StaticString, _ body: @escaping @Sendable () -> Void) throws(JournalError) {
    final class Box: Sendable {
      let name: StaticString
      let body: @Sendable () -> Void
      init(_ name: StaticString, _ body: @escaping @Sendable () -> Void) {
        self.name = name
        self.body = body
      }

      func run() {
        let descriptor = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
        // A thread without a name works as well.
        _ = unsafe write(descriptor, name.utf8Start, name.utf8CodeUnitCount)
        _ = close(descriptor)
        body()
      }
    }
    var started = pthread_t()
    let box = unsafe Unmanaged.passRetained(Box(name, body))
    let code = unsafe pthread_create(
      &started, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().run()
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
