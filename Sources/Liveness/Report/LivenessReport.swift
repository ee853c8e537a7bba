import KeyHolders

/// What the key holders' log shows to whoever has the chain and the registered policies.
public struct LivenessReport: Encodable, Sendable {
  /// One seat of a wallet, with whom it is now.
  public struct Seat: Encodable, Sendable {
    public let person: String
    public let isSuccessor: Bool
    /// Heartbeats of this person in the log.
    public let beats: Int
    /// Of the last heartbeat.
    public let sequence: UInt64?
    public let blockHeight: Int?
    /// Seconds between the block that he signed and the chain's clock.
    public let ageSeconds: Int64?
    /// Whether that is within the promised time, and the block one of the chain.
    public let isInTime: Bool
    /// The longest time between the blocks of two heartbeats in a row.
    public let longestSilenceSeconds: Int64
    /// When he last tried his backup, as he says himself, seconds since 1970; missing for never.
    public let lastDrill: Int64?
    /// As the log has it: live, late, missing, unreachable, awaited or surrendered.
    public let condition: String
  }

  public struct Wallet: Encodable, Sendable {
    public let wallet: String
    public let policyID: String
    public let threshold: Int
    public let promisedSeconds: Int64
    public let inTime: Int
    /// Those above the threshold.
    public let margin: Int
    /// As the log has it: open, throttled or suspended.
    public let service: String
    public let seats: [Seat]
  }

  /// A time in which a wallet could not be served.
  public struct Suspension: Encodable, Hashable, Sendable {
    public enum Reason: String, Encodable, Sendable {
      /// Somebody stopped everything.
      case frozen
      /// Fewer than the threshold were heard of.
      case holdersMissing
    }
    public let wallet: String
    public let reason: Reason
    /// Milliseconds since 1970.
    public let since: Int64
    /// Missing while it lasts.
    public let until: Int64?
  }

  /// A claim and what became of it.
  public struct Activation: Encodable, Hashable, Sendable {
    public let number: UInt64
    public let person: String
    public let openedAt: Int64
    public let endedAt: Int64?
    /// open, vetoed, activated, lapsed or superseded.
    public let outcome: String
    public let successor: String?
  }

  /// A place where people put the log in the stead of one that was lost: what stood in the lost part is
  /// not proved by anything here.
  public struct Break: Encodable, Hashable, Sendable {
    /// Entries of the log that were kept.
    public let keptEntries: UInt64
    /// What was published last of the lost one.
    public let lostEntries: UInt64
    public let lostHead: String
    /// The number of the entry that says so.
    public let entry: UInt64
    /// Milliseconds since 1970.
    public let at: Int64
    public let acceptedBy: [String]
    /// Whether the log was looked at last in the part that is lost.
    public let hidesMark: Bool
  }

  /// The log at one moment: what to compare with when it is looked at again.
  public struct Mark: Codable, Hashable, Sendable {
    public let entries: UInt64
    /// Hash of the last entry, 64 hexadecimal digits.
    public let head: String

    public init(entries: UInt64, head: String) {
      self.entries = entries
      self.head = head
    }
  }

  public var isProved: Bool { problems.isEmpty }
  public internal(set) var problems: [LivenessProblem] = []
  public internal(set) var mark = Mark(entries: 0, head: "")
  /// The chain's clock, seconds since 1970.
  public internal(set) var chainTime: Int64 = 0
  public internal(set) var chainHeight = 0
  public internal(set) var wallets: [Wallet] = []
  public internal(set) var suspensions: [Suspension] = []
  public internal(set) var activations: [Activation] = []
  public internal(set) var breaks: [Break] = []
  /// What the holders have to do soon, by the chain's clock.
  public internal(set) var reminders = RemindersReport([], at: 0)
  public internal(set) var beats = 0
  /// Blocks in the log that the chain left again.
  public internal(set) var blocksLeft = 0

  private enum CodingKeys: String, CodingKey {
    case isProved, problems, mark, chainTime, chainHeight, wallets, suspensions, activations, breaks
    case reminders, beats, blocksLeft
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(isProved, forKey: .isProved)
    try container.encode(problems.map(\.description), forKey: .problems)
    try container.encode(mark, forKey: .mark)
    try container.encode(chainTime, forKey: .chainTime)
    try container.encode(chainHeight, forKey: .chainHeight)
    try container.encode(wallets, forKey: .wallets)
    try container.encode(suspensions, forKey: .suspensions)
    try container.encode(activations, forKey: .activations)
    try container.encode(breaks, forKey: .breaks)
    try container.encode(reminders.items, forKey: .reminders)
    try container.encode(beats, forKey: .beats)
    try container.encode(blocksLeft, forKey: .blocksLeft)
  }
}
