import Journal
import Replication

/// What a scrape says of followers.
struct ReplicationGauges {
  let replication: PrimaryReplication
  let head: UInt64

  func write(into text: inout MetricsText) {
    text.single(
      "holdfast_term", .gauge, "The primary's term, which each promotion raises.",
      replication.gate.term)
    text.single(
      "holdfast_answers_degraded", .gauge,
      "1 while answers should wait for a standby and none confirms.",
      replication.gate.acknowledgement == .degraded ? UInt64(1) : 0)
    text.metric(
      "holdfast_follower_lag_batches", .gauge, "Batches that a follower does not have yet.")
    for follower in replication.followers {
      text.sample(
        "holdfast_follower_lag_batches",
        [("name", follower.name), ("role", "\(follower.role)")],
        head - min(head, follower.sequence))
    }
  }
}
