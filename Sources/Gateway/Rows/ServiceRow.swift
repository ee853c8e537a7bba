import Engine
import JSON
import Money
import Structures
import Wire

/// How withdrawals stand and why, for everybody: the same facts as JSON, as OKX's announcements, and
/// as a page.
struct ServiceRow {
  let catalog: Catalog

  /// What is known at one instant.
  struct Facts: Sendable {
    struct Queue: Sendable {
      var asset: AssetID
      /// What waits and can be cancelled.
      var depth: Int
      var value: Amount
      /// What is being paid, in no block yet: it cannot be cancelled.
      var inPayment: Int
      var inPaymentValue: Amount
    }

    var state: ServiceState
    var suspensions: [Suspension]
    var ended: [EndedSuspension]
    var keyHolders: KeyHoldersReport?
    var queues: [Queue]
    /// How much is kept hot, where there is cold storage.
    var float: FloatPlan?

    init(_ exchange: borrowing Exchange) {
      state = exchange.serviceState
      suspensions = exchange.suspensions
      ended = exchange.endedSuspensions
      keyHolders = exchange.keyHolders
      float = exchange.floatPlan
      queues = []
      let assets = exchange.configuration?.assets ?? []
      for (index, asset) in assets.enumerated() where asset.rail == .bitcoin {
        let id = AssetID(UInt64(index) + 1)
        let (depth, value) = exchange.queue(of: id)
        let (inPayment, inPaymentValue) = exchange.inPayment(of: id)
        queues.append(
          Queue(
            asset: id, depth: depth, value: value, inPayment: inPayment,
            inPaymentValue: inPaymentValue))
      }
    }

    func state(of asset: AssetID) -> ServiceState {
      suspensions.reduce(.open) { $1.asset == asset ? max($0, $1.reason.state) : $0 }
    }
  }

  /// Everything, as JSON.
  func service(_ facts: Facts, now: Timestamp) -> JSON {
    var row = Row()
    row.set("state", facts.state.name)
    row.set("ts", now.milliseconds)
    row.set(
      "updateMissed", json: .bool(facts.suspensions.contains { Self.isOverdue($0, now: now) }))
    row.set(
      "assets",
      json: .array(
        facts.queues.map { queue in
          var asset = Row()
          asset.set("ccy", catalog.code(of: queue.asset))
          asset.set("state", facts.state(of: queue.asset).name)
          asset.set("queueDepth", queue.depth)
          asset.set("queueValue", catalog.text(queue.value, of: queue.asset))
          asset.set("inPayment", queue.inPayment)
          asset.set("inPaymentValue", catalog.text(queue.inPaymentValue, of: queue.asset))
          asset.set(
            "suspensions",
            json: .array(
              facts.suspensions.filter { $0.asset == queue.asset }.map {
                suspension($0, queue: queue, now: now)
              }))
          return asset.json
        }))
    row.set("keyHolders", json: facts.keyHolders.map { keyHolders($0, now: now) } ?? .null)
    row.set("float", json: facts.float.map(Self.float) ?? .null)
    row.set("history", json: .array(facts.ended.reversed().map(history)))
    return row.json
  }

  /// One suspension with all that is promised about it. See DESIGN, "what is never true".
  private func suspension(_ suspension: Suspension, queue: Facts.Queue, now: Timestamp) -> JSON {
    let text = SuspensionText(catalog: catalog)
    var row = Row()
    row.set("scope", catalog.code(of: suspension.asset))
    row.set("state", suspension.reason.state.name)
    row.set("reasonClass", suspension.reason.reasonClass.name)
    row.set("text", text.text(suspension))
    row.set("note", suspension.note)
    row.set("since", suspension.since.milliseconds)
    row.set("evidence", text.evidence(suspension))
    row.set("nextUpdateBy", suspension.nextUpdateBy.milliseconds)
    row.set("updateMissed", json: .bool(Self.isOverdue(suspension, now: now)))
    row.set("stillWorks", json: .array(text.stillWorks(suspension).map { .string($0) }))
    row.set("queueDepth", queue.depth)
    row.set("queueValue", catalog.text(queue.value, of: suspension.asset))
    if case .draining(let drain) = suspension.reason {
      row.set("drainPerHour", drain.perHour)
      row.set("drainLeft", drain.left)
    }
    if case .reopening(let checks) = suspension.reason {
      row.set("checks", json: Self.checks(checks))
    }
    return row.json
  }

  private static func checks(_ checks: Reopening) -> JSON {
    [
      "keyChecks": .string("\(checks.keysProved) of \(checks.keysNeeded)"),
      "counters": .string("\(checks.countersEqual) of \(checks.countersNeeded)"),
      "judgedAgain": checks.judged.map { .string("\($0)") } ?? .null,
      "firstPayment": .string(checks.canary.map { "payout \($0)" } ?? ""),
    ]
  }

  private func keyHolders(_ report: KeyHoldersReport, now: Timestamp) -> JSON {
    [
      "live": .string("\(report.live)"), "threshold": .string("\(report.threshold)"),
      "seats": .string("\(report.seats)"),
      "margin": .string("\(Int64(report.live) - Int64(report.threshold))"),
      "frozen": .bool(report.frozen), "claims": .string("\(report.claims)"),
      "successorAt": .string(report.successor(after: now).map { "\($0.milliseconds)" } ?? ""),
      "logCount": .string("\(report.logCount)"), "logHead": .string(Hex.text(report.logHead)),
    ]
  }

  private static func float(_ plan: FloatPlan) -> JSON {
    [
      "target": .string(plan.target), "usualTarget": .string(plan.usualTarget),
      "reason": .string(plan.isShrunk ? "key_holder" : ""),
    ]
  }

  private func history(_ ended: EndedSuspension) -> JSON {
    let suspension = ended.suspension
    var row = Row()
    row.set("scope", catalog.code(of: suspension.asset))
    row.set("state", suspension.reason.state.name)
    row.set("reasonClass", suspension.reason.reasonClass.name)
    row.set("text", SuspensionText(catalog: catalog).text(suspension))
    row.set("note", suspension.note)
    row.set("since", suspension.since.milliseconds)
    row.set("until", ended.endedAt.milliseconds)
    return row.json
  }

  /// A suspension as an announcement of the system's state; `endedAt` when it is over.
  func announcement(_ suspension: Suspension, endedAt: Timestamp? = nil) -> JSON {
    var row = Row()
    row.set("title", SuspensionText(catalog: catalog).text(suspension))
    let isReopening = suspension.reason.state == .checking
    row.set("state", endedAt != nil ? "completed" : isReopening ? "pre_open" : "ongoing")
    row.set("begin", suspension.since.milliseconds)
    row.set("end", endedAt.map { "\($0.milliseconds)" } ?? "")
    row.set("preOpenBegin", isReopening ? "\(suspension.since.milliseconds)" : "")
    row.set("serviceType", "99")
    row.set("system", "unified")
    row.set("scheDesc", suspension.note)
    row.set("maintType", "2")
    row.set("env", "1")
    row.set("ccy", catalog.code(of: suspension.asset))
    row.set("reasonClass", suspension.reason.reasonClass.name)
    row.set("nextUpdateBy", suspension.nextUpdateBy.milliseconds)
    row.blank("href")
    return row.json
  }

  static func isOverdue(_ suspension: Suspension, now: Timestamp) -> Bool {
    now > suspension.nextUpdateBy
  }
}

extension FloatPlan {
  /// What is kept hot of all that is owed, as a fraction of 1.
  var target: String { DecimalText.text(units: Int64(targetBasisPoints), decimals: 4) }
  var usualTarget: String { DecimalText.text(units: Int64(usualTargetBasisPoints), decimals: 4) }
}

extension KeyHoldersReport {
  /// When a successor can be in service, if that is still to come: a time that is past promises nothing.
  func successor(after now: Timestamp) -> Timestamp? {
    successorAt.map(Timestamp.init(milliseconds:)).flatMap { $0 > now ? $0 : nil }
  }
}

extension ServiceState {
  var name: String {
    switch self {
    case .open: "open"
    case .throttled: "throttled"
    case .checking: "checking"
    case .suspended: "suspended"
    }
  }
}

extension SuspensionClass {
  var name: String {
    switch self {
    case .keyHolder: "key_holder"
    case .chainOutage: "chain_outage"
    case .securityIncident: "security_incident"
    case .hotRefill: "hot_refill"
    case .regulator: "regulator"
    case .maintenance: "maintenance"
    case .solvencyBreach: "solvency_breach"
    }
  }
}
