/// When the exchange answers whoever gave it a command.
public enum AcknowledgementRule: Equatable, Sendable {
  /// What happens when no standby confirms in time.
  public enum WithoutStandby: String, CaseIterable, Sendable {
    /// Answers wait no longer, until a standby has caught up again.
    case degrade
    /// The exchange stops: it rather serves nobody than on one disk only.
    case stop
  }

  /// When it is durable on this machine's disk.
  case ownDisk
  /// When it is durable on this machine's disk and on that of one standby at least.
  case standby(patienceMilliseconds: UInt64, withoutStandby: WithoutStandby)
}

/// How safe an answer is at present.
public enum AcknowledgementState: String, Sendable {
  /// Answers are durable on one disk, as configured.
  case ownDisk = "own disk"
  /// Answers are durable on two disks.
  case standby
  /// They should be, but no standby confirms: they are durable on one disk.
  case degraded
}

/// Decides how long an answer waits for a standby. Pure: it looks at no clock.
struct AcknowledgementMachine: Sendable {
  enum Decision: Equatable, Sendable {
    case tell
    /// Ask again when a standby has moved, or when so much time is over.
    case wait(milliseconds: UInt64)
    case stop
  }

  /// Batches that a standby may be behind when answers begin to wait for it again.
  private static let closeEnough: UInt64 = 64

  let rule: AcknowledgementRule
  private(set) var state: AcknowledgementState
  /// The batch that no standby confirmed in time: one that has not reached it is not waited for again.
  private var missed: UInt64 = 0

  init(rule: AcknowledgementRule) {
    self.rule = rule
    switch rule {
    case .ownDisk: state = .ownDisk
    // Until the first standby is there, nobody's answer should take the whole patience.
    case .standby(_, .degrade): state = .degraded
    case .standby(_, .stop): state = .standby
    }
  }

  /// Takes note that a standby has everything, while nobody waits for an answer.
  mutating func observe(head: UInt64, confirmed: UInt64?) {
    guard state == .degraded, let confirmed, confirmed >= head else { return }
    state = .standby
  }

  /// Says whether everybody may be told of `batch`.
  ///
  /// - Parameters:
  ///   - confirmed: The last batch that any connected standby has on its disk; `nil` when none is
  ///     connected.
  ///   - waited: How long this batch has waited already, in milliseconds.
  mutating func decide(batch: UInt64, confirmed: UInt64?, waited: UInt64) -> Decision {
    guard case .standby(let patience, let withoutStandby) = rule else { return .tell }
    if let confirmed, confirmed >= batch {
      state = .standby
      return .tell
    }
    if state == .degraded {
      guard let confirmed, confirmed >= missed, confirmed + Self.closeEnough >= batch else {
        return .tell
      }
      state = .standby
    }
    guard waited >= patience else { return .wait(milliseconds: patience - waited) }
    switch withoutStandby {
    case .degrade:
      state = .degraded
      missed = batch
      return .tell
    case .stop: return .stop
    }
  }
}
