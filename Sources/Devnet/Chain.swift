public import Bitcoin

/// A tree of blocks, the branch of it that is active, and the coins unspent on that branch.
///
/// The active branch is the valid one with the most work; of equals, the one seen first.
public struct Chain: Sendable {
  private(set) var entries: [BlockHash: BlockEntry] = [:]
  private var children: [BlockHash: [BlockHash]] = [:]
  /// Hashes of the active branch by height.
  private(set) var active: [BlockHash] = []
  private(set) var coins: [Outpoint: Coin] = [:]
  /// The block that last held each transaction.
  private(set) var transactionIndex: [TransactionID: BlockHash] = [:]
  /// Blocks outside the tree whose hash alone condemns them.
  private var refused: Set<BlockHash> = []
  private var arrivals = 0

  /// Creates a chain of the genesis block alone. Its coinbase can never be spent.
  public init() {
    let genesis = Regtest.genesis
    let hash = genesis.header.hash
    var entry = BlockEntry(
      block: genesis, hash: hash, height: 0, medianTime: Int64(genesis.header.time), arrival: 0,
      hasVerifiedScripts: true, undo: [])
    entry.filterHeader = entry.filter?.header(after: .zero)
    entries[hash] = entry
    active = [hash]
  }

  /// Height of the last block of the active branch.
  public var height: Int { active.count - 1 }

  /// The last block of the active branch.
  public var tip: BlockEntry { entry(at: height) }

  /// The active block at `height`, which must not be above the tip.
  public func entry(at height: Int) -> BlockEntry {
    guard let entry = entries[active[height]] else {
      preconditionFailure("an active block is unknown")
    }
    return entry
  }

  /// A block of any branch.
  public func entry(_ hash: BlockHash) -> BlockEntry? { entries[hash] }

  /// Whether `entry` is on the active branch.
  public func isActive(_ entry: BlockEntry) -> Bool {
    entry.height < active.count && active[entry.height] == entry.hash
  }

  /// Height of the highest block that no rule or mark excludes.
  var bestValidHeight: Int { entries.values.reduce(0) { $1.isInvalid ? $0 : max($0, $1.height) } }

  /// Bytes of all blocks with the eight that a block file puts before each.
  private(set) var storedByteCount = Regtest.genesis.bytes.count + 8

  /// What a change of the active branch did.
  public struct Change: Sendable {
    /// Blocks no longer active, from the old tip downwards.
    public internal(set) var disconnected: [Block] = []
    /// Blocks newly active, upwards.
    public internal(set) var connected: [Block] = []
    /// Blocks found to break a rule when their turn came.
    public internal(set) var refused: [BlockHash: Rejection] = [:]
  }
}

extension Chain: CoinView {
  func coin(at outpoint: Outpoint) -> Coin? { coins[outpoint] }
}

extension Chain {
  /// Takes a block into the tree and activates the best branch.
  ///
  /// - Parameters:
  ///   - block: The block; its parent must be known.
  ///   - now: Seconds since 1970, for the limit on blocks from the future; `nil` for no limit.
  ///   - trusted: Whether scripts were checked before, as those of blocks in the own store were.
  /// - Throws: ``Rejection`` when the block cannot be on any valid chain.
  public mutating func accept(
    _ block: Block, now: Int64?, trusted: Bool = false
  ) throws(Rejection) -> Change {
    let hash = block.header.hash
    try BlockRules.check(block)
    if let known = entries[hash] {
      if known.isInvalid { throw Rejection.duplicateInvalid(hash) }
      return Change()
    }
    if refused.contains(hash) { throw Rejection.duplicateInvalid(hash) }
    guard let parent = entries[block.header.previous] else {
      if refused.contains(block.header.previous) {
        throw Rejection(.consensus, "bad-prevblk")
      }
      throw Rejection(.missingInputs, "prev-blk-not-found")
    }
    guard !parent.isInvalid else { throw Rejection(.consensus, "bad-prevblk") }
    try BlockRules.checkHeader(block.header, after: parent, now: now)
    try remembering(hash) { () throws(Rejection) in
      try BlockRules.checkInContext(block, after: parent)
    }
    try BlockRules.checkWitnessCommitment(block)
    try remembering(hash) { () throws(Rejection) in try BlockRules.checkWeight(block) }
    arrivals += 1
    entries[hash] = BlockEntry(
      block: block, hash: hash, height: parent.height + 1,
      medianTime: medianTime(adding: Int64(block.header.time), after: parent), arrival: arrivals,
      hasVerifiedScripts: trusted)
    children[parent.hash, default: []].append(hash)
    storedByteCount += block.bytes.count + 8
    return activateBestBranch(after: hash)
  }

  /// Marks a block and all above it as invalid and activates the best branch that is left.
  public mutating func invalidate(_ hash: BlockHash) -> Change {
    for hash in withDescendants(hash) { entries[hash]?.isInvalid = true }
    return activateBestBranch()
  }

  /// Forgets that a block, those below it and those above it were marked invalid.
  public mutating func reconsider(_ hash: BlockHash) -> Change {
    for hash in withDescendants(hash) { entries[hash]?.isInvalid = false }
    var below = entries[hash]?.block.header.previous
    while let hash = below, let entry = entries[hash], !isActive(entry) {
      entries[hash]?.isInvalid = false
      below = entry.block.header.previous
    }
    return activateBestBranch()
  }

  /// Remembers that the block of this hash breaks a rule, if `check` finds so.
  private mutating func remembering(
    _ hash: BlockHash, _ check: () throws(Rejection) -> Void
  ) throws(Rejection) {
    do throws(Rejection) {
      try check()
    } catch {
      refused.insert(hash)
      throw error
    }
  }

  private func withDescendants(_ hash: BlockHash) -> [BlockHash] {
    var found = [hash]
    var next = 0
    while next < found.count {
      found += children[found[next], default: []]
      next += 1
    }
    return found
  }

  private func medianTime(adding time: Int64, after parent: BlockEntry) -> Int64 {
    var times = [time]
    var entry: BlockEntry? = parent
    while let current = entry, times.count < Regtest.medianTimeSpan {
      times.append(Int64(current.block.header.time))
      entry = entries[current.block.header.previous]
    }
    return times.sorted()[times.count / 2]
  }

  /// The end of the valid branch with the most work; of equals, the one that arrived first.
  private func bestBranchTip() -> BlockEntry {
    var best = entry(at: 0)
    for entry in entries.values where !entry.isInvalid {
      if (entry.height, -entry.arrival) > (best.height, -best.arrival) { best = entry }
    }
    return best
  }

  /// - Parameter arrival: The only block that is new since the best branch was last activated.
  private mutating func activateBestBranch(after arrival: BlockHash? = nil) -> Change {
    var change = Change()
    var onlyCandidate = arrival.flatMap { entries[$0] }
    while true {
      let target: BlockEntry
      if let candidate = onlyCandidate {
        target = candidate.height > height ? candidate : tip
      } else {
        target = bestBranchTip()
      }
      onlyCandidate = nil
      if target.hash == tip.hash { return change }
      var path: [BlockHash] = []
      var walk = target
      while !isActive(walk), let parent = entries[walk.block.header.previous] {
        path.append(walk.hash)
        walk = parent
      }
      while height > walk.height {
        let block = disconnectTip()
        if change.connected.last?.header.hash == block.header.hash {
          change.connected.removeLast()
        } else {
          change.disconnected.append(block)
        }
      }
      for hash in path.reversed() {
        do throws(Rejection) {
          change.connected.append(try connect(hash))
        } catch {
          for hash in withDescendants(hash) { entries[hash]?.isInvalid = true }
          change.refused[hash] = error
          break
        }
      }
    }
  }

  private mutating func connect(_ hash: BlockHash) throws(Rejection) -> Block {
    guard var entry = entries[hash] else { preconditionFailure("an unknown block is connected") }
    let effect = try BlockRules.effect(
      of: entry.block, height: entry.height, on: self, checkingScripts: !entry.hasVerifiedScripts)
    for outpoint in effect.spent { coins[outpoint] = nil }
    for (outpoint, coin) in effect.created { coins[outpoint] = coin }
    for transaction in entry.block.transactions { transactionIndex[transaction.id] = hash }
    entry.undo = effect.undo
    if entry.filterHeader == nil, let before = entries[entry.block.header.previous]?.filterHeader {
      entry.filterHeader = entry.filter?.header(after: before)
    }
    entry.hasVerifiedScripts = true
    entries[hash] = entry
    active.append(hash)
    return entry.block
  }

  private mutating func disconnectTip() -> Block {
    let entry = tip
    let undo = entry.undo ?? []
    for (index, transaction) in entry.block.transactions.enumerated().reversed() {
      let id = transaction.id
      for output in transaction.outputs.indices {
        coins[Outpoint(transaction: id, index: UInt32(output))] = nil
      }
      guard index > 0 else { continue }
      for (input, coin) in zip(transaction.inputs, undo[index - 1]) {
        coins[input.outpoint] = coin
      }
    }
    active.removeLast()
    return entry.block
  }
}

extension Rejection {
  fileprivate static func duplicateInvalid(_ hash: BlockHash) -> Rejection {
    Rejection(
      .consensus, "duplicate-invalid", "block \(hash.hex) was previously marked invalid")
  }
}
