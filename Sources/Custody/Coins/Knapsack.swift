/// Looks for coins that are worth just enough, by many random tries; else the least coin that is
/// enough alone. See Bitcoin Core's `KnapsackSolver`.
package struct Knapsack {
  /// Tries on a small wallet.
  static let tryLimit = 1000
  /// Coins that all tries together look at: on a large wallet there are fewer tries.
  static let workLimit = 4_000_000

  /// Sorted by ``CoinCandidate/precedes(_:_:)``.
  package let candidates: [CoinCandidate]
  package let request: CoinRequest

  package init(candidates: [CoinCandidate], request: CoinRequest) {
    self.candidates = candidates
    self.request = request
  }

  package func solve(using random: inout some RandomNumberGenerator) -> CoinSelection? {
    let (target, withChange) = (request.target, request.target + wantedChange)
    var leastLarger: CoinCandidate?
    var smaller: [CoinCandidate] = []
    var total: Int64 = 0
    for coin in candidates where coin.load.fits(request.limit) {
      if coin.worth == target { return selection([coin]) }
      if coin.worth < withChange {
        smaller.append(coin)
        total += coin.worth
      } else {
        // They are sorted, so the last one is the least; of equal ones any would do.
        leastLarger = coin
      }
    }
    if total == target, let all = selection(smaller) { return all }
    guard total >= target else { return leastLarger.flatMap { selection([$0]) } }
    var best = Subset(worth: total, isChosen: [Bool](repeating: true, count: smaller.count))
    approach(target, from: smaller, &best, using: &random)
    if best.worth != target, total >= withChange {
      best = Subset(worth: total, isChosen: [Bool](repeating: true, count: smaller.count))
      approach(withChange, from: smaller, &best, using: &random)
    }
    if let leastLarger,
      (best.worth != target && best.worth < withChange) || leastLarger.worth <= best.worth
    {
      return selection([leastLarger])
    }
    return selection(zip(smaller, best.isChosen).filter(\.1).map(\.0))
      ?? leastLarger.flatMap { selection([$0]) }
  }

  /// What the change costs comes on top of it.
  private var wantedChange: Int64 { request.wantedChange + request.changeFee }

  private struct Subset {
    var worth: Int64
    var isChosen: [Bool]
  }

  private func selection(_ chosen: [CoinCandidate]) -> CoinSelection? {
    CoinSelection(.knapsack, chosen, for: request)
  }

  /// Finds a subset that is worth at least `target` and as little more as possible.
  private func approach(
    _ target: Int64, from coins: [CoinCandidate], _ best: inout Subset,
    using random: inout some RandomNumberGenerator
  ) {
    let tries = max(1, min(Self.tryLimit, Self.workLimit / coins.count))
    var isChosen = [Bool](repeating: false, count: coins.count)
    for _ in 0..<tries where best.worth != target {
      for index in isChosen.indices { isChosen[index] = false }
      var worth: Int64 = 0
      var load = CoinLoad.none
      var isReached = false
      for pass in 0..<2 where !isReached {
        var bits: UInt64 = 0
        for index in coins.indices {
          if index & 63 == 0 { bits = random.next() }
          let takes = pass == 0 ? bits >> UInt64(index & 63) & 1 == 1 : !isChosen[index]
          guard takes else { continue }
          worth += coins[index].worth
          load += coins[index].load
          isChosen[index] = true
          guard worth >= target, load.fits(request.limit) else { continue }
          isReached = true
          if worth < best.worth {
            best.worth = worth
            best.isChosen = isChosen
          }
          worth -= coins[index].worth
          load -= coins[index].load
          isChosen[index] = false
        }
      }
    }
  }
}
