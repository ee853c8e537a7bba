import Engine

/// How often each kind of thing happened, so that a run that reaches nothing is noticed.
package struct ModelCoverage: Sendable {
  /// By what happened.
  package private(set) var counts: [String: Int] = [:]

  package init() {}

  mutating func count(_ outcome: ModelExchange.Outcome) {
    counts["commands", default: 0] += 1
    for event in outcome.events {
      switch event {
      case .refused(let refusal): counts["refused " + Self.name(refusal), default: 0] += 1
      case .order(let order, .canceled):
        let source = order.cancelSource.map { "\($0)" } ?? "?"
        counts["canceled " + source, default: 0] += 1
      case .order(_, .amended): counts["amended", default: 0] += 1
      case .order(let order, .placed): counts["placed \(order.type)", default: 0] += 1
      case .auction(let result):
        counts[result.price == nil ? "auction of nothing" : "auction", default: 0] += 1
      case .transferredBetween: counts["transferred between accounts", default: 0] += 1
      case .accountChanged: counts["account changed", default: 0] += 1
      case .trade: counts["traded", default: 0] += 1
      default: break
      }
    }
  }

  package mutating func add(_ other: ModelCoverage) {
    counts.merge(other.counts, uniquingKeysWith: +)
  }

  /// The case's name without its figures.
  private static func name(_ refusal: Refusal) -> String {
    String("\(refusal)".prefix { $0 != "(" })
  }
}
