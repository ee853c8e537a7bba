import Money
import Structures

/// Many random commands from one seed, given to the model and to the real exchange.
package struct ModelRun: Sendable {
  /// A difference, with what is needed to see it again.
  package struct Failure: Error, CustomStringConvertible {
    package var seed: UInt64
    /// How many commands of the run lead there.
    package var commands: Int
    package var difference: String
    /// A few of them that suffice.
    package var steps: [TradingStep]
    package var shrunkDifference: String

    package var description: String {
      """
      seed \(seed): model and exchange differ at command \(commands - 1)
      \(difference)

      These \(steps.count) of its commands suffice:
      \(steps.map { "  \($0.number) at \($0.time.milliseconds): \($0.text)" }.joined(separator: "\n"))
      \(shrunkDifference)

      Again: make model SEEDS=\(seed) COMMANDS=\(commands)
      """
    }
  }

  /// How often everything is compared, and how often the state goes through a snapshot.
  private static let wholeEvery = 1009
  private static let snapshotEvery = 20_011
  /// Steps that shrinking may spend.
  private static let shrinkBudget = 3_000_000

  private let seed: UInt64
  private let commands: Int

  package init(seed: UInt64, commands: Int) {
    self.seed = seed
    self.commands = commands
  }

  /// Runs to the end.
  ///
  /// - Returns: What the run covered.
  /// - Throws: The first difference, shrunk.
  package func run() throws(Failure) -> ModelCoverage {
    var duel = ModelDuel()
    var random = TradingCommands(seed: seed)
    var steps: [TradingStep] = []
    var coverage = ModelCoverage()
    for number in 0..<commands {
      let step = random.next(duel.model)
      steps.append(step)
      if let difference = Self.advance(&duel, step) { throw failure(steps, difference) }
      if let order = duel.placed(by: number) { random.placed(order, by: number) }
      coverage.count(duel.model.lastOutcome)
    }
    if let difference = duel.wholeDifference() { throw failure(steps, difference) }
    return coverage
  }

  /// Runs one step and, now and then, the slow comparisons.
  private static func advance(_ duel: inout ModelDuel, _ step: TradingStep) -> String? {
    if let difference = duel.run(step) { return difference }
    if step.number % wholeEvery == 0, let difference = duel.wholeDifference() { return difference }
    return step.number % snapshotEvery == 7 ? duel.passThroughSnapshot() : nil
  }

  private static func difference(_ steps: [TradingStep]) -> String? {
    var duel = ModelDuel()
    for step in steps {
      if let difference = advance(&duel, step) { return difference }
    }
    return duel.wholeDifference()
  }

  /// Leaves out ever smaller parts of the steps as long as the rest still shows a difference.
  private func failure(_ steps: [TradingStep], _ difference: String) -> Failure {
    var kept = steps
    var shown = difference
    var spent = 0
    var part = max(1, kept.count / 2)
    while spent < Self.shrinkBudget {
      var start = 0
      let before = kept.count
      while start < kept.count, spent < Self.shrinkBudget {
        let fewer = Array(kept[..<start] + kept[min(start + part, kept.count)...])
        spent += fewer.count
        if let still = Self.difference(fewer) {
          kept = fewer
          shown = still
        } else {
          start += part
        }
      }
      if part == 1, kept.count == before { break }
      part = max(1, part / 2)
    }
    return Failure(
      seed: seed, commands: steps.count, difference: difference, steps: kept,
      shrunkDifference: shown)
  }
}
