import Structures

/// One simulated exchange, from one seed to its last step.
package struct SimulationRun: Sendable {
  /// What went wrong, and how to see it again.
  package struct Failure: Error, CustomStringConvertible {
    package var seed: UInt64
    /// The step in which it showed.
    package var step: Int
    package var violation: Violation
    /// What happened before, the last lines.
    package var trace: [String]

    package var description: String {
      """
      seed \(seed): \(violation) in step \(step)

      The last that happened:
      \(trace.map { "  " + $0 }.joined(separator: "\n"))

      Again: make simulate SEEDS=\(seed) STEPS=\(step + 1)
      """
    }
  }

  private static let traceLines = 60

  private let seed: UInt64
  private let steps: Int

  package init(seed: UInt64, steps: Int) {
    self.seed = seed
    self.steps = steps
  }

  /// Runs to the end.
  ///
  /// - Returns: What the run covered.
  /// - Throws: The first violation, with what led to it.
  package func run() throws(Failure) -> SimulationTally {
    let first = play(traces: false)
    switch first.result {
    case .success(let tally): return tally
    case .failure:
      // The same once more, this time taking notes.
      let second = play(traces: true)
      guard case .failure(let violation) = second.result else {
        throw Failure(
          seed: seed, step: first.step,
          violation: Violation("the same seed fails once and not again"), trace: [])
      }
      throw Failure(
        seed: seed, step: second.step, violation: violation,
        trace: second.trace.suffix(Self.traceLines))
    }
  }

  private func play(
    traces: Bool
  ) -> (result: Result<SimulationTally, Violation>, step: Int, trace: [String]) {
    let world = World(seed: seed, traces: traces)
    var step = 0
    do throws(Violation) {
      while step < steps {
        world.tally.steps += 1
        try world.step()
        step += 1
      }
      try world.finish()
    } catch {
      return (.failure(error), step, world.trace ?? [])
    }
    return (.success(world.tally), step, [])
  }
}
