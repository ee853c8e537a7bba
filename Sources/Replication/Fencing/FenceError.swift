/// Why the fence does not let somebody be the primary.
public enum FenceError: Error, Equatable, Sendable {
  /// The operating system refused; `reason` is its text.
  case system(operation: String, path: String, reason: String)
  /// The file is not a fence, or was damaged.
  case damaged(path: String, problem: String)
  /// The folder was guarded by a fence that is gone.
  case missing(path: String)
  /// Another term holds the exchange.
  case fenced(path: String, own: UInt64, raised: UInt64)
  /// Another process is raising it.
  case busy(path: String)
  /// There is no term above this one.
  case exhausted(path: String)
}

extension FenceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .system(let operation, let path, let reason): "\(path): \(operation) failed: \(reason)"
    case .damaged(let path, let problem): "\(path): the fence is damaged: \(problem)"
    case .missing(let path):
      "\(path): the fence is missing; without it nobody can tell whether another primary was promoted. "
        + "Bring the file back. Where no old server can come back, such as on a new machine, remove the "
        + "file `role` from the data folder instead"
    case .fenced(let path, let own, let raised):
      "fenced: this journal is of term \(own) and the fence \(path) stands at \(raised): another primary "
        + "was promoted, and this one stops for good. Its folder can follow the new primary as a standby"
    case .busy(let path): "\(path): another process is raising the fence"
    case .exhausted(let path): "\(path): no term is left"
    }
  }
}
