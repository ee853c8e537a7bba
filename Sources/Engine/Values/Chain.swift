public import Money

/// An output of a transaction, as the chain names it.
public struct ChainOutpoint: Hashable, Sendable {
  /// Transaction id in internal byte order, 32 bytes.
  public var transaction: [UInt8]
  public var index: UInt32

  public init(transaction: [UInt8], index: UInt32) {
    self.transaction = transaction
    self.index = index
  }
}

/// A block's place in the chain.
public struct ChainPoint: Equatable, Sendable {
  public var height: UInt32
  /// Block hash in internal byte order, 32 bytes.
  public var hash: [UInt8]

  public init(height: UInt32, hash: [UInt8]) {
    self.height = height
    self.hash = hash
  }
}

/// Where a script of our wallets comes from.
public struct ScriptIndex: Hashable, Sendable {
  /// The branch of the hot wallet's descriptor, or of the cold one's.
  public enum Branch: UInt8, Hashable, Sendable {
    case deposit = 0
    case change = 1
    /// The cold wallet's first branch: addresses that the offline device gave out.
    case cold = 2
    /// The cold wallet's own change.
    case coldChange = 3
  }

  public var branch: Branch
  /// Position within the branch, 0 to 2^31 - 1.
  public var index: UInt32

  public init(branch: Branch, index: UInt32) {
    self.branch = branch
    self.index = index
  }
}

/// An address handed to one customer for deposits.
public struct DepositAddress: Equatable, Sendable {
  public var account: AccountID
  public var asset: AssetID
  /// Position in the deposit branch of the wallet's descriptor.
  public var index: UInt32
  public var address: String
  public var assignedAt: Timestamp

  public init(
    account: AccountID, asset: AssetID, index: UInt32, address: String, assignedAt: Timestamp
  ) {
    self.account = account
    self.asset = asset
    self.index = index
    self.address = address
    self.assignedAt = assignedAt
  }
}

/// A coin of the hot wallet or in cold storage.
public struct OwnedOutput: Equatable, Sendable {
  public var outpoint: ChainOutpoint
  public var script: ScriptIndex
  /// Satoshi.
  public var amount: Amount
  public var height: UInt32
  /// The payout that spends it, once built.
  public var payout: PayoutID?

  public init(
    outpoint: ChainOutpoint, script: ScriptIndex, amount: Amount, height: UInt32,
    payout: PayoutID? = nil
  ) {
    self.outpoint = outpoint
    self.script = script
    self.amount = amount
    self.height = height
    self.payout = payout
  }
}

/// Money arriving for a customer.
public struct Deposit: Equatable, Sendable {
  public enum Source: Equatable, Sendable {
    /// An output on the chain.
    case chain(ChainOutpoint)
    /// A receipt on the manual rail, by its reference.
    case receipt(String)
  }

  public enum State: Equatable, Sendable {
    /// In the mempool, or again unconfirmed after a reorganisation.
    case seen
    /// In a block, waiting for more on top.
    case confirming(ChainPoint)
    /// Attested by one operator, waiting for another.
    case attested(by: String)
    /// The customer has it, and may trade with it. A receipt ends here.
    case credited(ChainPoint?)
    /// Too small to credit.
    case belowMinimum
    /// Credited, and then taken out of the chain. What was not withdrawable yet is taken back where
    /// the customer still has it, and the deposit is ``seen`` again; otherwise it stays owed, and the
    /// asset is closed.
    case reversed
    /// Deep enough in the chain to leave again.
    case withdrawable(ChainPoint)

    /// Whether the customer has the money.
    public var isCredited: Bool {
      switch self {
      case .credited, .withdrawable: true
      case .seen, .confirming, .attested, .belowMinimum, .reversed: false
      }
    }

    /// The block that holds what was credited.
    public var creditedIn: ChainPoint? {
      switch self {
      case .credited(let point): point
      case .withdrawable(let point): point
      case .seen, .confirming, .attested, .belowMinimum, .reversed: nil
      }
    }
  }

  public var id: DepositID
  public var account: AccountID
  public var asset: AssetID
  public var amount: Amount
  public var address: String
  public var source: Source
  public var state: State
  public var seenAt: Timestamp
  public var updatedAt: Timestamp

  public init(
    id: DepositID, account: AccountID, asset: AssetID, amount: Amount, address: String,
    source: Source, state: State, seenAt: Timestamp, updatedAt: Timestamp
  ) {
    self.id = id
    self.account = account
    self.asset = asset
    self.amount = amount
    self.address = address
    self.source = source
    self.state = state
    self.seenAt = seenAt
    self.updatedAt = updatedAt
  }
}
