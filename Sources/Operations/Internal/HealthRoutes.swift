import HTTPTypes
import Hummingbird
import JSON
import Journal
import Money
import Wire
import Engine

/// Health, readiness and metrics. Anyone who reaches the listener may ask.
struct HealthRoutes: Sendable {
  /// The chain counts as followed when the node answered within this time.
  static let chainPatienceMilliseconds: Int64 = 30_000

  let sequencer: Sequencer
  /// What the journal gave at the start.
  let recovered: Checkpoint
  let replication: PrimaryReplication?
  let chain: ChainStatus
  let metrics: MetricsReport
  let clock: @Sendable () -> Timestamp

  func add(to router: Router<InternalContext>) {
    router.get("/health") { _, _ in await self.health() }
    router.get("/ready") { _, _ in await self.ready() }
    router.get("/metrics") { _, _ in
      Response.bytes(
        Array(try await self.metrics.text().utf8), type: "text/plain; version=0.0.4")
    }
  }

  /// Whether the process works at all: the journal takes commands.
  private func health() async -> Response {
    do {
      _ = try await sequencer.read { $0.time }
    } catch {
      return .json(
        ["status": "failed", "reasons": [.string("\(error)")]], status: .serviceUnavailable)
    }
    let head = sequencer.head
    var members = [
      JSON.Member("status", "ok"),
      JSON.Member(
        "journal", ["batch": .integer(head.sequence), "hash": .string(Hex.text(head.hash))]),
      JSON.Member(
        "recovered",
        [
          "batch": .integer(recovered.sequence), "hash": .string(Hex.text(recovered.hash)),
          "stateHash": .string(Hex.text(recovered.stateHash)),
        ]),
    ]
    if let replication {
      members.append(JSON.Member("replication", replication.report(head: head.sequence)))
    }
    return .json(.object(members))
  }

  /// Whether it should get traffic: configured, and the chain is followed.
  private func ready() async -> Response {
    var reasons: [String] = []
    do {
      if try await sequencer.read({ $0.isEmpty }) { reasons.append("not configured yet") }
    } catch {
      reasons.append("\(error)")
    }
    let reading = chain.reading
    let patience = Self.chainPatienceMilliseconds
    if let lookedAt = reading.lookedAt {
      if clock() > lookedAt.advanced(byMilliseconds: patience) {
        reasons.append(reading.problem ?? "the node has not answered for \(patience / 1000) s")
      }
    } else {
      reasons.append(reading.problem ?? "the node has not been asked yet")
    }
    guard reasons.isEmpty else {
      return .json(
        ["status": "not ready", "reasons": .array(reasons.map { .string($0) })],
        status: .serviceUnavailable)
    }
    return .json(["status": "ready", "height": .integer(reading.tip?.height ?? 0)])
  }
}
