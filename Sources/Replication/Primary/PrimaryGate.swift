public import Journal
import Synchronization

/// Lets the journal write and tell only as long as this process is the primary, and, where that is asked
/// for, only what a standby has too.
public final class PrimaryGate: Sendable {
  /// This primary's term.
  public let term: UInt64
  public let fence: Fence
  let followers: FollowerBoard
  private let machine: Monitor<AcknowledgementMachine>
  private let note: @Sendable (ReplicationNote) -> Void
  private let isFenceReplaced = Atomic(false)

  public init(
    fence: Fence, term: UInt64, rule: AcknowledgementRule,
    note: @escaping @Sendable (ReplicationNote) -> Void
  ) throws(FenceError) {
    try fence.check(term)
    self.fence = fence
    self.term = term
    followers = FollowerBoard(term: term)
    machine = Monitor(AcknowledgementMachine(rule: rule))
    self.note = note
  }

  /// How safe an answer is now.
  public var acknowledgement: AcknowledgementState { machine.read { $0.state } }

  /// Takes note of what standbys have reached, and of what became of the fence, while no command came;
  /// called a few times a second.
  public func observe() {
    lookForFence()
    // An older copy that was written over it would let the primary of before start again.
    if fence.term < term { try? fence.catchUp(to: term) }
    let (head, confirmed) = (followers.head, followers.confirmedByStandby)
    let changed: AcknowledgementState? = machine.change { machine in
      let before = machine.state
      machine.observe(head: head, confirmed: confirmed)
      return machine.state == before ? nil : machine.state
    }
    if let changed { note(.acknowledgementChanged(changed, batch: head)) }
  }

  /// Whether this process is still the primary.
  public func check() throws(JournalError) {
    let raised = fence.term
    guard raised <= term else { throw .fenced(term: raised) }
    guard !isFenceReplaced.load(ordering: .relaxed) else {
      throw .io(
        operation: "going on as the primary behind a fence that was replaced by another file",
        path: fence.path, code: Self.stale)
    }
  }

  /// A copy of the fence that was put back in its place is raised by a promotion that this process would
  /// not see.
  private func lookForFence() {
    if fence.isReplaced { isFenceReplaced.store(true, ordering: .relaxed) }
  }

  /// ESTALE: what the operating system says of a file that is not the one of before.
  private static let stale: Int32 = 116

  /// Returns when everybody may be told of the batches up to `sequence`, which are durable here.
  ///
  /// - Throws: What ends the primary for good: nobody of the batch may be told anything but that.
  public func pass(through sequence: UInt64) throws(JournalError) {
    lookForFence()
    try check()
    followers.headMoved(to: sequence)
    let began = monotonicMilliseconds()
    while true {
      let confirmed = followers.confirmedByStandby
      let waited = monotonicMilliseconds() - began
      let before = acknowledgement
      let decision = machine.change {
        $0.decide(batch: sequence, confirmed: confirmed, waited: waited)
      }
      let after = acknowledgement
      if after != before { note(.acknowledgementChanged(after, batch: sequence)) }
      switch decision {
      case .tell:
        try check()
        return
      case .stop: throw .standbyGone(batch: sequence, afterMilliseconds: waited)
      case .wait(let milliseconds):
        // In short pieces: whoever waits for a standby that was promoted finds out here.
        followers.waitForProgress(past: confirmed, milliseconds: min(milliseconds, 100))
        try check()
      }
    }
  }
}
