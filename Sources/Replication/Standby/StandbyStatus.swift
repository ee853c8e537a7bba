public import Journal

/// How a standby is doing.
public struct StandbyStatus: Equatable, Sendable {
  public enum Connection: String, Sendable {
    case connecting
    /// Connected; batches are missing.
    case catchingUp = "catching up"
    /// It has everything the primary said that there is.
    case inStep = "in step"
  }

  public var connection: Connection
  /// Its last batch, durable on its own disk.
  public var sequence: UInt64
  public var hash: [UInt8]
  /// The primary's last batch, as far as it said.
  public var primaryHead: UInt64
  /// Highest term it has seen.
  public var term: UInt64
  /// Milliseconds since the primary was last heard.
  public var silenceMilliseconds: UInt64
  /// The last batch after which both had the same state hash; 0 before the first comparison.
  public var statesAgreeAt: UInt64
  /// Connections that ended, and why the last one did.
  public var cuts: UInt64
  public var lastCut: String?

  /// Batches it does not have yet.
  public var lagBatches: UInt64 { primaryHead - min(primaryHead, sequence) }
}

/// Why a standby ends.
public enum StandbyFailure: Error, Equatable, Sendable {
  /// The folder belongs to the primary itself.
  case isPrimary(folder: String, term: UInt64)
  /// A promotion of this folder was asked for; it takes over from here.
  case promoting
  case journal(JournalError)
  /// The operating system gave no pipe.
  case system(reason: String)
  case fence(FenceError)
  /// The primary does not serve it, and will not.
  case refused(FollowerRefusal)
  /// What the primary sent cannot be kept.
  case batch(FollowerError)
  /// Both executed the same batches and are in different states.
  case statesDiffer(at: UInt64)
}

extension StandbyFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .isPrimary(let folder, let term):
      "\(folder): this is the primary's own folder (term \(term)), not a standby's"
    case .promoting: "a promotion has begun; this standby ends to make room for it"
    case .journal(let error): "\(error)"
    case .system(let reason): reason
    case .fence(let error): "\(error)"
    case .refused(let refusal): "the primary refuses: \(refusal)"
    case .batch(let error): "what the primary sent is not kept: \(error)"
    case .statesDiffer(let at):
      "after batch \(at) the primary's state hash is another one: one of the two machines computes wrongly"
    }
  }
}
