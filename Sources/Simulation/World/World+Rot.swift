import Cryptography
import Engine
import Journal
import Structures

// Bits that turn over at rest, always on a copy of the disk.

extension World {
  /// Turns a bit over and starts from what is left: the damage must be found, and in the right file,
  /// or have hit nothing that matters.
  func rot() throws(Violation) {
    let copy = disk.copy(random: SplitMix64(seed: random.next()))
    copy.crash(.powerLosesAll)
    guard let rot = copy.rot() else { return }
    tally.rotted += 1
    switch readBack(copy) {
    case .success(let found):
      try require(
        found == lasting, "rot is not noticed, and what is read is not what was written: \(rot)")
    case .failure(.damaged(let damage)):
      try require(damage.file == rot.path, "rot is found in \(damage.file): \(rot)")
      tally.rotDetected += 1
    case .failure(let error): throw Violation("rot is answered with \(error): \(rot)")
    }
  }

  /// What everybody who reads the journal must agree on.
  private struct Lasting: Equatable {
    var entries: [JournalEntry]
    var head: UInt64
    var hash: [UInt8]?
    var state: [UInt8]?
  }

  private var lasting: Lasting {
    Lasting(entries: truth, head: head, hash: hashes[head], state: stateHashes[head])
  }

  /// Starts a server from `disk`, and reads what it skips thanks to a snapshot as an auditor does.
  private func readBack(_ disk: SimulatedDisk) -> Result<Lasting, JournalError> {
    var found = Lasting(entries: [], head: 0)
    do throws(JournalError) {
      let server = try SimulatedServer(disk, segmentSize: segmentSize)
      found.head = server.recovered.sequence
      found.hash = found.head > 0 ? server.recovered.hash : nil
      found.state =
        stateHashes[found.head] == nil ? nil : SHA256.hash(server.machine.exchange.encode())
      // As the running server's own reader does, which knows what is durable.
      let head = found.head
      let reader = JournalReader(
        directory: SimulatedServer.directory,
        segments: Segments(directory: SimulatedServer.directory, storage: disk),
        durable: { head })
      _ = try reader.replay { batch throws(JournalError) in
        found.entries += batch.entries.map { JournalEntry(time: $0.time, command: $0.command) }
      }
      return .success(found)
    } catch {
      return .failure(error)
    }
  }
}
