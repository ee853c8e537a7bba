public import Replication
import Settings

/// Section `replication` of the server's configuration file: followers, and when answers are given.
public struct ReplicationSettings: Equatable, Sendable {
  /// Path of the socket for followers.
  public var socket: String
  /// Path of the fence; `nil` for what the data folder knows, and at its first start for a file beside it.
  public var fence: String?
  /// What an answer waits for.
  public var rule: AcknowledgementRule

  init(_ root: ConfigurationSection, dataFolder: String) throws(ConfigurationError) {
    socket = "\(dataFolder)/\(FollowerDoor.fileName)"
    rule = .ownDisk
    guard let section = try root.optionalSection("replication") else { return }
    socket = try section.optionalPath("socket") ?? socket
    fence = try section.optionalPath("fence")
    let answers: Answers = try section.choice("answers", default: .disk)
    let patience = try section.milliseconds("patience", in: 100...600_000, default: 2_000)
    let without: AcknowledgementRule.WithoutStandby = try section.choice(
      "withoutStandby", default: .degrade)
    if answers == .standby {
      rule = .standby(patienceMilliseconds: UInt64(patience), withoutStandby: without)
    }
  }

  private enum Answers: String, CaseIterable { case disk, standby }
}
