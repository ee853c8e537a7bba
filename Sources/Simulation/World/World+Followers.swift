import Journal
import Structures

// Followers, and the connections to them.

extension World {
  /// Something happens on one follower's side.
  func follow() throws(Violation) {
    let index = draw(0...followers.count - 1)
    if chance(60) {
      tell("follower \(index) starts anew")
      return followers[index].restart()
    }
    guard var waiting = followers[index].link else { return try catchUp(index) }
    guard !waiting.isEmpty else {
      if chance(20) { followers[index].link = nil }
      return
    }
    // The connection may swap two batches or bring one twice.
    let place = waiting.count > 1 && chance(8) ? 1 : 0
    let batch = chance(8) ? waiting[place] : waiting.remove(at: place)
    followers[index].link = waiting
    try give(batch, to: index)
  }

  /// A follower asks for what it lacks, as it stands on the server's disk.
  func catchUp(_ index: Int) throws(Violation) {
    guard let server else { return }
    let batches: [[UInt8]]
    do throws(JournalError) {
      batches = try server.reader.rawBatches(
        after: followers[index].replica.sequence, limitBytes: 2000)
    } catch {
      try require(disk.isDead, "a follower cannot be served: \(error)")
      return try die()
    }
    tally.followerResumes += 1
    for batch in batches { try give(batch, to: index) }
    if followers[index].replica.sequence == head { followers[index].link = [] }
  }

  private func give(_ batch: [UInt8], to index: Int) throws(Violation) {
    guard try followers[index].take(batch) else {
      tally.followerRefused += 1
      // What he lacks may never come by itself.
      if chance(2) { followers[index].link = nil }
      return
    }
    let replica = followers[index].replica
    tell("follower \(index) has batch \(replica.sequence)")
    try require(replica.sequence <= head, "a follower has what is not durable")
    try require(replica.hash == hashes[replica.sequence], "a follower has another batch")
    if let state = stateHashes[replica.sequence] {
      try require(replica.stateHash == state, "a follower has another state")
    }
    tally.followerBatches += 1
  }
}
