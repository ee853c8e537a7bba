/// Takes coins as they come from a shuffled list until there is enough for a sensible change. See
/// Bitcoin Core's `SelectCoinsSRD`.
///
/// What change it leaves is random, which is what keeps the sizes of a wallet's coins apart.
package struct SingleRandomDraw {
  /// Sorted by ``CoinCandidate/precedes(_:_:)``.
  package let candidates: [CoinCandidate]
  package let request: CoinRequest

  package init(candidates: [CoinCandidate], request: CoinRequest) {
    self.candidates = candidates
    self.request = request
  }

  package func draw(using random: inout some RandomNumberGenerator) -> CoinSelection? {
    let needed = request.target + request.changeFee + request.wantedChange
    // The chosen, with the least valuable on top.
    var heap: [Int] = []
    var worth: Int64 = 0
    var load = CoinLoad.none
    for index in candidates.indices.shuffled(using: &random) {
      heap.append(index)
      rise(&heap)
      worth += candidates[index].worth
      load += candidates[index].load
      while !load.fits(request.limit), let least = heap.first {
        worth -= candidates[least].worth
        load -= candidates[least].load
        removeFirst(&heap)
      }
      if worth >= needed {
        return CoinSelection(.singleRandomDraw, heap.map { candidates[$0] }, for: request)
      }
    }
    return nil
  }

  /// Whether the coin at `a` is given up before that at `b`: it is worth less, or as much and heavier.
  private func goesFirst(_ a: Int, _ b: Int) -> Bool {
    let (x, y) = (candidates[a], candidates[b])
    return x.worth == y.worth ? x.load.weight > y.load.weight : x.worth < y.worth
  }

  private func rise(_ heap: inout [Int]) {
    var child = heap.count - 1
    while child > 0, goesFirst(heap[child], heap[(child - 1) / 2]) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private func removeFirst(_ heap: inout [Int]) {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var first = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && goesFirst(heap[child], heap[first]) {
        first = child
      }
      guard first != parent else { return }
      heap.swapAt(first, parent)
      parent = first
    }
  }
}
