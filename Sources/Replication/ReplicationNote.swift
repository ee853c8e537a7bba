import Journal

/// What replication has to say to the log.
public enum ReplicationNote: Equatable, Sendable {
  case followerJoined(name: String, role: FollowerRole, at: UInt64)
  case followerLeft(name: String, reason: String)
  /// Somebody connected and was sent away.
  case followerRefused(name: String, FollowerRefusal)
  /// Answers are safer or less safe from this batch on.
  case acknowledgementChanged(AcknowledgementState, batch: UInt64)
  /// The socket takes no more connections.
  case doorFailed(reason: String)
}

extension ReplicationNote: CustomStringConvertible {
  public var description: String {
    switch self {
    case .followerJoined(let name, let role, let at):
      "\(role) \(name) follows from batch \(at) on"
    case .followerLeft(let name, let reason): "\(name) follows no more: \(reason)"
    case .followerRefused(let name, let refusal): "\(name) may not follow: \(refusal)"
    case .acknowledgementChanged(.standby, let batch):
      "answers wait for a standby, from batch \(batch) on"
    case .acknowledgementChanged(.degraded, let batch):
      "no standby confirms: answers are durable on one disk only, from batch \(batch) on"
    case .acknowledgementChanged(.ownDisk, let batch):
      "answers are durable on the own disk, from batch \(batch) on"
    case .doorFailed(let reason): "no further follower can connect: \(reason)"
    }
  }

  /// Whether somebody should look at it.
  public var isWarning: Bool {
    switch self {
    case .followerJoined, .acknowledgementChanged(.standby, _),
      .acknowledgementChanged(.ownDisk, _):
      false
    case .followerLeft, .followerRefused, .acknowledgementChanged(.degraded, _), .doorFailed: true
    }
  }
}
