/// How much a simulation did, so that one which reaches nothing is noticed.
package struct SimulationTally: Sendable {
  package var steps = 0
  package var acknowledged = 0
  package var batches = 0
  package var looks = 0
  package var deaths = 0
  package var powerLosses = 0
  package var recoveries = 0
  package var failedRecoveries = 0
  package var uncertainKept = 0
  package var uncertainLost = 0
  package var tornTails = 0
  package var snapshots = 0
  package var snapshotsUnusable = 0
  package var recoveriesFromSnapshot = 0
  package var rotted = 0
  package var rotDetected = 0
  package var replays = 0
  package var followerBatches = 0
  package var followerResumes = 0
  package var followerRefused = 0

  package init() {}

  package static func += (a: inout SimulationTally, b: SimulationTally) {
    for count in Self.counts { a[keyPath: count.path] += b[keyPath: count.path] }
  }

  /// Every count with its name, in order.
  package static var counts: [(name: String, path: WritableKeyPath<SimulationTally, Int>)] {
    [
      ("steps", \.steps), ("commands answered", \.acknowledged), ("batches", \.batches),
      ("looks at the state", \.looks), ("deaths", \.deaths), ("power losses", \.powerLosses),
      ("recoveries", \.recoveries), ("deaths while recovering", \.failedRecoveries),
      ("batches nobody was told of, kept", \.uncertainKept),
      ("batches nobody was told of, lost", \.uncertainLost), ("torn tails", \.tornTails),
      ("snapshots", \.snapshots), ("snapshots unusable", \.snapshotsUnusable),
      ("recoveries from a snapshot", \.recoveriesFromSnapshot), ("bits rotted", \.rotted),
      ("bits found", \.rotDetected), ("replays", \.replays),
      ("batches of followers", \.followerBatches), ("followers resumed", \.followerResumes),
      ("deliveries followers refused", \.followerRefused),
    ]
  }
}
