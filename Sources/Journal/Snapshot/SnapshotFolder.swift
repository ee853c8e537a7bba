/// The folder of snapshots. Losing all of it loses nothing but time.
struct SnapshotFolder: Sendable {
  private let folder: String

  /// Names the snapshots of the data folder `directory`.
  init(directory: String) { folder = directory + "/snapshots" }

  func path(_ sequence: UInt64) -> String {
    let digits = String(sequence)
    return "\(folder)/\(String(repeating: "0", count: 20 - digits.count))\(digits).snapshot"
  }

  /// Sequences of the snapshots that are there, newest first.
  func sequences() throws(JournalError) -> [UInt64] {
    var sequences: [UInt64] = []
    for name in try Directory.names(folder) where name.hasSuffix(".snapshot") {
      guard let sequence = UInt64(name.dropLast(9)), path(sequence) == "\(folder)/\(name)"
      else { continue }
      sequences.append(sequence)
    }
    return sequences.reversed()
  }

  /// Returns the snapshot of a batch; `nil` when its file is damaged.
  func load(_ sequence: UInt64) throws(JournalError) -> Snapshot? {
    let file = try DurableFile(path: path(sequence), mode: .read)
    let snapshot = Snapshot(decoding: try file.read(at: 0, count: try file.size()))
    guard let snapshot, snapshot.sequence == sequence else { return nil }
    return snapshot
  }

  /// Writes a snapshot so that its name appears only when all of it is on the medium.
  func save(_ snapshot: Snapshot) throws(JournalError) {
    try Directory.create(folder)
    let temporary = path(snapshot.sequence) + ".writing"
    try Directory.remove(temporary)
    do throws(JournalError) {
      let file = try DurableFile(path: temporary, mode: .create)
      try file.write(snapshot.bytes, at: 0)
      try file.sync()
      try Directory.rename(temporary, to: path(snapshot.sequence))
      try Directory.sync(folder)
    } catch {
      try? Directory.remove(temporary)
      throw error
    }
  }

  /// Removes all but the newest `count`, and what an interrupted ``save(_:)`` left.
  func prune(keeping count: Int) throws(JournalError) {
    for sequence in try sequences().dropFirst(count) { try Directory.remove(path(sequence)) }
    for name in try Directory.names(folder) where name.hasSuffix(".writing") {
      try Directory.remove("\(folder)/\(name)")
    }
  }
}
