public import Engine
public import Money
public import Risk
public import Structures

/// An order with its last fill.
public struct OrderRecord: Equatable, Sendable {
  /// The last fill of an order.
  public struct LastFill: Equatable, Sendable {
    public var trade: TradeID
    public var price: Price
    public var size: Lots
    public var at: Timestamp

    public init(trade: TradeID, price: Price, size: Lots, at: Timestamp) {
      self.trade = trade
      self.price = price
      self.size = size
      self.at = at
    }
  }

  public var order: Order
  public var lastFill: LastFill?

  public init(order: Order, lastFill: LastFill?) {
    self.order = order
    self.lastFill = lastFill
  }
}

/// One side of a trade, as its owner sees it.
public struct FillRecord: Equatable, Sendable {
  /// The bill that booked it.
  public var id: BillID
  public var instrument: InstrumentID
  public var order: OrderID
  public var clientOrderID: ClientOrderID
  public var tag: OrderTag
  public var side: Side
  public var fill: Fill
  public var at: Timestamp
}

/// A bill with what it was about.
public struct BillRecord: Equatable, Sendable {
  public var bill: Bill
  /// The order that caused it, if an order did.
  public var order: OrderRecord?
  /// What the operators say of it, if they made it.
  public var note: String?
}

/// A deposit, flat.
public struct DepositRecord: Equatable, Sendable {
  /// Where it stands, without the details.
  public enum State: Int64, Equatable, Sendable {
    case seen = 0
    case confirming = 1
    case attested = 2
    case credited = 3
    case belowMinimum = 4
    case reversed = 5
    case withdrawable = 6
  }

  public var id: DepositID
  public var asset: AssetID
  public var amount: Amount
  public var address: String
  /// Transaction id in display form, or empty for a receipt.
  public var transaction: String
  public var output: UInt32?
  /// The receipt's reference, or empty for the chain.
  public var reference: String
  public var state: State
  /// Height of the block that holds it.
  public var height: UInt32?
  /// The first operator that attested it, or empty.
  public var attestedBy: String
  public var seenAt: Timestamp
  public var updatedAt: Timestamp

  /// The flat form of `deposit`.
  public init(_ deposit: Deposit) {
    id = deposit.id
    asset = deposit.asset
    amount = deposit.amount
    address = deposit.address
    transaction = ""
    reference = ""
    attestedBy = ""
    switch deposit.source {
    case .chain(let outpoint):
      transaction = DisplayForm.text(outpoint.transaction)
      output = outpoint.index
    case .receipt(let text): reference = text
    }
    switch deposit.state {
    case .seen: state = .seen
    case .confirming(let point):
      state = .confirming
      height = point.height
    case .attested(let name):
      state = .attested
      attestedBy = name
    case .credited(let point):
      state = .credited
      height = point?.height
    case .belowMinimum: state = .belowMinimum
    case .reversed: state = .reversed
    case .withdrawable(let point):
      state = .withdrawable
      height = point.height
    }
    seenAt = deposit.seenAt
    updatedAt = deposit.updatedAt
  }

  init(
    id: DepositID, asset: AssetID, amount: Amount, address: String, transaction: String,
    output: UInt32?, reference: String, state: State, height: UInt32?, attestedBy: String,
    seenAt: Timestamp, updatedAt: Timestamp
  ) {
    self.id = id
    self.asset = asset
    self.amount = amount
    self.address = address
    self.transaction = transaction
    self.output = output
    self.reference = reference
    self.state = state
    self.height = height
    self.attestedBy = attestedBy
    self.seenAt = seenAt
    self.updatedAt = updatedAt
  }
}

/// A withdrawal, flat.
public struct WithdrawalRecord: Equatable, Sendable {
  /// Where it stands, without the details.
  public enum State: Int64, Equatable, Sendable {
    case delayed = 0
    case inReview = 1
    case approved = 2
    case guardHeld = 3
    case released = 4
    case building = 5
    case broadcast = 6
    case mined = 7
    case confirmed = 8
    case refused = 9
    case canceled = 10
  }

  public var id: WithdrawalID
  public var account: AccountID
  public var asset: AssetID
  public var address: String
  public var amount: Amount
  public var fee: Amount
  public var clientID: String
  public var state: State
  /// When it moves on by itself, if it waits for a clock.
  public var until: Timestamp?
  /// What a person or the guard said, or empty.
  public var reason: String
  /// What the online rules found.
  public var hits: [RiskHit]
  public var height: UInt32?
  /// Transaction id in display form, or empty.
  public var transaction: String
  public var requestedAt: Timestamp
  public var updatedAt: Timestamp

  /// The flat form of `withdrawal`.
  public init(_ withdrawal: Withdrawal) {
    id = withdrawal.id
    account = withdrawal.account
    asset = withdrawal.asset
    address = withdrawal.address
    amount = withdrawal.amount
    fee = withdrawal.fee
    clientID = withdrawal.clientID
    reason = ""
    switch withdrawal.state {
    case .delayed(let instant):
      state = .delayed
      until = instant
    case .inReview: state = .inReview
    case .approved: state = .approved
    case .guardHeld(let instant, let why):
      state = .guardHeld
      until = instant
      reason = why.text
    case .released: state = .released
    case .building: state = .building
    case .broadcast: state = .broadcast
    case .mined(let point):
      state = .mined
      height = point.height
    case .confirmed(let point):
      state = .confirmed
      height = point.height
    case .refused(let text):
      state = .refused
      reason = text
    case .canceled: state = .canceled
    }
    hits = withdrawal.decision.hits
    transaction = withdrawal.transaction.map(DisplayForm.text) ?? ""
    requestedAt = withdrawal.requestedAt
    updatedAt = withdrawal.updatedAt
  }

  init(
    id: WithdrawalID, account: AccountID, asset: AssetID, address: String, amount: Amount,
    fee: Amount, clientID: String, state: State, until: Timestamp?, reason: String,
    hits: [RiskHit], height: UInt32?, transaction: String, requestedAt: Timestamp,
    updatedAt: Timestamp
  ) {
    self.id = id
    self.account = account
    self.asset = asset
    self.address = address
    self.amount = amount
    self.fee = fee
    self.clientID = clientID
    self.state = state
    self.until = until
    self.reason = reason
    self.hits = hits
    self.height = height
    self.transaction = transaction
    self.requestedAt = requestedAt
    self.updatedAt = updatedAt
  }
}
