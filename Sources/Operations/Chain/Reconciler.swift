import Bitcoin
import Custody
public import Descriptors
import Engine
public import Journal
public import Logging
import Money
public import Nodes
public import Reserves
public import ServiceLifecycle
import Structures

/// Counts the wallet's coins on the node after each new block and compares them with the books.
///
/// An observation is journaled when it changes the verdict, and now and then so that the journal
/// shows that somebody looked. Which withdrawals close is the core's decision.
public actor Reconciler: Service {
  /// Places beyond the last one handed out that are counted too.
  public static let lookAhead: UInt32 = 100

  private let node: BitcoinNode
  private let sequencer: Sequencer
  private let descriptor: Descriptor
  private let everyBlocks: UInt32
  private let poll: Duration
  private let status: ChainStatus
  private let logger: Logger
  /// The tip that was compared last.
  private var compared: ChainPoint?
  private var journaledAt: UInt32?

  /// Creates a reconciler that has not looked yet.
  ///
  /// - Parameter everyBlocks: An observation that changes nothing is journaled after so many blocks.
  public init(
    node: BitcoinNode, sequencer: Sequencer, descriptor: Descriptor, everyBlocks: UInt32,
    pollMilliseconds: Int64, status: ChainStatus, logger: Logger
  ) {
    self.node = node
    self.sequencer = sequencer
    self.descriptor = descriptor
    self.everyBlocks = everyBlocks
    self.status = status
    self.logger = logger
    poll = .milliseconds(pollMilliseconds)
  }

  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await self.compareOnce()
        try? await Task.sleep(for: self.poll)
      }
    }
  }

  private func compareOnce() async {
    do {
      try await compare()
    } catch {
      guard !Task.isCancelled else { return }
      logger.error("the reserves cannot be counted", metadata: ["error": "\(error)"])
    }
  }

  /// Counts and compares, unless the books stand at the block compared last.
  ///
  /// - Returns: Whether a comparison was made: the node may be at another block than the books.
  @discardableResult
  public func compare() async throws -> Bool {
    guard let tip = try await sequencer.read({ $0.tip }), tip != compared else { return false }
    let descriptor = descriptor
    let scan = try await sequencer.read { exchange in
      Result { try WalletScan(descriptor, exchange: exchange, lookAhead: Self.lookAhead) }
    }.get()
    let found = try await node.scan(scan)
    let point = ChainPoint(height: UInt32(found.height), hash: found.block.bytes)
    let onChain = Amount(units: found.total)
    let judged = try await sequencer.read { exchange -> (ReservesFigures, isClosed: Bool)? in
      guard exchange.tip == point,
        let asset = exchange.bitcoinAsset(),
        let figures = ReservesFigures(asset, in: exchange, onChain: onChain, at: point)
      else { return nil }
      return (figures, exchange.isClosedByReserves(asset))
    }
    guard let (figures, isClosed) = judged else { return false }
    compared = point
    status.update {
      $0.reservesPPM = figures.ratioPPM
      $0.reservesAt = point
    }
    let isNews = figures.isCovered == isClosed
    let isDue = journaledAt.map { point.height >= $0 + everyBlocks } ?? true
    guard isNews || isDue else { return true }
    let command = Command.reservesObserved(asset: figures.asset, at: point, onChain: onChain)
    if let refusal = try await sequencer.submit(command).refusal {
      logger.warning("an observation was refused", metadata: ["reason": "\(refusal)"])
      return true
    }
    journaledAt = point.height
    if !figures.isCovered {
      logger.critical(
        "reserves are below what is owed; withdrawals close",
        metadata: [
          "asset": "\(figures.code)", "ratioPercent": "\(figures.ratioPercent)",
          "height": "\(point.height)",
        ])
    }
    return true
  }
}

extension BitcoinNode {
  /// All unspent outputs of the wallet at the node's tip.
  public func scan(_ wallet: WalletScan) async throws(NodeError) -> ScanResult {
    try await scan(wallet.ranges.map { ScanRange(descriptor: $0.descriptor, indices: 0...$0.end) })
  }
}

extension Exchange {
  /// The asset that the wallet holds.
  borrowing func bitcoinAsset() -> AssetID? {
    configuration?.assets.firstIndex { $0.rail == .bitcoin }.map { AssetID(UInt64($0) + 1) }
  }

  /// Whether withdrawals of `asset` are closed because too little was there.
  borrowing func isClosedByReserves(_ asset: AssetID) -> Bool {
    suspensions.contains { suspension in
      guard suspension.asset == asset, case .reservesBelowLiabilities = suspension.reason else {
        return false
      }
      return true
    }
  }
}
