import Engine
import Money
import Risk

/// The online rules' findings in plain words, with what was measured and the limit.
struct RiskText {
  let catalog: Catalog

  /// Returns one sentence for each hit.
  func text(_ hits: [RiskHit], asset: AssetID?) -> String {
    hits.map { sentence($0, asset: asset) }.joined(separator: " ")
  }

  private func sentence(_ hit: RiskHit, asset: AssetID?) -> String {
    let measured = amount(hit.measured, asset)
    let limit = amount(hit.limit, asset)
    switch hit.rule {
    case .amountRefused:
      return "The amount \(measured) is above the maximum of \(limit) for one withdrawal."
    case .amountReviewed:
      return "The amount \(measured) is above \(limit), so people review it."
    case .amountDelayed:
      return "The amount \(measured) is above \(limit), so it waits\(until(hit))."
    case .customerHour:
      return "Your withdrawals of the last hour come to \(measured), above \(limit)\(next(hit))."
    case .customerDay:
      return
        "Your withdrawals of the last 24 hours come to \(measured), above \(limit)\(next(hit))."
    case .assetHour:
      return
        "All withdrawals of the last hour come to \(measured), above \(limit)\(next(hit))."
    case .assetDay:
      return
        "All withdrawals of the last 24 hours come to \(measured), above \(limit)\(next(hit))."
    case .frequency:
      return
        "You asked for \(hit.measured) withdrawals within an hour, above \(hit.limit)\(next(hit))."
    case .firstUse:
      return "The address is used for the first time, so it waits\(until(hit))."
    case .credentialChange:
      return "Your credentials changed recently, so it waits\(until(hit))."
    }
  }

  private func amount(_ units: Int64, _ asset: AssetID?) -> String {
    guard let asset else { return String(units) }
    return "\(catalog.text(Amount(units: units), of: asset)) \(catalog.code(of: asset))"
  }

  private func until(_ hit: RiskHit) -> String {
    hit.releaseAt.map { " until \(InstantText.text($0))" } ?? ""
  }

  private func next(_ hit: RiskHit) -> String {
    switch hit.outcome {
    case .allow, .refuse: ""
    case .delay: ", so it waits\(until(hit))"
    case .review: ", so people review it"
    }
  }
}
