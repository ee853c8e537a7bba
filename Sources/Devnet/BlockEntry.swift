public import Bitcoin

/// A block that the chain knows, on the active chain or beside it.
public struct BlockEntry: Sendable {
  public let block: Block
  public let hash: BlockHash
  public let height: Int
  /// Median of the times of this block and the ten before it, in seconds. See BIP-0113.
  public let medianTime: Int64
  /// Order of arrival; of two chains with equal work the one seen first stays.
  let arrival: Int
  /// Whether this block, or one below it, broke a rule or was marked invalid by hand.
  var isInvalid = false
  /// Whether scripts have been checked before, so that connecting again need not.
  var hasVerifiedScripts: Bool
  /// The coins that each transaction but the coinbase spends, once the block has been connected.
  public internal(set) var undo: [[Coin]]?
  /// The header of the block's filter, once the block has been connected. See BIP-0157.
  var filterHeader: FilterHeader?

  /// The basic filter, once the block has been connected. See BIP-0158.
  var filter: BlockFilter? {
    undo.map { undo in
      BlockFilter(of: block, spending: undo.lazy.joined().map(\.output.script))
    }
  }

  /// Total work up to this block, where each block of regtest counts 2.
  public var chainWork: UInt64 { 2 * UInt64(height + 1) }
}
