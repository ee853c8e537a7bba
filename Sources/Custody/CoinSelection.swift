import Engine
import Money

/// Chooses which coins pay an amount.
///
/// First a search for a set whose sum leaves nothing worth a change output (branch and bound); if
/// there is none, the largest coins until it is enough, which keeps the transaction small.
struct CoinSelection {
  /// Steps of the search before it gives up.
  static let searchLimit = 20_000

  /// What one more input costs, in satoshi.
  let inputFee: Int64
  /// What leaving the change out may cost: the change output, and spending it later.
  let changeCost: Int64
  let inputLimit: Int
  let limits: PayoutLimits

  /// A coin with what it is worth after paying for itself.
  private struct Candidate {
    let coin: OwnedOutput
    let worth: Int64
    /// Bytes of the transaction that made it.
    let evidence: Int
  }

  /// Returns coins that are worth `target` satoshi or a little more, or `nil`.
  func withoutChange(_ target: Int64, from coins: [OwnedOutput]) -> [OwnedOutput]? {
    let candidates = candidates(coins)
    var rest = candidates.reduce(0) { $0 + $1.worth }
    var chosen: [Int] = []
    var sum: Int64 = 0
    var evidence = 0
    var index = 0
    for _ in 0..<Self.searchLimit {
      let isHopeless =
        sum + rest < target || sum > target + changeCost || chosen.count > inputLimit
        || evidence > limits.evidence
      if !isHopeless, sum >= target { return chosen.map { candidates[$0].coin } }
      if !isHopeless, index < candidates.count {
        // Take the next coin.
        rest -= candidates[index].worth
        sum += candidates[index].worth
        evidence += candidates[index].evidence
        chosen.append(index)
        index += 1
        continue
      }
      // Go back to the coin taken last, and leave it out.
      guard let last = chosen.popLast() else { return nil }
      while index > last + 1 {
        index -= 1
        rest += candidates[index].worth
      }
      sum -= candidates[last].worth
      evidence -= candidates[last].evidence
    }
    return nil
  }

  /// Returns the largest coins, as few as are worth at least `target` satoshi, or `nil`.
  func largestFirst(_ target: Int64, from coins: [OwnedOutput]) -> [OwnedOutput]? {
    var chosen: [OwnedOutput] = []
    var sum: Int64 = 0
    var evidence = 0
    for candidate in candidates(coins) where evidence + candidate.evidence <= limits.evidence {
      guard chosen.count < inputLimit else { return nil }
      evidence += candidate.evidence
      chosen.append(candidate.coin)
      sum += candidate.worth
      if sum >= target { return chosen }
    }
    return nil
  }

  /// The coins that are worth more than they cost, largest first; ties by outpoint, so that every
  /// run chooses the same.
  private func candidates(_ coins: [OwnedOutput]) -> [Candidate] {
    coins.map {
      Candidate(
        coin: $0, worth: $0.amount.units - inputFee, evidence: limits.evidenceOf[$0.outpoint] ?? 0)
    }
    .filter { $0.worth > 0 }
    .sorted {
      if $0.worth != $1.worth { return $0.worth > $1.worth }
      let (a, b) = ($0.coin.outpoint, $1.coin.outpoint)
      if a.transaction != b.transaction {
        return a.transaction.lexicographicallyPrecedes(b.transaction)
      }
      return a.index < b.index
    }
  }
}
