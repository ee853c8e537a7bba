/// What became of a record, or of time alone.
public enum KeyHolderEvent: Hashable, Sendable {
  case enacted(version: UInt32)
  case beat(person: String, sequence: UInt64)
  /// The device's clock is off by so much; the beat counts, since its block says when it was made.
  case clockOff(person: String, milliseconds: Int64)
  /// Two holders of a wallet declared the same region at the same time.
  case itinerariesMeet(person: String, other: String, region: String)
  case checked(person: String)
  case conditionChanged(person: String, Condition)
  /// `claimant` is `nil` where the monitor opened it.
  case claimOpened(UInt64, person: String, Claim.Reason, claimant: String?)
  case claimConfirmed(UInt64, by: String)
  /// The holder has vetoed as often as he may; a key check is needed, too.
  case vetoNeedsKeyCheck(UInt64)
  case claimEnded(UInt64, ClaimOutcome)
  case frozen(UInt64)
  case thawing(UInt64, at: Int64)
  case thawed(UInt64)
  /// People put this log in the place of a lost one.
  case logAccepted(LogBreak)
  case standingChanged(KeySet.Wallet, Standing)
}

/// How a claim ended.
public enum ClaimOutcome: Hashable, Sendable {
  /// The holder gave a fresh sign of life.
  case vetoed
  /// The successor's key is in service.
  case activated(successor: String)
  /// Not confirmed in time.
  case lapsed
  /// A new roster came in force.
  case superseded
}

/// How a seat is, seen from outside.
public enum Condition: UInt8, Hashable, Sendable, Comparable {
  case live = 0
  case late = 1
  case missing = 2
  case unreachable = 3
  /// In service and not heard of yet.
  case awaited = 4
  /// He gave up his key himself.
  case surrendered = 5

  public static func < (a: Condition, b: Condition) -> Bool { a.rawValue < b.rawValue }

  /// Whether the seat could sign today, as far as anybody knows.
  public var counts: Bool { self == .live || self == .late }
}

/// Whether a wallet can be served: the public margin.
public struct Standing: Hashable, Sendable {
  /// Seats that could sign.
  public var live: Int
  public var threshold: Int
  public var isFrozen: Bool
  /// Whether somebody is missing or all declared the same region.
  public var isReduced: Bool

  /// Losses that stop nothing; negative when too few are left.
  public var margin: Int { live - threshold }

  public enum Service: UInt8, Hashable, Sendable {
    /// As usual.
    case open = 0
    /// One loss from a halt, or somebody is missing: with half the hot float and half the velocity.
    case throttled = 1
    case suspended = 2
  }

  public var service: Service {
    if isFrozen || margin < 0 { return .suspended }
    return isReduced || margin == 0 ? .throttled : .open
  }
}
