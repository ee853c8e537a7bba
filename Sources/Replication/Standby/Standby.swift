public import Journal
import Link
import Synchronization

/// How a standby is run.
public struct StandbyOptions: Sendable {
  public var follow: FollowOptions
  public var journal = SequencerOptions()
  /// Pause between two reports, in milliseconds.
  public var reportEvery: UInt64 = 1_000

  public init(name: String) { follow = FollowOptions(role: .standby, name: name) }
}

/// A second machine's copy of the exchange: the same journal, byte by byte, on an own disk, and the state
/// that executing it gives, ready to take over.
///
/// One thread uses it, in ``run(isAskedToEnd:report:)``.
public final class Standby {
  private let socket: String
  private let directory: String
  private let source: String
  private let options: StandbyOptions
  private let journal: FollowerJournal
  private let wakeup: Wakeup
  private var role: FolderRole?
  private var machine: FollowMachine
  private var decoder = MessageDecoder()
  private var channel: FileDescriptorChannel?
  private var failure: StandbyFailure?
  private var cuts: UInt64 = 0
  private var lastCut: String?
  private var statesAgreeAt: UInt64 = 0
  /// The last batch whose own state hash was asked for.
  private var asked: UInt64 = 0
  /// State hashes that the primary told, and own ones to compare with them.
  private var told: [(sequence: UInt64, hash: [UInt8])] = []
  private let own = ComputedStates()

  /// Opens or creates the standby's own journal; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - socket: The primary's socket for followers.
  ///   - source: Data folder of the primary.
  ///   - directory: Data folder of the standby, on a disk of its own.
  public init(
    socket: String, source: String, directory: String, options: StandbyOptions,
    note: @escaping @Sendable (JournalNote) -> Void = { _ in }
  ) throws(StandbyFailure) {
    self.socket = socket
    self.source = source
    self.directory = directory
    self.options = options
    do throws(JournalError) {
      journal = try FollowerJournal(directory: directory, options: options.journal, note: note)
      role = try FolderRole.read(directory)
    } catch {
      throw .journal(error)
    }
    switch role?.part {
    case .promoting: throw .promoting
    case .primary: try Self.confirmReplaced(role, directory)
    case .standby, nil: break
    }
    do throws(LinkError) {
      wakeup = try Wakeup()
    } catch {
      throw .system(reason: "\(error)")
    }
    machine = FollowMachine(
      options: options.follow, position: Self.position(journal, term: role?.term ?? 0),
      at: monotonicMilliseconds())
  }

  /// A primary's folder may follow only when another primary was promoted.
  private static func confirmReplaced(
    _ role: FolderRole?, _ directory: String
  ) throws(StandbyFailure) {
    guard let role else { return }
    let raised: UInt64
    do throws(FenceError) {
      raised = try Fence(path: role.fence).term
    } catch {
      throw .fence(error)
    }
    guard raised > role.term else { throw .isPrimary(folder: directory, term: role.term) }
  }

  /// Follows until it is asked to end.
  ///
  /// - Parameters:
  ///   - isAskedToEnd: Asked several times a second.
  ///   - report: Told how it is doing, at least every ``StandbyOptions/reportEvery``.
  ///   - joined: Called when the primary has taken it in, with its fence's path.
  public func run(
    isAskedToEnd: () -> Bool, report: (StandbyStatus) -> Void,
    joined: () -> Void = {}
  ) throws(StandbyFailure) {
    defer { channel?.close() }
    var nextLook: UInt64 = 0
    var nextReport: UInt64 = 0
    var reported: StandbyStatus.Connection?
    while true {
      let now = monotonicMilliseconds()
      if now >= nextLook {
        nextLook = now + 100
        if isAskedToEnd() { break }
        try lookForPromotion()
      }
      let wasFollowing = machine.isFollowing
      carryOut(machine.timePassed(to: now))
      listen()
      compareStates()
      if let failure { throw failure }
      if machine.isFollowing, !wasFollowing { joined() }
      let status = status
      if now >= nextReport || status.connection != reported {
        nextReport = now + options.reportEvery
        reported = status.connection
        report(status)
      }
    }
    journal.closeWithSnapshot()
    report(status)
  }

  /// How it is doing now.
  public var status: StandbyStatus {
    let isInStep = machine.isFollowing && machine.primaryHead <= journal.replica.sequence
    return StandbyStatus(
      connection: machine.isFollowing ? (isInStep ? .inStep : .catchingUp) : .connecting,
      sequence: journal.replica.sequence, hash: journal.replica.hash,
      primaryHead: machine.primaryHead, term: machine.position.term,
      silenceMilliseconds: machine.silence(at: monotonicMilliseconds()),
      statesAgreeAt: statesAgreeAt, cuts: cuts, lastCut: lastCut)
  }

  private func lookForPromotion() throws(StandbyFailure) {
    let known: FolderRole?
    do throws(JournalError) {
      known = try FolderRole.read(directory)
    } catch {
      throw .journal(error)
    }
    if known?.part == .promoting { throw .promoting }
  }

  /// Takes what has arrived, waiting a little for it.
  private func listen() {
    guard let channel else {
      sleepMilliseconds(20)
      return
    }
    do throws(LinkError) {
      try channel.waitUntilReady(orWokenBy: wakeup, wantsToSend: false, milliseconds: 50)
      let received = try channel.receiveNow()
      guard !received.isEmpty else { return }
      let now = monotonicMilliseconds()
      do throws(ReplicationProblem) {
        for message in try decoder.receive(received) { carryOut(machine.receive(message, at: now)) }
      } catch {
        carryOut(machine.misunderstood(error, at: now))
      }
    } catch {
      lose("\(error)")
    }
  }

  private func carryOut(_ actions: [FollowMachine.Action]) {
    for action in actions where failure == nil {
      switch action {
      case .connect: connect()
      case .send(let message): send(message)
      case .keep(let batches): keep(batches)
      case .compare(let checkpoint):
        told = Array((told + [(checkpoint.sequence, checkpoint.stateHash)]).suffix(8))
        askForStates()
      case .welcomed(let welcome): remember(welcome)
      case .disconnect(let cut): lose("\(cut)")
      case .stop(let refusal): failure = .refused(refusal)
      }
    }
  }

  private func connect() {
    do throws(LinkError) {
      channel = try UnixSocket.connect(to: socket)
      decoder = MessageDecoder()
      carryOut(machine.connected(at: monotonicMilliseconds()))
    } catch {
      lastCut = "\(error)"
      machine.lost(at: monotonicMilliseconds())
    }
  }

  private func send(_ message: ReplicationMessage) {
    guard let channel else { return }
    do throws(LinkError) {
      try channel.send(message.bytes, before: .now.advanced(by: .seconds(5)))
    } catch {
      lose("\(error)")
    }
  }

  private func lose(_ reason: String) {
    guard channel != nil else { return }
    channel?.close()
    channel = nil
    cuts += 1
    lastCut = reason
    machine.lost(at: monotonicMilliseconds())
  }

  private func keep(_ batches: [[UInt8]]) {
    do throws(FollowerError) {
      try journal.keep(batches)
    } catch {
      // Out of order only: nothing was changed, and a new hello settles what is right.
      if case .replica(.sequence) = error { return lose("\(error)") }
      failure = .batch(error)
      return
    }
    askForStates()
    carryOut(machine.kept(Self.position(journal, term: machine.position.term)))
  }

  /// Has the own state computed wherever the primary told its own and this journal has arrived.
  private func askForStates() {
    for (sequence, _) in told where sequence <= journal.replica.sequence && asked < sequence {
      asked = sequence
      journal.stateHash(at: sequence) { [own, wakeup] hash in
        own.add(sequence, hash)
        wakeup.wake()
      }
    }
  }

  private func compareStates() {
    for (sequence, hash) in own.takeAll() {
      guard let hash, let (_, expected) = told.first(where: { $0.sequence == sequence }) else {
        continue
      }
      told.removeAll { $0.sequence <= sequence }
      guard hash == expected else {
        failure = .statesDiffer(at: sequence)
        return
      }
      statesAgreeAt = sequence
    }
  }

  /// Keeps, across restarts, what a promotion will need to know.
  private func remember(_ welcome: ReplicationMessage.Welcome) {
    let seen = FolderRole(
      part: .standby, term: max(welcome.term, machine.position.term), fence: welcome.fence,
      source: source)
    machine.learned(term: seen.term)
    guard seen != role else { return }
    do throws(JournalError) {
      // A promotion may have begun this instant: then it has the word.
      guard try FolderRole.read(directory)?.part != .promoting else {
        failure = .promoting
        return
      }
      try seen.write(to: directory)
      role = seen
    } catch {
      failure = .journal(error)
    }
  }

  private static func position(
    _ journal: FollowerJournal, term: UInt64
  ) -> FollowMachine.Position {
    FollowMachine.Position(
      identity: journal.identity, sequence: journal.replica.sequence, hash: journal.replica.hash,
      term: term)
  }
}

/// State hashes on their way from the thread that computes them.
private final class ComputedStates: Sendable {
  private let states = Mutex<[(sequence: UInt64, hash: [UInt8]?)]>([])

  func add(_ sequence: UInt64, _ hash: [UInt8]?) {
    states.withLock { $0.append((sequence, hash)) }
  }

  func takeAll() -> [(sequence: UInt64, hash: [UInt8]?)] {
    states.withLock { states in
      defer { states = [] }
      return states
    }
  }
}
