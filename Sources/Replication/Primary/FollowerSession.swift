import Journal
import Link

/// One connection to a follower, on a thread of its own: carries out what the ``FeedMachine`` says.
///
/// `@unchecked Sendable`: it is handed to its thread once, and only ``run()`` on that thread touches it.
final class FollowerSession: @unchecked Sendable {
  private let channel: FileDescriptorChannel
  private let wakeup: Wakeup
  private let connection: UInt64
  private let board: FollowerBoard
  private let reader: JournalReader
  private let options: FeedOptions
  private let note: @Sendable (ReplicationNote) -> Void
  private let refusal: FollowerRefusal?
  private var machine: FeedMachine
  private var decoder = MessageDecoder()
  private var outbound: [UInt8] = []
  private var sentCount = 0
  /// What is read once everything before is sent: a follower that takes nothing fills no memory.
  private var wanted: (after: UInt64, limitBytes: Int)?
  private var closing: FeedMachine.CloseReason?
  private var saidCheckpoint: UInt64 = 0

  /// - Parameter refusal: Why this follower is sent away whatever it says.
  init(
    channel: FileDescriptorChannel, wakeup: Wakeup, connection: UInt64, board: FollowerBoard,
    fence: String, reader: JournalReader, options: FeedOptions, refusal: FollowerRefusal?,
    note: @escaping @Sendable (ReplicationNote) -> Void
  ) {
    self.channel = channel
    self.wakeup = wakeup
    self.connection = connection
    self.board = board
    self.reader = reader
    self.options = options
    self.refusal = refusal
    self.note = note
    machine = FeedMachine(options: options, fence: fence, at: monotonicMilliseconds())
  }

  func run() {
    var reason = "the connection is closed"
    if let refusal { carryOut(machine.refuse(refusal)) }
    do throws(LinkError) {
      try work()
    } catch {
      if error != .closed { reason = "\(error)" }
    }
    board.remove(connection)
    channel.close()
    say(reason)
  }

  private func work() throws(LinkError) {
    while closing == nil || sentCount < outbound.count {
      try channel.waitUntilReady(
        orWokenBy: wakeup, wantsToSend: sentCount < outbound.count,
        milliseconds: Int32(min(options.heartbeatMilliseconds, 1000)))
      let now = monotonicMilliseconds()
      let received = try channel.receiveNow()
      if !received.isEmpty {
        do throws(ReplicationProblem) {
          for message in try decoder.receive(received) {
            carryOut(machine.receive(message, at: now))
          }
        } catch {
          carryOut(machine.misunderstood(error))
        }
      }
      carryOut(machine.headMoved(to: board.head, term: board.term))
      if let checkpoint = board.checkpoint, checkpoint.sequence > saidCheckpoint,
        machine.isStreaming
      {
        saidCheckpoint = checkpoint.sequence
        carryOut(machine.checkpoint(checkpoint))
      }
      if board.isEnding { carryOut(machine.finish(at: now)) }
      carryOut(machine.timePassed(to: now))
      try sendWhatFits()
      while let (sequence, limit) = wanted, outbound.isEmpty {
        wanted = nil
        read(after: sequence, limitBytes: limit)
        try sendWhatFits()
      }
      // Whoever takes nothing must not hold up the end.
      if closing != nil, closing != .silent, sentCount < outbound.count, board.isEnding { return }
      if case .silent = closing { return }
    }
  }

  private func carryOut(_ actions: [FeedMachine.Action]) {
    for action in actions {
      switch action {
      case .lookUp(let sequence):
        carryOut(machine.lookedUp(place(of: sequence), at: monotonicMilliseconds()))
        if machine.isStreaming, let hello = machine.hello {
          note(.followerJoined(name: hello.name, role: hello.role, at: hello.sequence))
        }
      case .read(let sequence, let limit): wanted = (sequence, limit)
      case .send(let message): outbound += message.bytes
      case .progressed(let sequence):
        guard let hello = machine.hello else { continue }
        board.set(
          FollowerStatus(name: hello.name, role: hello.role, sequence: sequence), of: connection)
      case .close(let reason): closing = reason
      }
    }
  }

  private func read(after sequence: UInt64, limitBytes: Int) {
    do throws(JournalError) {
      let batches = try reader.rawBatches(after: sequence, limitBytes: limitBytes)
      let last = sequence + UInt64(batches.count)
      carryOut(machine.read(batches, through: last, at: monotonicMilliseconds()))
    } catch {
      carryOut(machine.readFailed(isPruned: error.isArchived))
    }
  }

  private func place(of sequence: UInt64) -> FeedMachine.Place {
    var place = FeedMachine.Place(
      identity: BatchHeader.genesis, head: board.head, term: board.term, hash: nil)
    do throws(JournalError) {
      // Archived with the first segment: then the hash of the follower's batch has to do.
      if place.head > 0 { place.identity = (try? reader.hash(of: 1)) ?? BatchHeader.genesis }
      if sequence > 0, sequence <= place.head { place.hash = try reader.hash(of: sequence) }
    } catch {
      place.refusal = error.isArchived ? .pruned(after: sequence) : .unreadable(at: sequence)
    }
    return place
  }

  private func sendWhatFits() throws(LinkError) {
    while sentCount < outbound.count {
      let count = try channel.sendNow(outbound[sentCount...])
      if count == 0 { return }
      sentCount += count
    }
    outbound = []
    sentCount = 0
  }

  private func say(_ lost: String) {
    let name = machine.hello?.name ?? "somebody"
    switch closing {
    case .refused(.ending): break
    case .refused(let refusal): note(.followerRefused(name: name, refusal))
    case .silent: note(.followerLeft(name: name, reason: "it is silent"))
    case .misbehaved(let problem): note(.followerLeft(name: name, reason: "it sent \(problem)"))
    case nil: note(.followerLeft(name: name, reason: lost))
    }
  }
}

extension JournalError {
  /// Whether batches are missing because they were moved away.
  fileprivate var isArchived: Bool { if case .archived = self { true } else { false } }
}
