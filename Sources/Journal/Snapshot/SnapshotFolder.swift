/// The folder of snapshots. As long as no segment is archived, losing all of it loses nothing but
/// time.
package struct SnapshotFolder: Sendable {
  private let folder: String
  private let storage: any JournalStorage

  /// Names the snapshots of the data folder `directory`.
  package init(directory: String, storage: any JournalStorage) {
    folder = directory + "/snapshots"
    self.storage = storage
  }

  func path(_ sequence: UInt64) -> String {
    let digits = String(sequence)
    return "\(folder)/\(String(repeating: "0", count: 20 - digits.count))\(digits).snapshot"
  }

  func exists(_ sequence: UInt64) -> Bool { storage.exists(path(sequence)) }

  /// Sequences of the snapshots that are there, newest first.
  func sequences() throws(JournalError) -> [UInt64] {
    var sequences: [UInt64] = []
    for name in try storage.names(in: folder) where name.hasSuffix(".snapshot") {
      guard let sequence = UInt64(name.dropLast(9)), path(sequence) == "\(folder)/\(name)"
      else { continue }
      sequences.append(sequence)
    }
    return sequences.reversed()
  }

  /// Returns the snapshot of a batch, or what is wrong with its file.
  func load(_ sequence: UInt64) throws(JournalError) -> Result<Snapshot, Snapshot.Problem> {
    let file = try storage.open(path(sequence), .read)
    let bytes = try file.read(at: 0, count: try file.size())
    do throws(Snapshot.Problem) {
      let snapshot = try Snapshot(decoding: bytes)
      return snapshot.sequence == sequence ? .success(snapshot) : .failure(.header)
    } catch {
      return .failure(error)
    }
  }

  /// Writes a snapshot so that its name appears only when all of it is on the medium.
  func save(_ snapshot: Snapshot) throws(JournalError) {
    try storage.createFolder(folder)
    let temporary = path(snapshot.sequence) + ".writing"
    try storage.remove(temporary)
    do throws(JournalError) {
      let file = try storage.open(temporary, .create)
      try file.write(snapshot.header, at: 0)
      try file.write(snapshot.state, at: Snapshot.headerCount)
      try file.sync()
      try storage.rename(temporary, to: path(snapshot.sequence))
      try storage.syncFolder(folder)
    } catch {
      try? storage.remove(temporary)
      throw error
    }
  }

  /// Removes all but the newest `count`, and what an interrupted ``save(_:)`` left.
  func prune(keeping count: Int) throws(JournalError) {
    for sequence in try sequences().dropFirst(count) { try storage.remove(path(sequence)) }
    for name in try storage.names(in: folder) where name.hasSuffix(".writing") {
      try storage.remove("\(folder)/\(name)")
    }
  }
}
