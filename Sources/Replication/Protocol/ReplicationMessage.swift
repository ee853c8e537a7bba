// Replication owns how a second machine comes to hold the same journal and, when it must, to take over:
// the protocol between the primary and its followers, the standby, promotion and the fence. It refuses
// to know what a command means, and it never writes a batch that the primary did not seal.

/// What a follower does with the batches.
public enum FollowerRole: UInt8, CaseIterable, Sendable {
  /// Executes them to judge withdrawals.
  case `guard` = 1
  /// Keeps them durably, to take over.
  case standby = 2
  /// Builds something from them that can be built again.
  case view = 3
}

/// One message between the primary and a follower.
///
/// The follower speaks first, with ``hello(_:)``. It is answered with ``welcome(_:)`` or with a
/// ``refusal(_:)``, behind which the connection ends. Then the primary sends batches as long as it has
/// credit, and heartbeats; the follower answers both with ``progress(_:)``.
package enum ReplicationMessage: Equatable, Sendable {
  case hello(Hello)
  case welcome(Welcome)
  case refusal(FollowerRefusal)
  /// Batches in order, each exactly as it stands on the primary's disk.
  case batches([[UInt8]])
  case progress(Progress)
  case heartbeat(Heartbeat)
  case checkpoint(StateCheckpoint)

  /// The only version there is.
  package static let version: UInt16 = 1

  /// Who the follower is and where it stands.
  package struct Hello: Equatable, Sendable {
    package var version: UInt16
    package var role: FollowerRole
    /// Hash of the follower's first batch, which names the journal; zeros when it has none.
    package var identity: [UInt8]
    /// The last batch it holds, 0 for none.
    package var sequence: UInt64
    /// Hash of that batch; zeros for none.
    package var hash: [UInt8]
    /// Highest term it has seen.
    package var term: UInt64
    /// Bytes of batches that it takes before it has said that they are dealt with, at least 1.
    package var credit: UInt32
    /// What the operator calls it, at most 64 bytes.
    package var name: String

    package init(
      version: UInt16 = ReplicationMessage.version, role: FollowerRole, identity: [UInt8],
      sequence: UInt64, hash: [UInt8], term: UInt64, credit: UInt32, name: String
    ) {
      self.version = version
      self.role = role
      self.identity = identity
      self.sequence = sequence
      self.hash = hash
      self.term = term
      self.credit = credit
      self.name = name
    }
  }

  /// What the follower needs to know of the primary.
  package struct Welcome: Equatable, Sendable {
    /// Hash of the journal's first batch; zeros while there is none.
    package var identity: [UInt8]
    package var head: UInt64
    package var term: UInt64
    /// How often the primary gives a sign of life, in milliseconds.
    package var heartbeatMilliseconds: UInt32
    /// Path of the fence, which decides who is the primary.
    package var fence: String

    package init(
      identity: [UInt8], head: UInt64, term: UInt64, heartbeatMilliseconds: UInt32, fence: String
    ) {
      self.identity = identity
      self.head = head
      self.term = term
      self.heartbeatMilliseconds = heartbeatMilliseconds
      self.fence = fence
    }
  }

  /// How far the follower is.
  package struct Progress: Equatable, Sendable {
    /// The last batch it has dealt with: for a standby, the last one on its own medium.
    package var sequence: UInt64
    /// Bytes of batches that it has dealt with since the last message and takes anew.
    package var credit: UInt32

    package init(sequence: UInt64, credit: UInt32) {
      self.sequence = sequence
      self.credit = credit
    }
  }

  /// The primary's sign of life.
  package struct Heartbeat: Equatable, Sendable {
    /// The last durable batch.
    package var head: UInt64
    package var term: UInt64

    package init(head: UInt64, term: UInt64) {
      self.head = head
      self.term = term
    }
  }

  /// What the state after a batch hashes to.
  package struct StateCheckpoint: Equatable, Sendable {
    package var sequence: UInt64
    package var stateHash: [UInt8]

    package init(sequence: UInt64, stateHash: [UInt8]) {
      self.sequence = sequence
      self.stateHash = stateHash
    }
  }
}

/// Why a follower is not served.
public enum FollowerRefusal: Error, Equatable, Sendable {
  case unknownVersion(spoken: UInt16)
  /// The follower's journal began with another batch.
  case otherJournal
  /// The follower holds batches that the primary does not have.
  case ahead(follower: UInt64, head: UInt64)
  /// The follower holds another batch at this place than the primary.
  case forked(at: UInt64)
  /// The follower has seen a later term: this primary has been replaced.
  case higherTerm(follower: UInt64, own: UInt64)
  case tooManyFollowers(limit: UInt64)
  /// The batches the follower needs are not on the primary's disk any more.
  case pruned(after: UInt64)
  /// The primary's journal cannot be read there.
  case unreadable(at: UInt64)
  /// The primary is ending.
  case ending
}

extension FollowerRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownVersion(let spoken):
      "the primary speaks version \(ReplicationMessage.version) of the protocol, not \(spoken)"
    case .otherJournal: "the follower's journal is of another exchange"
    case .ahead(let follower, let head):
      "the follower is at batch \(follower), the primary ends at \(head): one of them is of a past "
        + "that did not go on"
    case .forked(let at):
      "the follower holds another batch \(at) than the primary: it is of a past that did not go on"
    case .higherTerm(let follower, let own):
      "the follower has seen term \(follower), this primary is of term \(own) and has been replaced"
    case .tooManyFollowers(let limit): "the primary serves \(limit) followers already"
    case .pruned(let after): "the primary no longer keeps the batches after \(after)"
    case .unreadable(let at): "the primary cannot read its journal after batch \(at)"
    case .ending: "the primary is ending"
    }
  }
}
