import Bitcoin
import Custody
import Logging
import Nodes

/// Finds, with the node's filters, the blocks that need not be read because nothing in them is the
/// wallet's. See BIP-158.
///
/// A filter is the node's word. Its header must follow from the one before, so that a damaged index
/// is noticed; from then on every block is read whole.
final class BlockSieve {
  private let node: BitcoinNode
  private let logger: Logger
  private var list = FilterScripts()
  private var cold = FilterScripts()
  /// Whether filters are used at all any more.
  private var isUsable = true
  private var last: (block: BlockHash, header: FilterHeader)?

  init(node: BitcoinNode, logger: Logger) {
    self.node = node
    self.logger = logger
  }

  /// Returns the header of the block when nothing in it is the wallet's, and `nil` when it is to be
  /// read whole.
  func nothing(of wallet: DepositScanner, in block: BlockHash) async throws -> BlockHeader? {
    guard isUsable, try list.follow(wallet.scripts) else { return nil }
    if let scripts = wallet.cold {
      guard try cold.follow(scripts) else { return nil }
    }
    guard let (filter, header) = try await node.filter(of: block) else {
      isUsable = false
      return nil
    }
    guard let info = try await node.header(block) else { return nil }
    if let last, info.header.previous == last.block,
      filter.header(after: last.header) != header
    {
      logger.error(
        "a block filter does not follow from the one before; blocks are read whole from now on",
        metadata: ["block": "\(block)"])
      isUsable = false
      return nil
    }
    last = (block, header)
    return filter.matches(any: list.scripts + cold.scripts) ? nil : info.header
  }
}
