import Bitcoin
public import Custody
public import Engine
public import Journal
public import Logging
public import Money
public import Nodes
public import ServiceLifecycle
import Descriptors

/// Keeps the books at the node's chain: journals blocks and what left them, unconfirmed deposits,
/// and sends signed payouts until a block has them.
///
/// What the journal knows of the chain is all there is to resume from.
public actor ChainWatcher: Service {
  /// Why watching cannot go on.
  public enum Failure: Error, Equatable, Sendable {
    /// The node's chain and the journal's have no block in common that is remembered.
    case forkIsTooDeep(height: Int)
    /// The core refused what the chain shows.
    case refused(block: Int, Refusal)
  }

  /// Blocks of the journal that a reorganisation can reach.
  static let window = 300
  /// Unconfirmed transactions that are fetched in one look.
  static let sightingLimit = 500

  /// Blocks below the node's tip from which on filters are asked before blocks are read.
  static let filterDistance = 10

  let node: BitcoinNode
  /// The one that the first is compared with.
  let second: BitcoinNode?
  let tolerance: NodeComparison.Tolerance
  /// `nil` until the first look.
  var comparison: NodeComparison?
  private let network: Network
  let sequencer: Sequencer
  private var scanner: DepositScanner
  private let sieve: BlockSieve?
  private let startHeight: UInt32?
  private let poll: Duration
  let clock: @Sendable () -> Timestamp
  let status: ChainStatus
  let logger: Logger
  /// Height of the node's tip when it was asked last.
  private var nodeHeight = 0
  private var follower: ChainFollower?
  private let broadcaster: PayoutBroadcaster
  /// Unconfirmed transactions that need no second look.
  private var sighted: Set<TransactionID> = []

  /// Creates a watcher that has not looked yet.
  ///
  /// - Parameters:
  ///   - second: Another node of the same chain, better another program: while the two differ,
  ///     nothing is credited or paid.
  ///   - tolerance: What the two may differ.
  ///   - cold: The scripts of cold storage, if its coins count.
  ///   - usesFilters: Whether blocks far below the tip are passed over when the node's filters show
  ///     nothing of the wallet in them.
  public init(
    node: BitcoinNode, second: BitcoinNode? = nil, tolerance: NodeComparison.Tolerance = .init(),
    usesFilters: Bool = true, sequencer: Sequencer, scripts: WalletScripts,
    cold: WalletScripts? = nil, startHeight: UInt32?,
    pollMilliseconds: Int64, status: ChainStatus, logger: Logger,
    clock: @escaping @Sendable () -> Timestamp
  ) {
    self.node = node
    self.second = second
    self.tolerance = tolerance
    sieve = usesFilters ? BlockSieve(node: node, logger: logger) : nil
    self.sequencer = sequencer
    self.startHeight = startHeight
    self.status = status
    self.logger = logger
    self.clock = clock
    network = scripts.descriptor.network
    scanner = DepositScanner(scripts: scripts, cold: cold)
    poll = .milliseconds(pollMilliseconds)
    broadcaster = PayoutBroadcaster(node: node, logger: logger)
  }

  /// Looks again and again until the server stops. A node that does not answer is waited for; a
  /// chain that contradicts the journal ends the server.
  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await self.lookOnce()
        try? await Task.sleep(for: self.poll)
      }
    }
  }

  private func lookOnce() async {
    do {
      try await look()
      if status.reading.problem != nil { logger.notice("the node answers again") }
      let now = clock()
      status.update {
        $0.lookedAt = now
        $0.problem = nil
      }
    } catch {
      guard !Task.isCancelled else { return }
      let problem = "\(error)"
      if status.reading.problem != problem {
        logger.error("the chain cannot be followed", metadata: ["error": "\(problem)"])
      }
      status.update { $0.problem = problem }
      // Begin the next look from the journal, whatever was half done.
      follower = nil
    }
  }

  /// Brings the books to the node's tip, records unconfirmed deposits and sends payouts.
  ///
  /// - Throws: ``Failure``, `NodeError`, `SequencerError`.
  public func look() async throws {
    let relation = await relation()
    if let relation { try await judge(relation, mayEnd: false) }
    do {
      let hasLostBlocks = try await follow() == .nodeIsBehind
      try await judge(relation ?? (hasLostBlocks ? .lostBlocks : .same), mayEnd: true)
    } catch let failure as Failure {
      if case .forkIsTooDeep(let height) = failure {
        try await report("it changed below block \(height), deeper than can be followed")
      }
      throw failure
    }
    try await sight()
    try await broadcaster.send(from: sequencer, tip: follower?.tip?.height ?? 0)
  }

  // MARK: - Blocks

  private func follow() async throws -> ChainFollower.Reason? {
    var follower = try await resumed()
    var action = follower.start()
    while true {
      try Task.checkCancellation()
      let answer: ChainFollower.Answer
      switch action {
      case .connect(let block, let position):
        try await connect(block, height: position.height)
        answer = .done
      case .pass(let header, let position):
        try await pass(header, position)
        answer = .done
      case .askBlock(let hash):
        if let header = try await passable(hash, height: follower.tip.map { $0.height + 1 }) {
          answer = .nothingOfOurs(header)
        } else {
          guard let told = try await node.answer(action) else { return nil }
          answer = told
        }
      case .disconnect(let position):
        try await disconnect(position)
        answer = .done
      case .wait(let reason):
        self.follower = follower
        if reason == .nodeIsBehind { logger.warning("the node is behind the journal") }
        return reason
      default:
        guard let told = try await node.answer(action) else { return nil }
        if case .tip(let tip, _) = told { nodeHeight = tip.height }
        answer = told
      }
      do {
        action = try follower.next(after: answer)
      } catch {
        switch error {
        case .forkIsTooDeep(let oldest): throw Failure.forkIsTooDeep(height: oldest.height)
        case .unexpectedAnswer: action = follower.start()
        }
      }
      self.follower = follower
    }
  }

  /// The follower, at first and after trouble where the journal stands.
  private func resumed() async throws -> ChainFollower {
    if let follower { return follower }
    let info = try await node.checked(for: network)
    try await learnAddresses()
    let recent = try await sequencer.read { $0.recentBlocks }.compactMap { point in
      BlockHash(bytes: point.hash).map { BlockPosition(height: Int(point.height), hash: $0) }
    }
    let first =
      recent.first.map { recent.count < Self.window ? $0.height : 0 }
      ?? startHeight.map(Int.init) ?? info.height
    return ChainFollower(recent: recent, firstHeight: first, window: Self.window)
  }

  /// Takes the addresses handed out before from the journal: to derive millions takes hours.
  private func learnAddresses() async throws {
    let step: UInt32 = 10_000
    while true {
      let first = scanner.scripts.count(of: .deposit)
      let addresses = try await sequencer.read { exchange in
        (first..<max(first, min(first + step, exchange.nextDepositIndex))).compactMap {
          exchange.depositAddress(index: $0)?.address
        }
      }
      guard !addresses.isEmpty else { return }
      try scanner.scripts.learn(addresses, firstIndex: first)
    }
  }

  /// Brings the wallet's scripts up to the journal; returns how many deposit addresses it has.
  private func cover() async throws -> UInt32 {
    let (deposits, changes, cold) = try await sequencer.read {
      ($0.nextDepositIndex, $0.nextChangeIndex, $0.coldEnds)
    }
    try scanner.scripts.cover(deposits: deposits, changes: changes)
    try scanner.cold?.cover(deposits: cold.deposit, changes: cold.change)
    return deposits
  }

  /// The header of a block that the filters show to have nothing of the wallet. Near the tip every
  /// block is read: there it costs nothing, and depends on nobody's filters.
  private func passable(_ hash: BlockHash, height: Int?) async throws -> BlockHeader? {
    guard let sieve, let height, nodeHeight - height >= Self.filterDistance else { return nil }
    _ = try await cover()
    return try await sieve.nothing(of: scanner, in: hash)
  }

  private func pass(_ header: BlockHeader, _ position: BlockPosition) async throws {
    let point = ChainPoint(height: UInt32(position.height), hash: position.hash.bytes)
    let block = ConnectBlock(
      point: point, previous: header.previous.bytes, received: [], spent: [])
    try await submit(.connectBlock(block), height: position.height)
    status.update { $0.tip = point }
    logger.debug("block passed over", metadata: ["height": "\(position.height)"])
  }

  private func connect(_ block: Block, height: Int) async throws {
    let deposits = try await cover()
    let inputs = block.transactions.flatMap { $0.inputs.map { ChainOutpoint($0.outpoint) } }
    let owned = try await sequencer.read { exchange in Set(inputs.filter { exchange.owns($0) }) }
    let found = scanner.connecting(block, height: UInt32(height), owns: owned.contains)
    for received in found.received
    where received.script.branch == .deposit && received.script.index >= deposits {
      // Possible only when the journal was restored from an old copy: the coin is counted, but the
      // books do not know whose it is.
      logger.error(
        "a coin arrived at an address that the journal never handed out",
        metadata: [
          "index": "\(received.script.index)", "sats": "\(received.amount.units)",
          "height": "\(height)",
        ])
    }
    try await submit(.connectBlock(found), height: height)
    status.update { $0.tip = found.point }
    logger.info(
      "block connected",
      metadata: [
        "height": "\(height)", "hash": "\(block.hash)", "received": "\(found.received.count)",
        "spent": "\(found.spent.count)",
      ])
  }

  private func disconnect(_ position: BlockPosition) async throws {
    let point = ChainPoint(height: UInt32(position.height), hash: position.hash.bytes)
    try await submit(.disconnectBlock(point), height: position.height)
    logger.warning(
      "block disconnected",
      metadata: ["height": "\(position.height)", "hash": "\(position.hash)"])
  }

  private func submit(_ command: Command, height: Int) async throws {
    if let refusal = try await sequencer.submit(command).refusal {
      throw Failure.refused(block: height, refusal)
    }
  }

  // MARK: - Unconfirmed deposits

  private func sight() async throws {
    let mempool = try await node.mempool()
    status.update { $0.mempoolCount = mempool.count }
    sighted.formIntersection(mempool)
    for id in mempool.lazy.filter({ !self.sighted.contains($0) }).prefix(Self.sightingLimit) {
      guard let transaction = try await node.transaction(id)?.transaction else { continue }
      try await record(scanner.sightings(in: transaction))
      sighted.insert(id)
    }
  }

  private func record(_ sightings: [Command]) async throws {
    for case .depositSeen(let outpoint, let script, let amount) in sightings {
      let isNews = try await sequencer.read { exchange in
        exchange.deposit(at: outpoint) == nil && script.index < exchange.nextDepositIndex
      }
      guard isNews else { continue }
      let command = Command.depositSeen(outpoint: outpoint, script: script, amount: amount)
      if let refusal = try await sequencer.submit(command).refusal {
        logger.warning("an unconfirmed deposit was refused", metadata: ["reason": "\(refusal)"])
      }
    }
  }
}
