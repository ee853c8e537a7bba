import Link

/// A follower as the primary sees it.
public struct FollowerStatus: Equatable, Sendable {
  public let name: String
  public let role: FollowerRole
  /// The last batch it has dealt with; for a standby, the last one on its disk.
  public let sequence: UInt64
}

/// What the connections to all followers, the journal's thread and the health page share.
final class FollowerBoard: Sendable {
  private struct State: Sendable {
    var head: UInt64 = 0
    var checkpoint: ReplicationMessage.StateCheckpoint?
    var followers: [UInt64: FollowerStatus] = [:]
    var wakeups: [UInt64: Wakeup] = [:]
    var nextConnection: UInt64 = 0
    var isEnding = false
  }

  let term: UInt64
  private let state = Monitor(State())

  init(term: UInt64) { self.term = term }

  /// The last durable batch, beyond which no follower sees anything.
  var head: UInt64 { state.read { $0.head } }
  var checkpoint: ReplicationMessage.StateCheckpoint? { state.read { $0.checkpoint } }
  var isEnding: Bool { state.read { $0.isEnding } }
  /// Connections, also those that have not said who they are.
  var connectionCount: Int { state.read { $0.wakeups.count } }

  /// Followers that are being served, in the order in which they came.
  var followers: [FollowerStatus] {
    state.read { state in
      state.followers.sorted { $0.key < $1.key }.map { $0.value }
    }
  }

  /// The last batch that any connected standby has on its disk; `nil` when none is connected.
  var confirmedByStandby: UInt64? { state.read { Self.confirmed($0) } }

  /// Returns when a standby has confirmed more than `confirmed`, or after `milliseconds`.
  func waitForProgress(past confirmed: UInt64?, milliseconds: UInt64) {
    let _: Void? = state.wait(milliseconds: milliseconds) { state in
      guard let now = Self.confirmed(state) else { return nil }
      return confirmed.map { now > $0 } ?? true ? () : nil
    }
  }

  private static func confirmed(_ state: State) -> UInt64? {
    state.followers.values.filter { $0.role == .standby }.map { $0.sequence }.max()
  }

  func headMoved(to head: UInt64) {
    wakeAll { $0.head = max($0.head, head) }
  }

  func publish(_ checkpoint: ReplicationMessage.StateCheckpoint) {
    wakeAll { $0.checkpoint = checkpoint }
  }

  func end() { wakeAll { $0.isEnding = true } }

  private func wakeAll(_ body: (inout State) -> Void) {
    let wakeups = state.change { state in
      body(&state)
      return Array(state.wakeups.values)
    }
    for wakeup in wakeups { wakeup.wake() }
  }

  /// Adds a connection and returns its number.
  func add(_ wakeup: Wakeup) -> UInt64 {
    state.change { state in
      state.nextConnection += 1
      state.wakeups[state.nextConnection] = wakeup
      return state.nextConnection
    }
  }

  func set(_ follower: FollowerStatus, of connection: UInt64) {
    state.change { $0.followers[connection] = follower }
  }

  func remove(_ connection: UInt64) {
    state.change { state in
      state.followers[connection] = nil
      state.wakeups[connection] = nil
    }
  }

  /// Waits until every connection has ended.
  func waitUntilEmpty(milliseconds: UInt64) {
    let _: Void? = state.wait(milliseconds: milliseconds) { $0.wakeups.isEmpty ? () : nil }
  }
}
