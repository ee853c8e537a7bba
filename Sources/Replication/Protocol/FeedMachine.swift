import Journal

/// How the primary serves its followers.
public struct FeedOptions: Sendable {
  /// How often it gives a sign of life, in milliseconds.
  public var heartbeatMilliseconds: UInt32 = 200
  /// After so long without a word a follower is dropped, in milliseconds.
  public var patienceMilliseconds: UInt64 = 5_000
  /// How long followers get, at the primary's end, to take what they lack, in milliseconds.
  public var farewellMilliseconds: UInt64 = 3_000
  /// Bytes of batches in one message, unless a single batch is larger.
  public var messageBytes = 1 << 20
  /// Connections at a time.
  public var followerLimit = 16

  public init() {}
}

/// The primary's side of one connection.
///
/// It performs no I/O: each input returns what the caller does next, and the caller answers `lookUp` and
/// `read` with another input. A follower that takes nothing costs nothing: batches are read from disk
/// only when it has credit for them, so no follower holds up the journal or another follower.
package struct FeedMachine: Sendable {
  package enum Action: Equatable, Sendable {
    /// Say what the journal holds at this place, with ``FeedMachine/lookedUp(_:at:)``.
    case lookUp(sequence: UInt64)
    /// Read batches after this one, with ``FeedMachine/read(_:at:)``.
    case read(after: UInt64, limitBytes: Int)
    case send(ReplicationMessage)
    /// The follower has dealt with everything up to here.
    case progressed(sequence: UInt64)
    /// End the connection once everything before is sent.
    case close(CloseReason)
  }

  package enum CloseReason: Equatable, Sendable {
    case refused(FollowerRefusal)
    case silent
    case misbehaved(ReplicationProblem)
  }

  /// What the journal says about a follower's place in it.
  package struct Place: Equatable, Sendable {
    /// Hash of the journal's first batch; zeros while there is none.
    package var identity: [UInt8]
    /// The last durable batch.
    package var head: UInt64
    package var term: UInt64
    /// Hash of the batch that was asked about; `nil` when the journal does not hold it.
    package var hash: [UInt8]?
    /// Why it does not hold it, when it should.
    package var refusal: FollowerRefusal?

    package init(
      identity: [UInt8], head: UInt64, term: UInt64, hash: [UInt8]?,
      refusal: FollowerRefusal? = nil
    ) {
      self.identity = identity
      self.head = head
      self.term = term
      self.hash = hash
      self.refusal = refusal
    }
  }

  private enum State: Sendable {
    case awaitingHello
    case lookingUp
    case streaming
    case ended
  }

  private let options: FeedOptions
  private let fence: String
  private var state = State.awaitingHello
  private var heardAt: UInt64
  private var spokeAt: UInt64
  /// Who it is, once it has said so.
  package private(set) var hello: ReplicationMessage.Hello?
  /// The last batch sent to it.
  private(set) var sent: UInt64 = 0
  /// The last batch it has dealt with.
  package private(set) var progress: UInt64 = 0
  private var credit = 0
  private var head: UInt64 = 0
  private var term: UInt64 = 0
  private var isReading = false
  /// When the primary ends although the follower lacks batches; `nil` while it does not end.
  private var farewellEnds: UInt64?

  /// - Parameter now: A clock that only goes forwards, in milliseconds.
  package init(options: FeedOptions, fence: String, at now: UInt64) {
    self.options = options
    self.fence = fence
    heardAt = now
    spokeAt = now
  }

  /// Whether it is welcome and gets batches.
  package var isStreaming: Bool { if case .streaming = state { true } else { false } }

  /// Takes a message of the follower.
  package mutating func receive(_ message: ReplicationMessage, at now: UInt64) -> [Action] {
    heardAt = now
    switch (state, message) {
    case (.ended, _): return []
    case (.awaitingHello, .hello(let hello)):
      guard hello.version == ReplicationMessage.version else {
        return refuse(.unknownVersion(spoken: hello.version))
      }
      self.hello = hello
      state = .lookingUp
      return [.lookUp(sequence: hello.sequence)]
    case (.streaming, .progress(let progress)):
      guard progress.sequence >= self.progress, progress.sequence <= sent else {
        return end(.misbehaved(.unexpected("progress to batch \(progress.sequence)")))
      }
      let limit = Int(hello?.credit ?? 0)
      guard Int(progress.credit) <= limit - min(credit, limit) else {
        return end(.misbehaved(.unexpected("credit for batches that were not sent")))
      }
      self.progress = progress.sequence
      credit += Int(progress.credit)
      return [.progressed(sequence: progress.sequence)] + readIfPossible()
    default: return end(.misbehaved(.unexpected("\(message.title)")))
    }
  }

  /// What it sent was no message.
  package mutating func misunderstood(_ problem: ReplicationProblem) -> [Action] {
    end(.misbehaved(problem))
  }

  /// Takes the answer to `lookUp`.
  package mutating func lookedUp(_ place: Place, at now: UInt64) -> [Action] {
    guard case .lookingUp = state, let hello else { return [] }
    if let refusal = refusal(of: hello, at: place) { return refuse(refusal) }
    state = .streaming
    sent = hello.sequence
    progress = hello.sequence
    credit = Int(hello.credit)
    head = place.head
    term = place.term
    spokeAt = now
    let welcome = ReplicationMessage.Welcome(
      identity: place.identity, head: place.head, term: place.term,
      heartbeatMilliseconds: options.heartbeatMilliseconds, fence: fence)
    return [.send(.welcome(welcome)), .progressed(sequence: hello.sequence)] + readIfPossible()
  }

  private func refusal(
    of hello: ReplicationMessage.Hello, at place: Place
  ) -> FollowerRefusal? {
    if hello.term > place.term { return .higherTerm(follower: hello.term, own: place.term) }
    if let refusal = place.refusal { return refusal }
    if hello.sequence == 0 { return nil }
    let isNamed = ![hello.identity, place.identity].contains(BatchHeader.genesis)
    if isNamed || place.head == 0, hello.identity != place.identity { return .otherJournal }
    guard hello.sequence <= place.head else {
      return .ahead(follower: hello.sequence, head: place.head)
    }
    guard let hash = place.hash else { return .unreadable(at: hello.sequence) }
    return hash == hello.hash ? nil : .forked(at: hello.sequence)
  }

  /// More batches are durable.
  package mutating func headMoved(to head: UInt64, term: UInt64) -> [Action] {
    self.head = max(self.head, head)
    self.term = max(self.term, term)
    return readIfPossible()
  }

  /// Takes the answer to `read`: batches in order behind the last one sent, ending with `last`.
  package mutating func read(
    _ batches: [[UInt8]], through last: UInt64, at now: UInt64
  ) -> [Action] {
    guard isReading else { return [] }
    isReading = false
    guard case .streaming = state, !batches.isEmpty else { return [] }
    sent = last
    // One batch may exceed the credit: it would never fit otherwise.
    credit -= batches.reduce(0) { $0 + $1.count }
    spokeAt = now
    return [.send(.batches(batches))] + readIfPossible()
  }

  /// The journal could not be read.
  ///
  /// - Parameter isPruned: Because the batches are not there any more.
  package mutating func readFailed(isPruned: Bool) -> [Action] {
    isReading = false
    return refuse(isPruned ? .pruned(after: sent) : .unreadable(at: sent))
  }

  /// The state after a batch is known.
  package mutating func checkpoint(_ checkpoint: ReplicationMessage.StateCheckpoint) -> [Action] {
    guard case .streaming = state, hello?.role == .standby else { return [] }
    return [.send(.checkpoint(checkpoint))]
  }

  /// Called often enough that nothing here comes much too late.
  package mutating func timePassed(to now: UInt64) -> [Action] {
    if case .ended = state { return [] }
    guard now < heardAt + options.patienceMilliseconds else { return end(.silent) }
    guard case .streaming = state, now >= spokeAt + UInt64(options.heartbeatMilliseconds) else {
      return []
    }
    spokeAt = now
    return [.send(.heartbeat(.init(head: head, term: term)))]
  }

  /// The primary ends: the connection does too, once the follower has everything or a moment is over.
  package mutating func finish(at now: UInt64) -> [Action] {
    guard case .streaming = state, progress < head else { return refuse(.ending) }
    let end = farewellEnds ?? now + options.farewellMilliseconds
    farewellEnds = end
    return now < end ? [] : refuse(.ending)
  }

  /// Says why, then ends the connection.
  package mutating func refuse(_ refusal: FollowerRefusal) -> [Action] {
    if case .ended = state { return [] }
    state = .ended
    return [.send(.refusal(refusal)), .close(.refused(refusal))]
  }

  private mutating func end(_ reason: CloseReason) -> [Action] {
    state = .ended
    return [.close(reason)]
  }

  private mutating func readIfPossible() -> [Action] {
    guard case .streaming = state, !isReading, sent < head, credit > 0 else { return [] }
    isReading = true
    return [.read(after: sent, limitBytes: min(credit, options.messageBytes))]
  }
}

extension ReplicationMessage {
  /// The kind of message, for what is said about it.
  package var title: String {
    switch self {
    case .hello: "a hello"
    case .welcome: "a welcome"
    case .refusal: "a refusal"
    case .batches: "batches"
    case .progress: "progress"
    case .heartbeat: "a heartbeat"
    case .checkpoint: "a checkpoint"
    }
  }
}
