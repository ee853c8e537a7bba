/// Draws positions by their weights, by Walker's method as Vose has it. See BCR-2020-005 and
/// Keith Schwarz, "Darts, Dice, and Coins".
package struct DegreeSampler {
  private let chances: [Double]
  private let aliases: [Int]

  package init(weights: [Double]) {
    let sum = weights.reduce(0, +)
    let count = weights.count
    var rest = weights.map { $0 * Double(count) / sum }
    // From the back, as the reference does: the order decides who becomes whose alias.
    var small = rest.indices.reversed().filter { rest[$0] < 1 }
    var large = rest.indices.reversed().filter { rest[$0] >= 1 }
    var chances = [Double](repeating: 0, count: count)
    var aliases = [Int](repeating: 0, count: count)
    while let less = small.last, let more = large.last {
      small.removeLast()
      large.removeLast()
      chances[less] = rest[less]
      aliases[less] = more
      rest[more] += rest[less] - 1
      if rest[more] < 1 { small.append(more) } else { large.append(more) }
    }
    for index in large + small { chances[index] = 1 }
    self.chances = chances
    self.aliases = aliases
  }

  package func next(using random: inout Xoshiro256) -> Int {
    let place = random.nextDouble()
    let toss = random.nextDouble()
    let index = Int(Double(chances.count) * place)
    return toss < chances[index] ? index : aliases[index]
  }
}
