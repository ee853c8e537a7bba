import Structures

/// Coins that pay for something, and what choosing them costs.
public struct CoinSelection: Equatable, Sendable {
  public enum Method: String, Sendable, CaseIterable {
    case branchAndBound, singleRandomDraw, knapsack, largestFirst
  }

  public let method: Method
  /// Places in the caller's list, in its order.
  public let positions: [Int]
  /// What the coins are worth together after paying for their inputs, in satoshi.
  public let worth: Int64
  /// What comes back in a change output, in satoshi; 0 when there is none.
  public let change: Int64
  /// How much dearer this is than paying nothing but the long-term fee of the inputs, in satoshi: the
  /// cost of the inputs over that, and of the change output or, without one, what is left over.
  public let waste: Int64
  package let load: CoinLoad

  /// Judges `chosen`; `nil` when they do not serve `request`.
  package init?(_ method: Method, _ chosen: [CoinCandidate], for request: CoinRequest) {
    guard !chosen.isEmpty else { return nil }
    var load = CoinLoad.none
    var worth: Int64 = 0
    var waste: Int64 = 0
    for coin in chosen {
      load += coin.load
      worth += coin.worth
      waste += coin.waste
    }
    guard worth >= request.target, load.fits(request.limit) else { return nil }
    let rest = worth - request.target - request.changeFee
    // Branch and bound looks for coins that need no change.
    if method != .branchAndBound, rest >= request.smallestChange, rest > 0 {
      change = rest
      waste += request.changeCost
    } else {
      guard worth - request.target <= request.excessLimit else { return nil }
      change = 0
      waste += worth - request.target
    }
    self.method = method
    self.worth = worth
    self.waste = waste
    self.load = load
    positions = chosen.map(\.position).sorted()
  }

  /// Returns the least wasteful of all methods' choices; of equally wasteful ones that with more
  /// inputs, so that fewer coins remain. `nil` when the coins do not suffice.
  ///
  /// See Erhardt, "An Evaluation of Coin Selection Strategies" (2016), and Bitcoin Core,
  /// `wallet/coinselection.cpp`. Largest first takes the place of Core's search for the lightest
  /// inputs: a wallet of one descriptor has inputs of one weight.
  public static func best(
    of candidates: [CoinCandidate], for request: CoinRequest
  ) -> CoinSelection? {
    let sorted = candidates.sorted(by: CoinCandidate.precedes)
    var random = SplitMix64(seed: request.seed)
    let choices = [
      BranchAndBound(candidates: sorted, request: request).search().selection,
      SingleRandomDraw(candidates: sorted, request: request).draw(using: &random),
      Knapsack(candidates: sorted, request: request).solve(using: &random),
      largestFirst(sorted, for: request),
    ]
    return choices.compactMap { $0 }.min { a, b in
      a.waste == b.waste ? a.positions.count > b.positions.count : a.waste < b.waste
    }
  }

  /// Takes the most valuable coins until there is enough for a change output, or else for none.
  static func largestFirst(
    _ sorted: [CoinCandidate], for request: CoinRequest
  ) -> CoinSelection? {
    var chosen: [CoinCandidate] = []
    var load = CoinLoad.none
    var worth: Int64 = 0
    var enough: CoinSelection?
    for coin in sorted {
      var next = load
      next += coin.load
      guard next.fits(request.limit) else { continue }
      load = next
      worth += coin.worth
      chosen.append(coin)
      guard worth >= request.target else { continue }
      guard let selection = CoinSelection(.largestFirst, chosen, for: request) else { continue }
      if selection.change > 0 {
        return enough.map { $0.waste < selection.waste ? $0 : selection } ?? selection
      }
      enough = enough ?? selection
    }
    return enough
  }
}
