/// How many coins of which sizes a wallet wants to hold, so that many payouts can be under way at
/// once without one waiting for another's change.
public struct CoinLadder: Equatable, Sendable {
  /// Coins of one size.
  public struct Rung: Equatable, Sendable {
    /// Satoshi.
    public var amount: Int64
    public var count: Int

    public init(amount: Int64, count: Int) {
      self.amount = amount
      self.count = count
    }
  }

  /// The largest first.
  public let rungs: [Rung]
  /// What splitting may cost: a piece is made only if it is worth so many times its own output.
  static let worthFactor: Int64 = 20

  /// Creates a ladder, or `nil` unless the amounts fall from rung to rung and are above 0, and each
  /// count is 1 to 100,000.
  public init?(_ rungs: [Rung]) {
    for (index, rung) in rungs.enumerated() {
      guard rung.amount > 0, rung.amount <= 2_100_000_000_000_000,
        (1...100_000).contains(rung.count),
        index == 0 || rung.amount < rungs[index - 1].amount
      else { return nil }
    }
    self.rungs = rungs
  }

  /// Returns how many coins each rung lacks.
  ///
  /// A coin stands on the highest rung that it reaches. One above all rungs is no spare for lower
  /// ones: it is what pieces are cut from.
  public func missing(among amounts: some Sequence<Int64>) -> [Int] {
    var missing = rungs.map(\.count)
    for amount in amounts {
      guard let rung = rungs.firstIndex(where: { amount >= $0.amount }) else { continue }
      if rung == 0, amount >= 2 * rungs[0].amount { continue }
      missing[rung] = max(0, missing[rung] - 1)
    }
    return missing
  }

  /// Splits `change` into outputs, the largest first, whose sum with the fees of all but the first of
  /// them is `change`.
  ///
  /// - Parameters:
  ///   - change: Satoshi that come back, the fee of one output taken off.
  ///   - amounts: Coins that the wallet will hold besides.
  ///   - outputFee: What one more output costs now.
  ///   - smallest: Satoshi below which no output is made.
  ///   - limit: Outputs at most, at least 1.
  public func split(
    _ change: Int64, besides amounts: some Sequence<Int64>, outputFee: Int64, smallest: Int64,
    limit: Int
  ) -> [Int64] {
    precondition(limit >= 1 && outputFee >= 0)
    guard change > 0 else { return [] }
    var missing = missing(among: amounts)
    var rest = change
    var pieces: [Int64] = []
    // The lowest rungs first: small coins are what most payouts need, and cost least to make.
    for index in rungs.indices.reversed() {
      let amount = rungs[index].amount
      guard amount >= max(smallest, outputFee * Self.worthFactor) else { continue }
      while missing[index] > 0, pieces.count + 1 < limit,
        rest - amount - outputFee >= max(smallest, amount)
      {
        pieces.append(amount)
        rest -= amount + outputFee
        missing[index] -= 1
      }
    }
    return (pieces + [rest]).sorted(by: >)
  }
}
