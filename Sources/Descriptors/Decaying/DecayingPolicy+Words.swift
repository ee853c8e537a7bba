extension DecayingPolicy.Tier {
  /// The tier in a few words, such as "after 1008 blocks: 2 of 3 holders or their backups".
  ///
  /// - Parameter counts: How many keys each role has.
  public func words(counts: [DecayingPolicy.Role: Int]) -> String {
    func of(_ count: Int, _ role: DecayingPolicy.Role) -> String {
      "\(count) of \(counts[role] ?? 0)"
    }
    let who =
      switch condition {
      case .holders(let count): "\(of(count, .holder)) holders"
      case .slots(let count): "\(of(count, .holder)) holders or their backups"
      case .council(let count): "\(of(count, .council)) of the council"
      case .trustees(let count): "\(of(count, .trustee)) trustees"
      case .holdersWithTrustees(let holders, let trustees):
        "\(of(holders, .holder)) holders with \(of(trustees, .trustee)) trustees"
      }
    return delay == 0 ? "at once: \(who)" : "after \(delay) blocks: \(who)"
  }
}
