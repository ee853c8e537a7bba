import Engine
import Money

/// The public page that says how withdrawals stand. It needs no login and no script, and turns red when
/// a promised update is missed.
struct ServicePage {
  static let path = "/status"

  let catalog: Catalog

  func html(_ facts: ServiceRow.Facts, now: Timestamp) -> String {
    let text = SuspensionText(catalog: catalog)
    var body = ""
    for queue in facts.queues {
      let code = catalog.code(of: queue.asset)
      let running = facts.suspensions.filter { $0.asset == queue.asset }
      body += "<h2>\(Self.escaped(code)): \(facts.state(of: queue.asset).name)</h2>\n"
      body +=
        "<p>\(queue.depth) withdrawals of together \(catalog.text(queue.value, of: queue.asset)) "
        + "\(Self.escaped(code)) wait; each can be cancelled.</p>\n"
        + "<p>\(queue.inPayment) more of together "
        + "\(catalog.text(queue.inPaymentValue, of: queue.asset)) \(Self.escaped(code)) are in "
        + "payment and cannot be cancelled.</p>\n"
      for suspension in running { body += article(suspension, text, now: now) }
    }
    if let holders = facts.keyHolders {
      body +=
        "<h2>Key holders</h2>\n<p>\(holders.live) of \(holders.seats) live; \(holders.threshold) "
        + "sign together. \(holders.claims) claims are open."
        + (holders.frozen ? " One of them stopped everything." : "")
        + (holders.successor(after: now).map {
          " A successor can be in service from "
            + InstantText.text($0) + "."
        } ?? "") + "</p>\n"
    }
    if let float = facts.float { body += section(float) }
    body += "<h2>Before</h2>\n"
    body += facts.ended.isEmpty ? "<p>Nothing.</p>\n" : ""
    for ended in facts.ended.reversed() {
      body +=
        "<p>\(InstantText.text(ended.suspension.since)) to \(InstantText.text(ended.endedAt)): "
        + "\(Self.escaped(text.text(ended.suspension)))</p>\n"
    }
    let isMissed = facts.suspensions.contains { ServiceRow.isOverdue($0, now: now) }
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="60">
      <title>Withdrawals: \(facts.state.name)</title>
      <style>body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em}
      .missed{background:#b00020;color:#fff}.missed .late{font-weight:bold}</style></head>
      <body class="\(isMissed ? "missed" : "kept")">
      <h1>Withdrawals: \(facts.state.name)</h1>
      \(isMissed ? "<p class=\"late\">An update was promised and is overdue.</p>" : "")
      \(body)<p>At \(InstantText.text(now)). The same as data: /api/v5/holdfast/service</p>
      </body></html>

      """
  }

  private func section(_ float: FloatPlan) -> String {
    func percent(_ basisPoints: UInt32) -> String {
      DecimalText.text(units: Int64(basisPoints), decimals: 2) + " %"
    }
    let why =
      float.isShrunk
      ? ", and not \(percent(float.usualTargetBasisPoints)) as usual, because a key holder is missing or "
        + "no more live than must sign. The rest goes to cold storage"
      : ""
    return
      "<h2>Hot wallet</h2>\n<p>\(percent(float.targetBasisPoints)) of all that is owed is kept "
      + "ready to be paid\(why).</p>\n"
  }

  private func article(
    _ suspension: Suspension, _ text: SuspensionText, now: Timestamp
  ) -> String {
    let note = suspension.note.isEmpty ? "" : "<p>\(Self.escaped(suspension.note))</p>\n"
    return """
      <article><p>\(Self.escaped(text.text(suspension)))</p>
      \(note)<p>Since \(InstantText.text(suspension.since)). Reason: \
      \(suspension.reason.reasonClass.name). Evidence: \(Self.escaped(text.evidence(suspension))). \
      Next update by \(InstantText.text(suspension.nextUpdateBy)). Still works: \
      \(text.stillWorks(suspension).joined(separator: ", ")).</p></article>

      """
  }

  /// Texts of people and nodes must not become part of the page's structure. Scalar by scalar: a browser
  /// reads those, and a character of Swift's can hide a `<` behind a mark that joins the next one.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
