/// Looks for coins that need no change output, by going through all combinations and leaving out what
/// cannot lead to one. See Erhardt (2016), "Branch and Bound"; the order of steps is that of Bitcoin
/// Core's `SelectCoinsBnB`.
package struct BranchAndBound {
  /// Combinations that are looked at.
  static let stepLimit = 100_000

  /// Sorted by ``CoinCandidate/precedes(_:_:)``.
  package let candidates: [CoinCandidate]
  package let request: CoinRequest

  package init(candidates: [CoinCandidate], request: CoinRequest) {
    self.candidates = candidates
    self.request = request
  }

  package struct Outcome {
    package var selection: CoinSelection?
    /// Combinations that were looked at.
    package var steps: Int
    /// Whether all were.
    package var isComplete: Bool
    /// Whether one was left out for being too heavy.
    package var wasTooHeavy: Bool
  }

  package func search() -> Outcome {
    var outcome = Outcome(selection: nil, steps: 0, isComplete: true, wasTooHeavy: false)
    // What all later coins are worth.
    var ahead = [Int64](repeating: 0, count: candidates.count)
    var available: Int64 = 0
    for index in candidates.indices.reversed() {
      ahead[index] = available
      available += candidates[index].worth
    }
    guard available >= request.target, let first = candidates.first else { return outcome }
    let window = min(request.changeCost, request.excessLimit)
    let highest = request.target.addingReportingOverflow(window)
    let upper = highest.overflow ? Int64.max : highest.partialValue
    let feesAreHigh = first.waste > 0
    var chosen: [Int] = []
    var best: [Int] = []
    var worth: Int64 = 0
    var waste: Int64 = 0
    var leastWaste = Int64.max
    var load = CoinLoad.none
    var next = 0

    func leaveOutLast() {
      let coin = candidates[chosen.removeLast()]
      worth -= coin.worth
      waste -= coin.waste
      load -= coin.load
    }

    search: while true {
      let coin = candidates[next]
      worth += coin.worth
      waste += coin.waste
      load += coin.load
      chosen.append(next)
      next += 1
      outcome.steps += 1
      var isDeadEnd = worth + ahead[next - 1] < request.target
      var goesOn = true
      if !isDeadEnd {
        if !load.fits(request.limit) {
          outcome.wasTooHeavy = true
          goesOn = false
        } else if worth > upper || (feesAreHigh && waste > leastWaste) {
          goesOn = false
        } else if worth >= request.target {
          goesOn = false
          let total = waste + worth - request.target
          if total <= leastWaste {
            leastWaste = total
            best = chosen
          }
        }
      }
      if outcome.steps >= Self.stepLimit {
        outcome.isComplete = false
        break
      }
      if next == candidates.count { isDeadEnd = true }
      if isDeadEnd {
        leaveOutLast()
        goesOn = false
      }
      while !goesOn {
        guard let last = chosen.last else { break search }
        next = last + 1
        leaveOutLast()
        goesOn = true
        // A coin worth the same as the one left out leads to nothing better.
        while candidates[next - 1].worth == candidates[next].worth {
          guard next < candidates.count - 1 else {
            goesOn = false
            break
          }
          next += 1
        }
      }
    }
    outcome.selection = CoinSelection(.branchAndBound, best.map { candidates[$0] }, for: request)
    return outcome
  }
}
