public import Bitcoin

/// A block by height and hash.
public struct BlockPosition: Hashable, Sendable {
  public let height: Int
  public let hash: BlockHash

  /// Creates a position.
  public init(height: Int, hash: BlockHash) {
    self.height = height
    self.hash = hash
  }
}

/// Follows a node's active chain block by block, backwards before forwards when it reorganises.
///
/// It performs no I/O: each ``Answer`` gives the next ``Action``, which the caller carries out and
/// answers. A block counts as connected or disconnected once the caller says ``Answer/done``, so a
/// caller that stops in between resumes from the positions it has stored.
public struct ChainFollower: Sendable {
  /// What the caller does next.
  public enum Action: Hashable, Sendable {
    /// Ask for the node's tip and answer ``Answer/tip(_:isSyncing:)``.
    case askTip
    /// Ask where this block is and answer ``Answer/place(_:)``.
    case askPlace(BlockHash)
    /// Ask for the active block at this height and answer ``Answer/hash(_:)``.
    case askHash(height: Int)
    /// Ask for this block and answer ``Answer/block(_:)``, or ``Answer/nothingOfOurs(_:)`` when a
    /// filter of the block says so.
    case askBlock(BlockHash)
    /// Undo this block, the last one connected, and answer ``Answer/done``.
    case disconnect(BlockPosition)
    /// Take in this block, and answer ``Answer/done``.
    case connect(Block, BlockPosition)
    /// Take in a block with nothing in it that matters, and answer ``Answer/done``.
    case pass(BlockHeader, BlockPosition)
    /// Nothing to do for now. Begin again with ``start()`` later.
    case wait(Reason)
  }

  /// Why there is nothing to do.
  public enum Reason: Hashable, Sendable {
    /// Every active block is connected.
    case upToDate
    /// The node has fewer blocks than were connected and does not know the last of them: it is
    /// catching up, or has lost its data. Nothing is undone on its word.
    case nodeIsBehind
  }

  /// Where a node has a block.
  public enum Place: Hashable, Sendable {
    /// On the active chain.
    case active
    /// Known, beside the active chain.
    case stale
    /// Not known.
    case unknown
  }

  /// What the caller found out.
  public enum Answer: Hashable, Sendable {
    case tip(BlockPosition, isSyncing: Bool)
    case place(Place)
    /// `nil` above the tip.
    case hash(BlockHash?)
    /// `nil` when the node does not know it.
    case block(Block?)
    /// The block's header; nothing else of it is needed.
    case nothingOfOurs(BlockHeader)
    case done
  }

  /// Why following cannot go on.
  public enum Failure: Error, Hashable, Sendable {
    /// The chain forks below the oldest block remembered.
    case forkIsTooDeep(oldest: BlockPosition)
    /// An answer to a question that was not asked.
    case unexpectedAnswer
  }

  private enum State: Hashable {
    case idle
    case awaitingTip
    case awaitingPlace
    case awaitingHash
    case awaitingBlock(BlockPosition)
    case disconnecting
    case connecting(BlockPosition)
  }

  /// Blocks connected last, lowest first; at most as many as the window.
  public private(set) var recent: [BlockPosition]
  private let firstHeight: Int
  private let window: Int
  private var nodeTip: BlockPosition?
  private var isSyncing = false
  private var state = State.idle

  /// Creates a follower.
  ///
  /// - Parameters:
  ///   - recent: The blocks connected last, lowest first, without gaps; empty at the very start.
  ///   - firstHeight: Where to begin when `recent` is empty.
  ///   - window: How many blocks to remember, and so how deep a reorganisation may go.
  public init(recent: [BlockPosition] = [], firstHeight: Int = 1, window: Int = 1000) {
    precondition(window > 0, "a window holds at least one block")
    precondition(
      zip(recent, recent.dropFirst()).allSatisfy { $0.height + 1 == $1.height },
      "remembered blocks have no gaps")
    self.recent = Array(recent.suffix(window))
    self.firstHeight = firstHeight
    self.window = window
  }

  /// The last block connected.
  public var tip: BlockPosition? { recent.last }

  /// Begins a round, also after a failure in the middle of another.
  public mutating func start() -> Action {
    state = .awaitingTip
    return .askTip
  }

  /// Takes an answer and returns what to do next.
  public mutating func next(after answer: Answer) throws(Failure) -> Action {
    switch (state, answer) {
    case (.awaitingTip, .tip(let position, let isSyncing)):
      nodeTip = position
      self.isSyncing = isSyncing
      return compareTips()
    case (.awaitingPlace, .place(let place)): return try locate(place)
    case (.awaitingHash, .hash(let hash)):
      guard let hash else { return start() }
      let position = BlockPosition(height: nextHeight, hash: hash)
      state = .awaitingBlock(position)
      return .askBlock(hash)
    case (.awaitingBlock(let position), .block(let block)):
      // The chain may have moved between two answers.
      guard let block, block.hash == position.hash,
        tip == nil || block.header.previous == tip?.hash
      else { return start() }
      state = .connecting(position)
      return .connect(block, position)
    case (.awaitingBlock(let position), .nothingOfOurs(let header)):
      guard header.hash == position.hash, tip == nil || header.previous == tip?.hash else {
        return start()
      }
      state = .connecting(position)
      return .pass(header, position)
    case (.connecting(let position), .done):
      recent.append(position)
      if recent.count > window { recent.removeFirst(recent.count - window) }
      return compareTips()
    case (.disconnecting, .done):
      recent.removeLast()
      return compareTips()
    default: throw .unexpectedAnswer
    }
  }

  private var nextHeight: Int { tip.map { $0.height + 1 } ?? firstHeight }

  private mutating func compareTips() -> Action {
    guard let nodeTip else { return start() }
    guard let tip else { return ascend() }
    if tip == nodeTip {
      state = .idle
      return .wait(.upToDate)
    }
    state = .awaitingPlace
    return .askPlace(tip.hash)
  }

  private mutating func locate(_ place: Place) throws(Failure) -> Action {
    guard let tip, let nodeTip else { return start() }
    switch place {
    case .active: return ascend()
    case .stale: return try descend(from: tip)
    case .unknown:
      guard nodeTip.height > tip.height, !isSyncing else {
        state = .idle
        return .wait(.nodeIsBehind)
      }
      return try descend(from: tip)
    }
  }

  private mutating func descend(from tip: BlockPosition) throws(Failure) -> Action {
    // The block below must be remembered to go on from it.
    guard recent.count > 1 || tip.height <= firstHeight else {
      throw .forkIsTooDeep(oldest: tip)
    }
    state = .disconnecting
    return .disconnect(tip)
  }

  private mutating func ascend() -> Action {
    guard let nodeTip, nextHeight <= nodeTip.height else {
      state = .idle
      return .wait(.upToDate)
    }
    state = .awaitingHash
    return .askHash(height: nextHeight)
  }
}
