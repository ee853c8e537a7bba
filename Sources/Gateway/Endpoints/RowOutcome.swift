import Engine
import JSON
import Journal

/// What became of one row of a request that carries a command in each row.
struct RowOutcome<Subject> {
  /// The row as it was sent.
  let item: Parameters
  /// The command that the row asks for, unless it could not be read.
  let command: Command?
  let market: MarketSpec?
  /// Why the row was refused, if it was.
  var rejection: Rejection?
  /// What the command was about, as it is afterwards.
  var subject: Subject?

  /// Reads a row. One that cannot be read is answered, and the others go on.
  init(
    _ item: Parameters, _ read: (Parameters) throws(Rejection) -> (Command, MarketSpec)
  ) {
    self.item = item
    do throws(Rejection) {
      let (command, market) = try read(item)
      self.command = command
      self.market = market
    } catch {
      command = nil
      market = nil
      rejection = error
    }
  }
}

extension Frontend {
  /// Carries out the rows' commands in their order, in one batch of the journal.
  ///
  /// - Parameter take: Notes on a row what its command came to.
  func carryOut<Subject>(
    _ outcomes: inout [RowOutcome<Subject>],
    _ take: (inout RowOutcome<Subject>, Committed) -> Void
  ) async throws(Rejection) {
    let commands = outcomes.compactMap(\.command)
    var results = commands.isEmpty ? [] : try await submit(commands)[...]
    for index in outcomes.indices where outcomes[index].command != nil {
      guard let result = results.popFirst() else { break }
      take(&outcomes[index], result)
    }
  }
}

extension Answer {
  /// The answer to a request of several rows, with OKX's code for all or some of them refused.
  init<Subject>(
    _ outcomes: [RowOutcome<Subject>], isTimed: Bool, row: (RowOutcome<Subject>) -> JSON
  ) {
    let failures = outcomes.filter { $0.rejection != nil }.count
    let code: ErrorCode? =
      failures == 0 ? nil : failures == outcomes.count ? .allFailed : .partlyFailed
    self.init(
      code: code, message: code == .allFailed ? "All operations failed" : "",
      data: outcomes.map(row), isTimed: isTimed)
  }
}
