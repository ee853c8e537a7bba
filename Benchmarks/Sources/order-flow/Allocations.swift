import Glibc

// Unsafe file. Sound because the symbol is only defined by our AllocationCounter, with this type.

/// How often memory was asked for in this process, when AllocationCounter was preloaded into it.
enum Allocations {
  private typealias Counter = @convention(c) () -> UInt64

  /// `nil` without the preloaded library.
  static var count: UInt64? { counter?() }

  private static let counter: Counter? = unsafe dlsym(nil, "holdfast_allocation_count").map {
    unsafe unsafeBitCast($0, to: Counter.self)
  }
}
