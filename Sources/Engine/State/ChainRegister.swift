import Money

/// What the core knows of the chain: the last blocks, the wallet's coins and its addresses.
struct ChainRegister: Sendable {
  /// How many blocks can be disconnected again.
  static let recentLimit = 300

  /// A connected block with what is needed to take it back.
  struct Block: Equatable, Sendable {
    var point: ChainPoint
    var received: [ChainOutpoint]
    /// Our coins that the block spent, as they were.
    var spent: [OwnedOutput]

    init(point: ChainPoint, received: [ChainOutpoint], spent: [OwnedOutput]) {
      self.point = point
      self.received = received
      self.spent = spent
    }
  }

  /// Oldest first.
  var recent: [Block] = []
  /// The wallet's unspent coins.
  var outputs = OutputSet()
  /// Their sum, in satoshi.
  var outputTotal = Amount.zero
  /// By position in the deposit branch.
  var addresses: [DepositAddress] = []
  var nextChangeIndex: UInt32 = 0

  init() {}

  var tip: ChainPoint? { recent.last?.point }
}
