import Engine
public import Journal
import Money
import Structures

/// Gathers all metrics of the server for one scrape.
public struct MetricsReport: Sendable {
  private let sequencer: Sequencer
  private let metrics: Metrics
  private let chain: ChainStatus
  private let presence: GuardPresence
  private let replication: PrimaryReplication?

  /// Creates a report over these sources.
  public init(
    sequencer: Sequencer, metrics: Metrics, chain: ChainStatus, presence: GuardPresence,
    replication: PrimaryReplication? = nil
  ) {
    self.sequencer = sequencer
    self.metrics = metrics
    self.chain = chain
    self.presence = presence
    self.replication = replication
  }

  /// Returns the text of a scrape.
  public func text() async throws -> String {
    let state = try await sequencer.read { exchange in Gauges(exchange) }
    var text = MetricsText()
    writeCounts(into: &text)
    writeGateway(into: &text)
    writeChain(into: &text)
    state.write(into: &text)
    text.single(
      "holdfast_guard_silence_milliseconds", .gauge, "Time since the guard last asked.",
      presence.silenceMilliseconds)
    if let replication {
      ReplicationGauges(replication: replication, head: sequencer.head.sequence).write(into: &text)
    }
    return text.text
  }

  private func writeCounts(into text: inout MetricsText) {
    let counts = metrics.counts
    text.single(
      "holdfast_journal_head", .gauge, "Sequence of the last durable batch.",
      sequencer.head.sequence)
    text.single(
      "holdfast_commands_total", .counter, "Commands journaled.", counts.commands)
    text.metric(
      "holdfast_batch_commands", .histogram, "Commands in a batch, which share one fdatasync.")
    for (bound, count) in zip(Metrics.batchBounds, counts.batchesUpTo) {
      text.sample("holdfast_batch_commands_bucket", [("le", "\(bound)")], count)
    }
    text.sample("holdfast_batch_commands_bucket", [("le", "+Inf")], counts.batches)
    text.sample("holdfast_batch_commands_sum", [], counts.commands)
    text.sample("holdfast_batch_commands_count", [], counts.batches)
    writeTimes(counts, into: &text)
    text.single("holdfast_orders_total", .counter, "Orders accepted.", counts.orders)
    text.single(
      "holdfast_order_cancels_total", .counter, "Orders canceled.", counts.orderCancels)
    text.single("holdfast_trades_total", .counter, "Trades.", counts.trades)
    text.metric("holdfast_deposits_total", .counter, "Deposits by what became of them.")
    text.sample("holdfast_deposits_total", [("state", "credited")], counts.depositsCredited)
    text.sample("holdfast_deposits_total", [("state", "reversed")], counts.depositsReversed)
    text.metric("holdfast_withdrawals_total", .counter, "Withdrawals by what became of them.")
    for (state, count) in [
      ("requested", counts.withdrawalsRequested), ("confirmed", counts.withdrawalsConfirmed),
      ("refused", counts.withdrawalsRefused), ("canceled", counts.withdrawalsCanceled),
    ] {
      text.sample("holdfast_withdrawals_total", [("state", state)], count)
    }
    text.single(
      "holdfast_suspensions_total", .counter, "Suspensions begun.", counts.suspensionsBegun)
  }

  private func writeTimes(_ counts: Metrics.Counts, into text: inout MetricsText) {
    func seconds(_ microseconds: UInt64) -> String {
      DecimalText.text(units: Int64(clamping: microseconds), decimals: 6)
    }
    let name = "holdfast_journal_write_seconds"
    text.metric(name, .histogram, "Time to write a batch and wait for fdatasync.")
    for (bound, count) in zip(Metrics.writeBounds, counts.writesUpTo) {
      text.sample("\(name)_bucket", [("le", seconds(bound))], count)
    }
    text.sample("\(name)_bucket", [("le", "+Inf")], counts.writes)
    text.sample("\(name)_sum", text: seconds(counts.writeMicroseconds))
    text.sample("\(name)_count", [], counts.writes)
  }

  private func writeGateway(into text: inout MetricsText) {
    let counts = metrics.counts
    text.metric("holdfast_answers_total", .counter, "Answers to customers by HTTP status.")
    for (status, count) in counts.answers.sorted(by: { $0.key < $1.key }) {
      text.sample("holdfast_answers_total", [("status", "\(status)")], count)
    }
    text.single(
      "holdfast_sessions", .gauge, "WebSocket sessions that are open.", counts.sessions)
  }

  private func writeChain(into text: inout MetricsText) {
    let reading = chain.reading
    text.single(
      "holdfast_chain_height", .gauge, "Height of the last block taken in.",
      reading.tip?.height ?? 0)
    text.single(
      "holdfast_chain_ok", .gauge, "1 when the last look at the node succeeded.",
      reading.problem == nil && reading.lookedAt != nil ? 1 : 0)
    text.single(
      "holdfast_chain_certain", .gauge,
      "0 while the nodes do not agree on one chain, and nothing comes in or leaves.",
      reading.nodesProblem == nil ? 1 : 0)
    text.single(
      "holdfast_chain_mempool_transactions", .gauge, "Transactions in the node's mempool.",
      reading.mempoolCount)
    if let ppm = reading.reservesPPM {
      text.single(
        "holdfast_reserves_ratio_ppm", .gauge,
        "What is there in millionths of what is owed, at the last comparison.", ppm)
    }
    text.single(
      "holdfast_reserves_height", .gauge, "Block of the last comparison of the reserves.",
      reading.reservesAt?.height ?? 0)
  }
}

/// What the state itself says.
private struct Gauges: Sendable {
  var withdrawals: [(state: String, count: Int)] = []
  var pendingDeposits: Int
  var openPayouts: Int
  var accounts: Int
  var suspensions: [(asset: String, reason: String, closes: Bool)]
  var owed: [(asset: String, units: Int64)]
  /// `nil` without a cold wallet.
  var float: FloatGauges?
  var notices: NoticeGauges

  init(_ exchange: borrowing Exchange) {
    let states = exchange.openWithdrawals.map { $0.state.name }
    for name in Withdrawal.State.openNames {
      withdrawals.append((name, states.count { $0 == name }))
    }
    pendingDeposits = exchange.pendingDeposits.count
    openPayouts = exchange.openPayouts.count
    accounts = exchange.accountCount
    let assets = exchange.configuration?.assets ?? []
    func code(_ asset: AssetID) -> String {
      assets.indices.contains(Int(asset.raw) - 1) ? assets[Int(asset.raw) - 1].code : "\(asset)"
    }
    suspensions = exchange.suspensions.map { (code($0.asset), $0.reason.name, $0.closes) }
    float = FloatGauges(exchange)
    notices = NoticeGauges(exchange)
    owed = []
    for index in assets.indices {
      owed.append((assets[index].code, exchange.owed(AssetID(UInt64(index) + 1)).units))
    }
  }

  func write(into text: inout MetricsText) {
    text.metric("holdfast_withdrawals_open", .gauge, "Withdrawals under way by state.")
    for (state, count) in withdrawals {
      text.sample("holdfast_withdrawals_open", [("state", state)], count)
    }
    text.single("holdfast_deposits_pending", .gauge, "Deposits not final yet.", pendingDeposits)
    text.single("holdfast_payouts_open", .gauge, "Payouts not final yet.", openPayouts)
    text.single("holdfast_accounts", .gauge, "Accounts.", accounts)
    text.metric("holdfast_suspended", .gauge, "1 for each suspension in force.")
    for (asset, reason, closes) in suspensions {
      text.sample(
        "holdfast_suspended",
        [("asset", asset), ("reason", reason), ("effect", closes ? "closes" : "queues")], 1)
    }
    text.metric("holdfast_owed_units", .gauge, "Owed by asset, in ledger units.")
    for (asset, units) in owed { text.sample("holdfast_owed_units", [("asset", asset)], units) }
    float?.write(into: &text)
    notices.write(into: &text)
  }
}

extension Withdrawal.State {
  /// One word for the state.
  package var name: String {
    switch self {
    case .delayed: "delayed"
    case .inReview: "inReview"
    case .approved: "approved"
    case .guardHeld: "guardHeld"
    case .released: "released"
    case .building: "building"
    case .broadcast: "broadcast"
    case .mined: "mined"
    case .confirmed: "confirmed"
    case .refused: "refused"
    case .canceled: "canceled"
    }
  }

  /// The names of the states in which something may still happen.
  static let openNames = [
    "delayed", "inReview", "approved", "guardHeld", "released", "building", "broadcast", "mined",
  ]
}

extension Suspension.Reason {
  /// One word for the reason.
  package var name: String {
    switch self {
    case .reservesBelowLiabilities: "reservesBelowLiabilities"
    case .unexplainedOutflow: "unexplainedOutflow"
    case .reorganisationBeyondFinality: "reorganisationBeyondFinality"
    case .signersUnavailable: "signersUnavailable"
    case .guardUnreachable: "guardUnreachable"
    case .guardHalted: "guardHalted"
    case .chainUnreliable: "chainUnreliable"
    case .refillAwaited: "refillAwaited"
    case .keyHoldersMissing: "keyHoldersMissing"
    case .keyHoldersFew: "keyHoldersFew"
    case .decided: "decided"
    case .reopening: "reopening"
    case .draining: "draining"
    }
  }
}
