// Unsafe file. Sound because the one pointer handed over is that of a local struct.
import CLinux
import Glibc

/// Keeps the memory of this process to itself.
public enum ProcessSecrecy {
  /// Why the process cannot be closed.
  public struct Failure: Error, CustomStringConvertible, Sendable {
    /// The call that failed.
    public let call: String
    /// Its `errno`.
    public let code: Int32
    public var description: String { "\(call) failed with errno \(code): core dumps stay possible" }
  }

  /// Forbids core dumps and attaching by other processes of the same user. Call it first of all,
  /// before a secret is read. See setrlimit(2) RLIMIT_CORE and prctl(2) PR_SET_DUMPABLE.
  public static func close() throws(Failure) {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else {
      throw Failure(call: "setrlimit(RLIMIT_CORE)", code: errno)
    }
    guard holdfast_forbid_dumping() == 0, holdfast_allows_dumping() == 0 else {
      throw Failure(call: "prctl(PR_SET_DUMPABLE)", code: errno)
    }
  }
}
