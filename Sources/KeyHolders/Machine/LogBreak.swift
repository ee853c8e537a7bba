/// A place of the log where people put it in the stead of one that was lost.
public struct LogBreak: Hashable, Sendable {
  /// Entries that were kept, and the hash of the last of them.
  public let keptCount: UInt64
  public let keptHead: [UInt8]
  /// What was published last of the lost log.
  public let lostCount: UInt64
  public let lostHead: [UInt8]
  /// The number that the entry of the acceptance has: those between belong to nothing that is left.
  public let entry: UInt64
  /// Milliseconds since 1970.
  public let time: Int64
  /// Who accepted it.
  public let people: [String]
  /// In force then: whose keys those were.
  public let roster: Roster
}
