/// How a follower behaves towards its primary.
public struct FollowOptions: Sendable {
  public var role: FollowerRole
  /// What the primary's operator sees it under, at most 64 bytes.
  public var name: String
  /// Bytes of batches under way to it at most, unless a single batch is larger.
  public var creditBytes: UInt32 = 8 << 20
  /// Heartbeats that may be missing before the connection counts as dead.
  public var missedHeartbeats: UInt64 = 15
  /// Pause before the next attempt to connect, in milliseconds.
  public var retryMilliseconds: UInt64 = 200

  public init(role: FollowerRole, name: String) {
    self.role = role
    self.name = name
  }
}

/// The follower's side: connects, says where it stands, takes batches in order, resumes after every cut.
///
/// It performs no I/O. The caller carries the actions out in order and reports back.
package struct FollowMachine: Sendable {
  package enum Action: Equatable, Sendable {
    /// Connect, and report with ``FollowMachine/connected(_:at:)`` or ``FollowMachine/lost(at:)``.
    case connect
    case send(ReplicationMessage)
    /// Check, execute and keep the batches, and report with ``FollowMachine/kept(_:)``.
    case keep([[UInt8]])
    /// Compare with the own state after that batch, if it is known.
    case compare(ReplicationMessage.StateCheckpoint)
    /// Remember what the primary said about itself.
    case welcomed(ReplicationMessage.Welcome)
    case disconnect(Cut)
    /// The primary will not have us: nothing more to do here.
    case stop(FollowerRefusal)
  }

  /// Why the follower ends a connection by itself. It tries again.
  package enum Cut: Equatable, Sendable {
    case silent
    case misunderstood(ReplicationProblem)
    /// The primary is one that was replaced.
    case lowerTerm(primary: UInt64, seen: UInt64)
    /// It cannot serve us now, and may later.
    case refused(FollowerRefusal)
  }

  /// Where the follower stands: its last batch.
  package struct Position: Equatable, Sendable {
    package var identity: [UInt8]
    package var sequence: UInt64
    package var hash: [UInt8]
    package var term: UInt64

    package init(identity: [UInt8], sequence: UInt64, hash: [UInt8], term: UInt64) {
      self.identity = identity
      self.sequence = sequence
      self.hash = hash
      self.term = term
    }
  }

  private enum State: Equatable, Sendable {
    case waiting(until: UInt64)
    case connecting
    case greeting
    case following
    case stopped
  }

  private let options: FollowOptions
  private var state: State
  package private(set) var position: Position
  private var heardAt: UInt64
  private var silenceLimit: UInt64
  /// Bytes kept since the last word to the primary.
  private var owed = 0
  /// Bytes of each `keep` that is not reported yet.
  private var keeping: [Int] = []
  /// The primary's last durable batch, as far as it said.
  package private(set) var primaryHead: UInt64 = 0

  package init(options: FollowOptions, position: Position, at now: UInt64) {
    self.options = options
    self.position = position
    state = .waiting(until: now)
    heardAt = now
    silenceLimit = 5_000
  }

  /// Whether the primary has welcomed it on the present connection.
  package var isFollowing: Bool { state == .following }

  /// Milliseconds since the primary was last heard.
  package func silence(at now: UInt64) -> UInt64 { now - min(now, heardAt) }

  package mutating func timePassed(to now: UInt64) -> [Action] {
    switch state {
    case .waiting(let until):
      guard now >= until else { return [] }
      state = .connecting
      return [.connect]
    case .greeting, .following:
      guard now >= heardAt + silenceLimit else { return [] }
      return cut(.silent, at: now)
    case .connecting, .stopped: return []
    }
  }

  /// The connection stands.
  package mutating func connected(at now: UInt64) -> [Action] {
    guard state == .connecting else { return [] }
    state = .greeting
    heardAt = now
    silenceLimit = 5_000
    owed = 0
    keeping = []
    let hello = ReplicationMessage.Hello(
      role: options.role, identity: position.identity, sequence: position.sequence,
      hash: position.hash, term: position.term, credit: options.creditBytes, name: options.name)
    return [.send(.hello(hello))]
  }

  /// There is no connection, or no longer one.
  package mutating func lost(at now: UInt64) {
    guard state != .stopped else { return }
    state = .waiting(until: now + options.retryMilliseconds)
  }

  /// Takes a message of the primary.
  package mutating func receive(_ message: ReplicationMessage, at now: UInt64) -> [Action] {
    heardAt = now
    switch (state, message) {
    case (.stopped, _), (.waiting, _), (.connecting, _): return []
    case (.greeting, .welcome(let welcome)):
      guard welcome.term >= position.term else {
        return cut(.lowerTerm(primary: welcome.term, seen: position.term), at: now)
      }
      state = .following
      primaryHead = welcome.head
      silenceLimit = UInt64(welcome.heartbeatMilliseconds) * options.missedHeartbeats
      return [.welcomed(welcome)]
    case (.greeting, .refusal(let refusal)), (.following, .refusal(let refusal)):
      switch refusal {
      case .ending, .tooManyFollowers, .unreadable: return cut(.refused(refusal), at: now)
      case .unknownVersion, .otherJournal, .ahead, .forked, .higherTerm, .pruned:
        state = .stopped
        return [.stop(refusal)]
      }
    case (.following, .batches(let batches)):
      keeping.append(batches.reduce(0) { $0 + $1.count })
      return [.keep(batches)]
    case (.following, .heartbeat(let heartbeat)):
      guard heartbeat.term >= position.term else {
        return cut(.lowerTerm(primary: heartbeat.term, seen: position.term), at: now)
      }
      primaryHead = max(primaryHead, heartbeat.head)
      return [report()]
    case (.following, .checkpoint(let checkpoint)): return [.compare(checkpoint)]
    default:
      return cut(.misunderstood(.unexpected(message.title)), at: now)
    }
  }

  /// What arrived was no message.
  package mutating func misunderstood(_ problem: ReplicationProblem, at now: UInt64) -> [Action] {
    cut(.misunderstood(problem), at: now)
  }

  /// Everything of the oldest `keep` is dealt with, durably where that is the role's duty.
  package mutating func kept(_ position: Position) -> [Action] {
    self.position = position
    primaryHead = max(primaryHead, position.sequence)
    if !keeping.isEmpty { owed += keeping.removeFirst() }
    guard state == .following else { return [] }
    return [report()]
  }

  /// A later term is known now.
  package mutating func learned(term: UInt64) { position.term = max(position.term, term) }

  private mutating func report() -> Action {
    defer { owed = 0 }
    // A batch larger than all credit was sent against credit that did not exist: no more comes back
    // than was given.
    let credit = UInt32(min(owed, Int(UInt32.max)))
    return .send(.progress(.init(sequence: position.sequence, credit: credit)))
  }

  private mutating func cut(_ cut: Cut, at now: UInt64) -> [Action] {
    state = .waiting(until: now + options.retryMilliseconds)
    return [.disconnect(cut)]
  }
}
