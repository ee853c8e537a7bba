import Dispatch

/// Long work that must not take one of the few threads that everything asynchronous shares.
enum OwnThreadWork {
  static func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global(qos: .utility).async {
        continuation.resume(with: Result(catching: work))
      }
    }
  }
}
