public import Money

/// A public reason why withdrawals of an asset wait or are closed. See DESIGN, "what is never
/// true": no suspension without a reason and a time.
public struct Suspension: Equatable, Sendable {
  public enum Reason: Equatable, Sendable {
    /// The chain shows less than is owed.
    case reservesBelowLiabilities(owed: Amount, covered: Amount, at: ChainPoint)
    /// A coin of ours was spent by a transaction that is not a payout.
    case unexplainedOutflow(ChainOutpoint)
    /// A credited deposit was taken out of the chain.
    case reorganisationBeyondFinality(DepositID)
    /// Too few signers answer.
    case signersUnavailable(reachable: UInt32, threshold: UInt32)
    /// The guard has not been connected.
    case guardUnreachable
    /// The guard stopped itself.
    case guardHalted(String)
    /// The nodes do not agree on the chain, or it changed deeper than can be followed. Deposits are
    /// not credited meanwhile.
    case chainUnreliable(String)
    /// The hot wallet cannot pay everything that was asked for, and people have been asked to bring
    /// coins from cold storage. What is waited for.
    case refillAwaited(missing: Amount)
    /// Fewer key holders live than must sign, or one of them stopped everything.
    case keyHoldersMissing(live: UInt32, threshold: UInt32, frozen: Bool)
    /// A key holder is missing, or all are in one place: limits are halved, and nothing waits.
    case keyHoldersFew(live: UInt32, threshold: UInt32)
    /// An operator stopped it.
    case decided(SuspensionClass)
    /// What was wrong is over; the published checks run.
    case reopening(Reopening)
    /// Withdrawals that queued meanwhile are paid, the oldest first, so many an hour.
    case draining(Drain)
  }

  /// Hours within which the public hears again, whatever happens, in milliseconds.
  public static let updateInterval: Int64 = 4 * 3_600_000

  public var asset: AssetID
  public var reason: Reason
  public var since: Timestamp
  /// Whether new withdrawals are refused (true), or accepted and queued (false).
  public var closes: Bool
  /// When the public hears next, at the latest.
  public var nextUpdateBy: Timestamp
  /// What an operator last said about it.
  public var note: String
  /// The operator who wants it ended; a second one ends it.
  public var liftedBy: String?

  public init(
    asset: AssetID, reason: Reason, since: Timestamp, closes: Bool,
    nextUpdateBy: Timestamp? = nil, note: String = "", liftedBy: String? = nil
  ) {
    self.asset = asset
    self.reason = reason
    self.since = since
    self.closes = closes
    self.nextUpdateBy = nextUpdateBy ?? since.advanced(byMilliseconds: Self.updateInterval)
    self.note = note
    self.liftedBy = liftedBy
  }
}

/// What a suspension is about, as the public is told.
public enum SuspensionClass: UInt8, CaseIterable, Sendable {
  case keyHolder = 0
  case chainOutage = 1
  case securityIncident = 2
  case hotRefill = 3
  case regulator = 4
  case maintenance = 5
  case solvencyBreach = 6
}

/// How withdrawals of an asset stand.
public enum ServiceState: UInt8, Comparable, Sendable {
  case open = 0
  /// Paid, more slowly or in smaller amounts than usual.
  case throttled = 1
  /// What was wrong is over, and the checks before reopening run.
  case checking = 2
  /// Nothing leaves; what is asked for queues, or is refused where the reason says so.
  case suspended = 3

  public static func < (a: ServiceState, b: ServiceState) -> Bool { a.rawValue < b.rawValue }
}

/// The checks that stand between a suspension and the first payment after it.
public struct Reopening: Equatable, Sendable {
  /// Key holders who proved their spending keys since it began, and how many must.
  public var keysProved: UInt32 = 0
  public var keysNeeded: UInt32 = 0
  /// Signers whose counters are where the guard left them, and how many must be.
  public var countersEqual: UInt32 = 0
  public var countersNeeded: UInt32 = 0
  /// Waiting withdrawals that were judged again, once they all were.
  public var judged: UInt32?
  /// The first payment, made alone; the rest waits until a block has it.
  public var canary: PayoutID?
  /// Withdrawals paid in one hour afterwards, until the queue is empty.
  public var drainPerHour: UInt32 = 0

  public init() {}

  /// Which of the checks are done.
  var steps: [Bool] {
    [
      keysNeeded > 0 && keysProved >= keysNeeded,
      countersNeeded > 0 && countersEqual >= countersNeeded, judged != nil, canary != nil,
    ]
  }

  /// Whether everything but the first payment is done.
  public var isReadyToPay: Bool { steps.prefix(3).allSatisfy(\.self) }
}

/// How far the queue of a suspension is paid.
public struct Drain: Equatable, Sendable {
  public static let hour: Int64 = 3_600_000

  /// Withdrawals of the queue that wait for their payment.
  public var left: UInt32
  public var perHour: UInt32
  /// The last withdrawal of the queue.
  public var last: WithdrawalID
  /// When the current hour began, and what was paid since.
  public var hourBegan: Timestamp
  public var paid: UInt32

  public init(
    left: UInt32, perHour: UInt32, last: WithdrawalID, hourBegan: Timestamp, paid: UInt32 = 0
  ) {
    self.left = left
    self.perHour = perHour
    self.last = last
    self.hourBegan = hourBegan
    self.paid = paid
  }

  /// Withdrawals that may be paid at `time`.
  public func room(at time: Timestamp) -> UInt32 {
    time >= hourBegan.advanced(byMilliseconds: Self.hour) ? perHour : perHour - min(paid, perHour)
  }
}

/// A suspension that is over.
public struct EndedSuspension: Equatable, Sendable {
  public var suspension: Suspension
  public var endedAt: Timestamp

  public init(_ suspension: Suspension, endedAt: Timestamp) {
    self.suspension = suspension
    self.endedAt = endedAt
  }
}

extension Suspension.Reason {
  /// How withdrawals stand for this reason.
  public var state: ServiceState {
    switch self {
    case .reservesBelowLiabilities, .unexplainedOutflow, .reorganisationBeyondFinality,
      .signersUnavailable, .guardUnreachable, .guardHalted, .chainUnreliable, .keyHoldersMissing,
      .decided:
      .suspended
    case .refillAwaited, .keyHoldersFew, .draining: .throttled
    case .reopening: .checking
    }
  }

  /// What it is about.
  public var reasonClass: SuspensionClass {
    switch self {
    case .reservesBelowLiabilities: .solvencyBreach
    case .unexplainedOutflow: .securityIncident
    case .reorganisationBeyondFinality, .chainUnreliable: .chainOutage
    case .signersUnavailable, .guardUnreachable, .guardHalted: .maintenance
    case .refillAwaited: .hotRefill
    case .keyHoldersMissing, .keyHoldersFew: .keyHolder
    case .decided(let about): about
    case .reopening, .draining: .maintenance
    }
  }

  /// Whether nothing may be released or built while it lasts, though requests are accepted.
  var holds: Bool {
    switch self {
    case .keyHoldersMissing, .decided: true
    case .reservesBelowLiabilities, .unexplainedOutflow, .reorganisationBeyondFinality,
      .signersUnavailable, .guardUnreachable, .guardHalted, .chainUnreliable, .refillAwaited,
      .keyHoldersFew, .reopening, .draining:
      false
    }
  }

  /// Whether payments begin again only after the published checks.
  var needsChecks: Bool {
    switch self {
    case .keyHoldersMissing, .decided, .unexplainedOutflow: true
    case .reservesBelowLiabilities, .reorganisationBeyondFinality, .signersUnavailable,
      .guardUnreachable, .guardHalted, .chainUnreliable, .refillAwaited, .keyHoldersFew, .reopening,
      .draining:
      false
    }
  }

  /// Whether it tells the public a step that a rule or a person took since `before`, of the same cause.
  /// Figures that change with every customer and every block do not: what is missing, what waits, how
  /// many signers answer, what a node says.
  func isNews(after before: Suspension.Reason) -> Bool {
    switch (self, before) {
    case (
      .keyHoldersMissing(let live, _, let frozen), .keyHoldersMissing(let liveBefore, _, let was)
    ):
      live != liveBefore || frozen != was
    case (.keyHoldersFew(let live, _), .keyHoldersFew(let liveBefore, _)): live != liveBefore
    case (.reopening(let checks), .reopening(let checksBefore)):
      checks.steps != checksBefore.steps
    case (.draining(let drain), .draining(let drainBefore)):
      // A payment of the queue, not what customers take back of it.
      drain.paid != drainBefore.paid || drain.hourBegan != drainBefore.hourBegan
    default: false
    }
  }

  /// Whether people end it, two of them.
  public var endsByDecision: Bool {
    switch self {
    case .decided, .unexplainedOutflow, .reorganisationBeyondFinality: true
    case .reservesBelowLiabilities, .signersUnavailable, .guardUnreachable, .guardHalted,
      .chainUnreliable, .refillAwaited, .keyHoldersMissing, .keyHoldersFew, .reopening, .draining:
      false
    }
  }
}
