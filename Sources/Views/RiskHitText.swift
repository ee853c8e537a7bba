import Money
import Risk

/// The hits of a verdict as one text column: five numbers per hit, hits apart by semicolons.
enum RiskHitText {
  static func text(_ hits: [RiskHit]) -> String {
    hits.map { hit in
      let release = hit.releaseAt.map { String($0.milliseconds) } ?? ""
      return "\(hit.rule.rawValue),\(hit.outcome.rawValue),\(hit.measured),\(hit.limit),\(release)"
    }.joined(separator: ";")
  }

  static func hits(_ text: String) -> [RiskHit] {
    text.split(separator: ";").compactMap { part in
      let fields = part.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == 5, let rule = UInt8(fields[0]).flatMap(RiskRule.init(rawValue:)),
        let outcome = UInt8(fields[1]).flatMap(RiskOutcome.init(rawValue:)),
        let measured = Int64(fields[2]), let limit = Int64(fields[3])
      else { return nil }
      return RiskHit(
        rule: rule, outcome: outcome, measured: measured, limit: limit,
        releaseAt: Int64(fields[4]).map(Timestamp.init(milliseconds:)))
    }
  }
}
