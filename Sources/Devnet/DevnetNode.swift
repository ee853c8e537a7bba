import Bitcoin

/// A whole node without sockets: chain, mempool, and the record of what changed.
///
/// Every call that changes something leaves records behind; whoever drives the node writes them
/// down before it answers. Time comes in with each call, in seconds since 1970.
public struct DevnetNode: Sendable {
  public private(set) var chain = Chain()
  public private(set) var mempool = Mempool()
  private var unsaved: [StoreRecord] = []
  var derivedScripts = DerivedScripts()
  /// When the node was started.
  let startTime: Int64
  /// Whether the tip has ever been less than a day old.
  private(set) var hasLeftInitialDownload = false
  /// Whether `stop` has been called.
  public internal(set) var isStopping = false

  /// Creates a node with the genesis block alone.
  public init(startTime: Int64) { self.startTime = startTime }

  /// Creates a node from its history. Scripts of its blocks were checked before and are not again.
  ///
  /// - Throws: ``Rejection`` when the history does not hold together.
  public init(replaying records: [StoreRecord], startTime: Int64) throws(Rejection) {
    self.init(startTime: startTime)
    var transactions: [(Transaction, Int64, Int)] = []
    for record in records {
      switch record {
      case .block(let block): _ = try chain.accept(block, now: nil, trusted: true)
      case .invalidate(let hash): _ = chain.invalidate(hash)
      case .reconsider(let hash): _ = chain.reconsider(hash)
      case .transaction(let transaction, let time, let height):
        transactions.append((transaction, time, height))
      }
    }
    for (transaction, time, height) in transactions {
      // Most are in a block by now, and some were replaced.
      if let acceptance = try? mempool.acceptance(
        of: transaction, on: chain, arrival: Mempool.Arrival(time: time, height: height))
      {
        mempool.add(acceptance)
      }
    }
    noteTipAge(now: startTime)
  }

  /// Hands over the records of what changed since the last call.
  public mutating func takeRecords() -> [StoreRecord] {
    defer { unsaved = [] }
    return unsaved
  }

  /// What became of a block.
  enum Submission: Equatable {
    /// It is on the active branch.
    case connected
    /// It was known already.
    case duplicate
    /// It is valid as far as seen, beside the active branch.
    case inconclusive
  }

  /// Takes in a block.
  mutating func submit(_ block: Block, now: Int64) throws(Rejection) -> Submission {
    let hash = block.header.hash
    let isKnown = chain.entry(hash) != nil
    let change = try chain.accept(block, now: now)
    if isKnown { return .duplicate }
    unsaved.append(.block(block))
    follow(change, now: now)
    if let rejection = change.refused[hash] { throw rejection }
    guard let entry = chain.entry(hash), chain.isActive(entry) else { return .inconclusive }
    return .connected
  }

  /// Checks a transaction for the mempool without taking it in.
  func test(
    _ transaction: Transaction, now: Int64
  ) throws(Rejection) -> Mempool.Acceptance {
    try mempool.acceptance(of: transaction, on: chain, arrival: Mempool.Arrival(time: now))
  }

  /// Takes a transaction into the mempool.
  mutating func submit(
    _ transaction: Transaction, now: Int64
  ) throws(Rejection) {
    mempool.add(try test(transaction, now: now))
    unsaved.append(.transaction(transaction, time: now, height: chain.height))
  }

  /// Marks a known block as invalid.
  mutating func invalidate(_ hash: BlockHash, now: Int64) {
    unsaved.append(.invalidate(hash))
    follow(chain.invalidate(hash), now: now)
  }

  /// Takes back the mark of a known block.
  mutating func reconsider(_ hash: BlockHash, now: Int64) {
    unsaved.append(.reconsider(hash))
    follow(chain.reconsider(hash), now: now)
  }

  /// Mines one block of the best transactions and makes it the tip.
  ///
  /// - Returns: The block, or `nil` when `tries` nonces were not enough.
  mutating func mine(
    payingTo script: Script, tries: UInt64, now: Int64
  ) throws(Rejection) -> Block? {
    let selection = BlockTemplate.selection(from: mempool, on: chain)
    let template = BlockTemplate.block(
      of: selection.map(\.transaction), fees: selection.reduce(0) { $0 + $1.fee },
      payingTo: script, on: chain, now: now)
    guard let block = BlockTemplate.mined(template, tries: tries, on: chain) else { return nil }
    _ = try submit(block, now: now)
    return block
  }

  private mutating func follow(_ change: Chain.Change, now: Int64) {
    defer { noteTipAge(now: now) }
    guard !change.disconnected.isEmpty else {
      for block in change.connected { mempool.removeConfirmed(by: block) }
      return
    }
    // A reorganisation can undo what anything in the mempool stands on: build it anew, first with
    // what left the chain, oldest first, then with what was there.
    let before = mempool.inOrder
    mempool = Mempool()
    for block in change.disconnected.reversed() {
      for transaction in block.transactions.dropFirst() {
        add(transaction, Mempool.Arrival(time: now, isFromBlock: true))
      }
    }
    for entry in before {
      add(
        entry.transaction,
        Mempool.Arrival(
          time: entry.time, height: entry.height, isFromBlock: true, hasVerifiedScripts: true))
    }
  }

  private mutating func add(_ transaction: Transaction, _ arrival: Mempool.Arrival) {
    if let acceptance = try? mempool.acceptance(of: transaction, on: chain, arrival: arrival) {
      mempool.add(acceptance)
    }
  }

  private mutating func noteTipAge(now: Int64) {
    if Int64(chain.tip.block.header.time) > now - 24 * 60 * 60 { hasLeftInitialDownload = true }
  }
}
