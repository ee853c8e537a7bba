/// The wallet's coins in the order of their outpoints.
struct OutputSet: Sendable {
  private(set) var outputs: [OwnedOutput] = []

  init() {}

  subscript(_ outpoint: ChainOutpoint) -> OwnedOutput? {
    let index = position(of: outpoint)
    return index < outputs.count && outputs[index].outpoint == outpoint ? outputs[index] : nil
  }

  /// Adds a coin, or replaces what was known of it.
  mutating func set(_ output: OwnedOutput) {
    let index = position(of: output.outpoint)
    if index < outputs.count, outputs[index].outpoint == output.outpoint {
      outputs[index] = output
    } else {
      outputs.insert(output, at: index)
    }
  }

  @discardableResult
  mutating func remove(_ outpoint: ChainOutpoint) -> OwnedOutput? {
    let index = position(of: outpoint)
    guard index < outputs.count, outputs[index].outpoint == outpoint else { return nil }
    return outputs.remove(at: index)
  }

  private func position(of outpoint: ChainOutpoint) -> Int {
    var low = 0
    var high = outputs.count
    while low < high {
      let middle = (low + high) / 2
      if outputs[middle].outpoint < outpoint { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension ChainOutpoint: Comparable {
  /// By transaction id, byte for byte, then by index.
  public static func < (a: ChainOutpoint, b: ChainOutpoint) -> Bool {
    a.transaction == b.transaction
      ? a.index < b.index : a.transaction.lexicographicallyPrecedes(b.transaction)
  }
}
