import Bitcoin
import Engine
import Journal
import Logging
import Nodes

/// Hands signed payouts to the node: at once, and again after every block that does not have them.
final class PayoutBroadcaster {
  private let node: BitcoinNode
  private let logger: Logger
  /// The tip's height when a version of a payout was last sent, by the transaction's id.
  private var sentAt: [[UInt8]: Int] = [:]

  init(node: BitcoinNode, logger: Logger) {
    self.node = node
    self.logger = logger
  }

  /// Sends what is signed and in no block yet.
  func send(from sequencer: Sequencer, tip: Int) async throws {
    let signed = try await sequencer.read { exchange in
      exchange.openPayouts.compactMap { payout in
        payout.broadcast.flatMap { version in
          version.signed.map { (payout.id, version.transaction, $0) }
        }
      }
    }
    let ids = Set(signed.map(\.1))
    sentAt = sentAt.filter { ids.contains($0.key) }
    for (id, name, bytes) in signed where sentAt[name] != tip {
      let transaction: Transaction
      do {
        transaction = try Transaction(parsing: bytes)
      } catch {
        logger.error(
          "a journaled payout is no transaction",
          metadata: ["payout": "\(id)", "error": "\(error)"])
        sentAt[name] = tip
        continue
      }
      let isFirst = sentAt[name] == nil
      do {
        try await node.send(transaction)
        logger.log(
          level: isFirst ? .info : .debug, "payout sent",
          metadata: ["payout": "\(id)", "transaction": "\(transaction.id)"])
      } catch {
        guard case .rpc(let code, let message) = error else { throw error }
        logger.error(
          "the node refuses a payout; it is sent again after the next block",
          metadata: [
            "payout": "\(id)", "transaction": "\(transaction.id)", "code": "\(code)",
            "reason": "\(message)",
          ])
      }
      sentAt[name] = tip
    }
  }
}
