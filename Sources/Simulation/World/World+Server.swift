import Cryptography
import Engine
import Journal
import Money
import Structures

// The life and death of the server, and what must be true of what it finds on the disk.

extension World {
  /// Starts the server, which may die while it recovers.
  func start() throws(Violation) {
    if chance(3) { disk.die(after: draw(0...60)) }
    inbox.isFenced = false
    let found: SimulatedServer
    do throws(JournalError) {
      found = try SimulatedServer(
        disk, segmentSize: segmentSize,
        gate: { [inbox] batch throws(JournalError) in
          if inbox.isFenced { throw .fenced(term: batch.term + 1) }
        }, durable: { [inbox] in inbox.published }, note: { [inbox] in inbox.notes.append($0) })
    } catch {
      try require(disk.isDead, "the server does not start after a mere crash: \(error)")
      tell("died while starting")
      tally.failedRecoveries += 1
      return try die()
    }
    try takeNotes()
    if disk.isDead { return try die() }
    server = found
    tally.recoveries += 1
    try checkRecovered(found)
    tell("recovered batch \(head)")
  }

  /// What was durable is there; of what was under way, all or nothing.
  private func checkRecovered(_ found: SimulatedServer) throws(Violation) {
    let point = found.recovered
    try require(
      point.sequence >= head, "batch \(head) was answered and the journal ends at \(point.sequence)"
    )
    try require(
      point.sequence == head || point.sequence == head + 1 && !underWay.isEmpty,
      "batch \(point.sequence) was recovered and \(head) was the last that was written")
    let known = truth.count
    let replica = try replay(disk) { (batch) throws(Violation) in
      guard batch.sequence == self.head + 1 else { return }
      try require(
        batch.entries.map(\.command) == self.underWay,
        "batch \(batch.sequence) has other commands than were sealed")
      self.head += 1
      self.hashes[self.head] = batch.hash
      for entry in batch.entries {
        try self.take(entry.command, at: entry.time, entry.events)
      }
    }
    if truth.count > known {
      tally.uncertainKept += 1
    } else if !underWay.isEmpty {
      tally.uncertainLost += 1
    }
    underWay = []
    inbox.published = head
    try require(point.hash == hashes[head] || head == 0, "batch \(head) has another hash")
    let state = SHA256.hash(found.machine.exchange.encode())
    try require(state == replica.stateHash, "the recovered state is not that of a replay")
    if let sealed = stateHashes[head] {
      try require(state == sealed, "the recovered state is not that before the crash")
    }
    stateHashes[head] = state
    try checkWhole(replica.exchange)
    for follower in followers {
      try require(follower.replica.sequence <= head, "a follower has more than the server")
    }
  }

  func checkWhole(_ exchange: borrowing Exchange) throws(Violation) {
    if let difference = ModelDuel.difference(model, exchange) {
      throw Violation("model and exchange differ: \(difference)")
    }
  }

  /// Executes the whole journal that is on `disk`, without disturbing it, and compares it with what
  /// is known to be durable.
  ///
  /// - Parameter body: Given every batch.
  func replay(
    _ disk: SimulatedDisk, _ body: (CommittedBatch) throws(Violation) -> Void = { _ in }
  ) throws(Violation) -> Replica {
    let copy = disk.copy(random: SplitMix64(seed: 0))
    let reader = JournalReader(
      directory: SimulatedServer.directory,
      segments: Segments(directory: SimulatedServer.directory, storage: copy), durable: nil)
    var executed = 0
    var violation: Violation?
    let replica: Replica
    do throws(JournalError) {
      replica = try reader.replay { batch throws(JournalError) in
        guard violation == nil else { return }
        do throws(Violation) {
          if let hash = self.hashes[batch.sequence] {
            try require(hash == batch.hash, "batch \(batch.sequence) has another hash")
          }
          try body(batch)
          for entry in batch.entries {
            try require(
              executed < self.truth.count
                && self.truth[executed]
                  == JournalEntry(time: entry.time, command: entry.command),
              "command \(executed) of the journal is not the one that was answered")
            executed += 1
          }
        } catch {
          violation = error
        }
      }
    } catch {
      throw Violation("the journal cannot be executed again: \(error)")
    }
    if let violation { throw violation }
    try require(
      executed == truth.count, "\(truth.count) commands were answered, \(executed) are there")
    return replica
  }

  /// Executes everything again and compares the state.
  func compareReplay() throws(Violation) {
    let replica = try replay(disk)
    try require(replica.sequence == head, "the journal ends at \(replica.sequence), not \(head)")
    if let sealed = stateHashes[head] {
      try require(replica.stateHash == sealed, "a replay gives another state")
    }
    try checkWhole(replica.exchange)
    tally.replays += 1
  }

  /// Seals a batch, or writes the one that is sealed.
  func drive() throws(Violation) {
    guard let server else { return }
    if server.isDiskFree {
      guard server.seal() else { return }
      underWay = open
      open = []
      // The state here is that after the batch: nothing behind it has been carried out yet.
      if !underWay.isEmpty {
        stateHashes[head + 1] = SHA256.hash(server.machine.exchange.encode())
      }
      return tell("seal \(underWay.count) commands")
    }
    let record: BatchRecord?
    do throws(JournalError) {
      record = try server.commit()
    } catch {
      tell("the batch fails: \(error)")
      try require(
        inbox.answers.allSatisfy { if case .failed = $0 { true } else { false } },
        "somebody was told of a batch that failed")
      return try die()
    }
    if let record { try publish(record) }
    try takeAnswers()
    try require(underWay.isEmpty, "\(underWay.count) commands of a durable batch have no answer")
  }

  private func publish(_ record: BatchRecord) throws(Violation) {
    head += 1
    try require(record.sequence == head, "batch \(record.sequence) was written, not \(head)")
    tell("batch \(head) is durable")
    hashes[head] = record.hash
    inbox.published = head
    tally.batches += 1
    for index in followers.indices { followers[index].send(record.bytes) }
  }

  /// Something goes wrong.
  func fail() throws(Violation) {
    switch draw(0...9) {
    case 0: try die()
    case 1: inbox.isFenced = true
    case 2: disk.failsNextSync = true
    case 3: disk.isFull = true
    default: disk.die(after: chance(2) ? draw(0...2) : draw(0...25))
    }
  }

  /// The server is gone, and perhaps the machine with it.
  func die() throws(Violation) {
    let crash = SimulatedDisk.Crash.allCases.randomElement(using: &random) ?? .process
    tell("death: \(crash)")
    tally.deaths += 1
    if crash != .process { tally.powerLosses += 1 }
    server = nil
    disk.crash(crash)
    inbox.answers = []
    open = []
    requestOf = [:]
    for index in followers.indices { followers[index].link = nil }
  }

  func takeSnapshot() throws(Violation) {
    guard let server, head > 0 else { return }
    tell("snapshot at \(head)")
    server.snapshot(at: head)
    try takeNotes()
    if disk.isDead { try die() }
  }

  private func takeNotes() throws(Violation) {
    for note in inbox.notes {
      tell("  \(note)")
      switch note {
      case .tornTailCut: tally.tornTails += 1
      case .snapshotUnusable: tally.snapshotsUnusable += 1
      case .recovered(_, let snapshot, _): tally.recoveriesFromSnapshot += snapshot == nil ? 0 : 1
      case .snapshotWritten: tally.snapshots += 1
      case .snapshotFailed(.io): break
      case .snapshotFailed(let error): throw Violation("no snapshot: \(error)")
      case .segmentArchived, .archivingFailed: break
      }
    }
    inbox.notes = []
  }
}
