public import Matching
public import Money
public import Structures

// Engine owns the one deterministic function of the exchange: (state, command, time) to events. It
// refuses to know about disks, sockets, clocks and keys.

/// Everything that can change the state. What is not a command does not happen.
public enum Command: Equatable, Sendable {
  // Shape
  case configure(ExchangeConfiguration)
  /// The key of the hashes by which customers' texts are found, drawn at random by whoever sends the
  /// first `configure`, and before that one. It is zero when nobody did. Who knows it can choose texts
  /// that make finding them slow; customers do not.
  case keyHashes(HashKey)
  /// Time passes: whatever fell due is done.
  case tick

  // Customers and credentials
  case openAccount(name: String)
  case createAPIKey(
    key: String, account: AccountID, label: String, permissions: Permissions, sealed: [UInt8])
  case revokeAPIKey(key: String)
  case enrolSigningKey(account: AccountID, publicKey: [UInt8], proof: [UInt8])
  case addAddress(AddAddress)
  case removeAddress(account: AccountID, entry: AddressEntryID)

  // Money inside
  case transfer(account: AccountID, asset: AssetID, amount: Amount, from: Wallet, to: Wallet)
  case placeOrder(PlaceOrder)
  case cancelOrder(account: AccountID, order: OrderReference)
  case amendOrder(AmendOrder)
  /// A new order with algo orders that begin when it is filled. All or none.
  case placeOrderWithAlgos(PlaceOrder, attached: [AttachedAlgo])
  /// All open orders of the account, or those on one instrument, or on one side.
  case cancelOrders(account: AccountID, instrument: InstrumentID?, side: Side?)
  /// Cancels the account's orders with `tag`, or all of them without one, unless it is sent again in
  /// time: 10 000 to 120 000 milliseconds; 0 disarms.
  case cancelAllAfter(account: AccountID, milliseconds: Int64, tag: OrderTag)
  case placeAlgo(PlaceAlgo)
  case cancelAlgo(account: AccountID, algo: AlgoReference)
  case amendAlgo(AmendAlgo)

  // Accounts' modes and sub-accounts
  case setSelfTradePrevention(account: AccountID, mode: SelfTradePrevention)
  /// By an operator; tiers are counted from 0.
  case setFeeTier(operatorName: String, account: AccountID, tier: UInt8)
  case openSubaccount(master: AccountID, name: String)
  /// Sent by the master.
  case transferBetween(TransferBetween)

  // Operators
  case setInstrumentState(operatorName: String, instrument: InstrumentID, state: InstrumentState)
  case proposeAdjustment(ProposeAdjustment)
  case decideAdjustment(DecideAdjustment)

  // Money in
  case assignDepositAddress(account: AccountID, asset: AssetID, index: UInt32, address: String)
  case attestReceipt(AttestReceipt)
  case depositSeen(outpoint: ChainOutpoint, script: ScriptIndex, amount: Amount)
  case connectBlock(ConnectBlock)
  case disconnectBlock(ChainPoint)

  // Money out
  case requestWithdrawal(RequestWithdrawal)
  case cancelWithdrawal(account: AccountID, withdrawal: WithdrawalID)
  case reviewWithdrawal(ReviewWithdrawal)
  case guardHeld(withdrawal: WithdrawalID, until: Timestamp, reason: HoldReason)
  case guardRefused(withdrawal: WithdrawalID, reason: String)
  case guardReleased(withdrawal: WithdrawalID, release: [UInt8])
  case payoutBuilt(PayoutBuilt)
  case payoutSigned(payout: PayoutID, transaction: [UInt8])
  /// A dearer version takes the place of a signed one that no block takes.
  case payoutReplaced(payout: PayoutID, by: PayoutBuilt)
  /// A payout, or its newest version, can never be in the chain.
  case payoutLost(payout: PayoutID, Payout.Loss)

  // Cold storage
  case coldWallet(ColdWallet)
  case registerColdBatch(ColdBatch)
  case planFloat(FloatPlan)

  // Health
  case guardReported(GuardReport)
  case reservesObserved(asset: AssetID, at: ChainPoint, onChain: Amount)
  /// Whether the asset's nodes agree on one chain that can be followed: what is wrong, or `nil`.
  case chainJudged(asset: AssetID, problem: String?)
  case keyHoldersReported(KeyHoldersReport)
  case decideService(ServiceDecision)
  case reopeningChecked(ReopeningCheck)
  /// Another hot wallet takes the place of the one in force.
  case rotateWallet(WalletRotation)

  // Changes that their owner is told of
  /// Where the account's owner is told of changes: an e-mail address.
  case setContact(account: AccountID, contact: String)
  case noticeGiven(NoticeGiven)
  case cancelChange(CancelChange)
  case endHold(EndHold)
}

/// Names an order by either id; the exchange's id wins when both are given.
public enum OrderReference: Equatable, Sendable {
  case id(OrderID)
  case client(ClientOrderID)
}

public struct AddAddress: Equatable, Sendable {
  public var account: AccountID
  public var asset: AssetID
  public var chain: String
  public var address: String
  public var label: String
  public var nonce: UInt64
  /// Over the address statement, by the account's enrolled key: 64 bytes of Ed25519, or a passkey's
  /// assertion. The gateway checks it before it journals; guard and signers check it again.
  public var signature: [UInt8]

  public init(
    account: AccountID, asset: AssetID, chain: String, address: String, label: String,
    nonce: UInt64, signature: [UInt8]
  ) {
    self.account = account
    self.asset = asset
    self.chain = chain
    self.address = address
    self.label = label
    self.nonce = nonce
    self.signature = signature
  }
}

public struct PlaceOrder: Equatable, Sendable {
  public var account: AccountID
  public var instrument: InstrumentID
  /// Empty, or 1 to 32 letters and digits, unique among the account's open orders.
  public var clientOrderID: ClientOrderID
  public var tag: OrderTag
  public var side: Side
  public var type: OrderType
  public var price: Price?
  public var size: OrderSize
  /// For market orders: refuse instead of shrinking to the available balance (`banAmend`).
  public var refuseShrinking: Bool
  /// What happens when it meets an order of its own owner; `nil` for the account's way.
  public var selfTrade: SelfTradePrevention?

  public init(
    account: AccountID, instrument: InstrumentID, clientOrderID: ClientOrderID, tag: OrderTag,
    side: Side, type: OrderType, price: Price?, size: OrderSize, refuseShrinking: Bool,
    selfTrade: SelfTradePrevention? = nil
  ) {
    self.account = account
    self.instrument = instrument
    self.clientOrderID = clientOrderID
    self.tag = tag
    self.side = side
    self.type = type
    self.price = price
    self.size = size
    self.refuseShrinking = refuseShrinking
    self.selfTrade = selfTrade
  }
}

public struct AmendOrder: Equatable, Sendable {
  public var account: AccountID
  public var order: OrderReference
  /// The client's id of this amendment, or empty (`reqId`).
  public var requestID: RequestID
  /// New total size, fills included.
  public var size: Lots?
  public var price: Price?
  public var cancelOnFailure: Bool

  public init(
    account: AccountID, order: OrderReference, requestID: RequestID, size: Lots?, price: Price?,
    cancelOnFailure: Bool
  ) {
    self.account = account
    self.order = order
    self.requestID = requestID
    self.size = size
    self.price = price
    self.cancelOnFailure = cancelOnFailure
  }
}

public struct AttestReceipt: Equatable, Sendable {
  /// The operator's name in the configuration.
  public var operatorName: String
  public var account: AccountID
  public var asset: AssetID
  public var amount: Amount
  /// The payment's own reference, unique per asset. Both operators name the same one.
  public var reference: String
  /// Ed25519 over the receipt statement, by the operator's key.
  public var signature: [UInt8]

  public init(
    operatorName: String, account: AccountID, asset: AssetID, amount: Amount, reference: String,
    signature: [UInt8]
  ) {
    self.operatorName = operatorName
    self.account = account
    self.asset = asset
    self.amount = amount
    self.reference = reference
    self.signature = signature
  }
}

public struct ConnectBlock: Equatable, Sendable {
  /// An output that pays one of our scripts.
  public struct Received: Equatable, Sendable {
    public var outpoint: ChainOutpoint
    public var script: ScriptIndex
    public var amount: Amount

    public init(outpoint: ChainOutpoint, script: ScriptIndex, amount: Amount) {
      self.outpoint = outpoint
      self.script = script
      self.amount = amount
    }
  }

  /// An input that spends one of our coins.
  public struct Spent: Equatable, Sendable {
    public var outpoint: ChainOutpoint
    /// Id of the spending transaction in internal byte order.
    public var by: [UInt8]

    public init(outpoint: ChainOutpoint, by: [UInt8]) {
      self.outpoint = outpoint
      self.by = by
    }
  }

  public var point: ChainPoint
  /// Hash of the parent; must be the current tip, if there is one.
  public var previous: [UInt8]
  public var received: [Received]
  public var spent: [Spent]

  public init(point: ChainPoint, previous: [UInt8], received: [Received], spent: [Spent]) {
    self.point = point
    self.previous = previous
    self.received = received
    self.spent = spent
  }
}

public struct RequestWithdrawal: Equatable, Sendable {
  public var account: AccountID
  public var asset: AssetID
  /// The customer's own signature over this very request.
  public struct Intent: Equatable, Sendable {
    public var chain: String
    /// The most that may be charged on top of the amount.
    public var maximumFee: Amount
    /// Above that of everything that the account signed before.
    public var nonce: UInt64
    public var expiresAt: Timestamp
    /// As ``AddAddress/signature``, over the withdrawal statement.
    public var signature: [UInt8]

    public init(
      chain: String, maximumFee: Amount, nonce: UInt64, expiresAt: Timestamp, signature: [UInt8]
    ) {
      self.chain = chain
      self.maximumFee = maximumFee
      self.nonce = nonce
      self.expiresAt = expiresAt
      self.signature = signature
    }
  }

  /// Without an intent the text of a usable entry of the account's address book.
  public var address: String
  /// What the recipient gets; the asset's fee comes on top.
  public var amount: Amount
  public var clientID: String
  public var intent: Intent?

  public init(
    account: AccountID, asset: AssetID, address: String, amount: Amount, clientID: String,
    intent: Intent? = nil
  ) {
    self.intent = intent
    self.account = account
    self.asset = asset
    self.address = address
    self.amount = amount
    self.clientID = clientID
  }
}

public struct ReviewWithdrawal: Equatable, Sendable {
  public var operatorName: String
  public var withdrawal: WithdrawalID
  public var approves: Bool
  /// Shown to the customer when refused.
  public var reason: String
  /// Ed25519 over the review statement, by the operator's key.
  public var signature: [UInt8]

  public init(
    operatorName: String, withdrawal: WithdrawalID, approves: Bool, reason: String,
    signature: [UInt8]
  ) {
    self.operatorName = operatorName
    self.withdrawal = withdrawal
    self.approves = approves
    self.reason = reason
    self.signature = signature
  }
}

public struct PayoutBuilt: Equatable, Sendable {
  public var asset: AssetID
  public var withdrawals: [WithdrawalID]
  public var inputs: [ChainOutpoint]
  public var changeIndex: UInt32?
  public var change: Amount
  public var networkFee: Amount
  /// The unsigned transaction in consensus serialisation.
  public var unsigned: [UInt8]
  /// Its id in internal byte order.
  public var transaction: [UInt8]
  /// What it brings to cold storage; none when it pays withdrawals.
  public var cold: [ColdPayment]
  /// The amounts of several change outputs, at `changeIndex` and the places behind it; empty when there
  /// is only one.
  public var split: [Amount]

  public init(
    asset: AssetID, withdrawals: [WithdrawalID], inputs: [ChainOutpoint], changeIndex: UInt32?,
    change: Amount, networkFee: Amount, unsigned: [UInt8], transaction: [UInt8],
    cold: [ColdPayment] = [], split: [Amount] = []
  ) {
    self.asset = asset
    self.withdrawals = withdrawals
    self.inputs = inputs
    self.changeIndex = changeIndex
    self.change = change
    self.networkFee = networkFee
    self.unsigned = unsigned
    self.transaction = transaction
    self.cold = cold
    self.split = split
  }
}

public struct GuardReport: Equatable, Sendable {
  /// Whether the guard is connected to the online server.
  public var connected: Bool
  public var signersReachable: UInt32
  public var signersTotal: UInt32
  public var threshold: UInt32
  /// Why the guard stopped itself, if it did.
  public var halted: String?

  public init(
    connected: Bool, signersReachable: UInt32, signersTotal: UInt32, threshold: UInt32,
    halted: String?
  ) {
    self.connected = connected
    self.signersReachable = signersReachable
    self.signersTotal = signersTotal
    self.threshold = threshold
    self.halted = halted
  }
}
