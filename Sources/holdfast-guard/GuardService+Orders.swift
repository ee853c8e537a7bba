import Engine
import Guard
import Logging
import Statements

extension GuardService {
  /// Decisions that are given in one message.
  private static let ordersAtOnce = 100

  /// Gives decisions on withdrawals, many at a time.
  func give(_ decisions: [Command]) async throws(Interruption) {
    for start in stride(from: 0, to: decisions.count, by: Self.ordersAtOnce) {
      let commands = Array(decisions[start...].prefix(Self.ordersAtOnce))
      var orders: [Signed<GuardOrder>] = []
      for command in commands {
        orders.append(try own { () throws(GuardError) in try core.order(command) })
        logger.info("order", metadata: ["command": "\(command.summary)"])
      }
      let refusals: [String?]
      do { refusals = try await server.give(orders) } catch {
        for command in decisions[start...] { core.notGiven(command) }
        throw .elsewhere("\(error)")
      }
      for (command, refusal) in zip(commands, refusals) {
        guard let refusal else { continue }
        logger.warning(
          "an order is refused", metadata: ["command": "\(command.summary)", "error": "\(refusal)"])
        core.orderRefused(command)
      }
    }
  }

  /// Returns whether the server took it.
  @discardableResult
  func give(_ command: Command) async throws(Interruption) -> Bool {
    let order = try own { () throws(GuardError) in try core.order(command) }
    logger.info("order", metadata: ["command": "\(command.summary)"])
    do {
      try await server.give(order)
    } catch {
      // What the core refuses now is decided anew from the journal.
      if case .refused = error {
        logger.warning(
          "an order is refused",
          metadata: ["command": "\(command.summary)", "error": "\(error)"])
        core.orderRefused(command)
        return false
      }
      core.notGiven(command)
      throw .elsewhere("\(error)")
    }
    switch command {
    case .payoutBuilt, .payoutReplaced, .payoutLost: try await follow()
    default: break
    }
    return true
  }
}
