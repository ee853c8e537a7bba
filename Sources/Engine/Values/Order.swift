public import Matching
public import Money

public enum Side: UInt8, Equatable, Sendable, BitwiseCopyable {
  case buy = 0
  case sell = 1

  public var opposite: Side { self == .buy ? .sell : .buy }
}

/// OKX `ordType`.
public enum OrderType: UInt8, Equatable, Sendable, BitwiseCopyable {
  case limit = 0
  case market = 1
  case postOnly = 2
  case fok = 3
  case ioc = 4
  /// Takes what the market gives at once, within the band, and drops the rest (OKX
  /// `optimal_limit_ioc`).
  case optimalLimitIOC = 5
}

/// How much an order is for.
public enum OrderSize: Equatable, Sendable {
  /// Lots of the base asset.
  case base(Lots)
  /// Quote units to spend: market buys in OKX's default unit (`tgtCcy=quote_ccy`).
  case quote(Amount)
}

/// OKX `state` of an order.
public enum OrderState: UInt8, Equatable, Sendable {
  case live = 0
  case partiallyFilled = 1
  case filled = 2
  case canceled = 3
}

/// OKX `cancelSource`.
public enum CancelSource: UInt8, Equatable, Sendable {
  case system = 0
  case user = 1
  case fokNotFillable = 13
  case iocRemainder = 14
  /// The next price was outside the market's band.
  case priceBand = 15
  /// The customer's own timer ran out.
  case cancelAllAfter = 20
  case postOnlyWouldTake = 31
  case selfTrade = 32
  /// It met more than 1000 resting orders.
  case tooManyMakers = 33
}

/// An order with all that happened to it so far.
public struct Order: Equatable, Sendable {
  public var id: OrderID
  public var account: AccountID
  public var instrument: InstrumentID
  /// The customer's own id, or empty.
  public var clientOrderID: ClientOrderID
  public var tag: OrderTag
  public var side: Side
  public var type: OrderType
  /// What happens when it meets an order of its own owner (OKX `stpMode`).
  public var selfTrade: SelfTradePrevention
  /// Absent for market orders.
  public var price: Price?
  /// Total size, fills included.
  public var size: OrderSize
  public var filled: Lots
  /// Quote units exchanged so far; average price = this ÷ filled.
  public var filledQuote: Amount
  /// Fees so far, positive when charged, in `feeAsset`.
  public var fee: Amount
  public var feeAsset: AssetID
  /// Rebates so far, in what the order spends.
  public var rebate: Amount
  /// Still set aside for this order (quote for a buy, base for a sell).
  public var held: Amount
  public var state: OrderState
  public var cancelSource: CancelSource?
  public var createdAt: Timestamp
  public var updatedAt: Timestamp

  public init(
    id: OrderID, account: AccountID, instrument: InstrumentID, clientOrderID: ClientOrderID,
    tag: OrderTag,
    side: Side, type: OrderType, selfTrade: SelfTradePrevention = .cancelMaker, price: Price?,
    size: OrderSize, filled: Lots, filledQuote: Amount,
    fee: Amount, feeAsset: AssetID, rebate: Amount = .zero, held: Amount, state: OrderState,
    cancelSource: CancelSource?,
    createdAt: Timestamp, updatedAt: Timestamp
  ) {
    self.id = id
    self.account = account
    self.instrument = instrument
    self.clientOrderID = clientOrderID
    self.tag = tag
    self.side = side
    self.type = type
    self.selfTrade = selfTrade
    self.price = price
    self.size = size
    self.filled = filled
    self.filledQuote = filledQuote
    self.fee = fee
    self.feeAsset = feeAsset
    self.rebate = rebate
    self.held = held
    self.state = state
    self.cancelSource = cancelSource
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }
}

/// One match between a resting and an incoming order.
public struct Trade: Equatable, Sendable {
  public var id: TradeID
  public var instrument: InstrumentID
  public var price: Price
  public var size: Lots
  /// Quote units that changed hands.
  public var quote: Amount
  public var takerSide: Side
  public var maker: OrderID
  public var taker: OrderID
  public var makerAccount: AccountID
  public var takerAccount: AccountID
  /// Charged to the maker in what he received; negative for a rebate, in what he gave.
  public var makerFee: Amount
  /// Charged to the taker in what he received.
  public var takerFee: Amount
  public var at: Timestamp

  public init(
    id: TradeID, instrument: InstrumentID, price: Price, size: Lots, quote: Amount, takerSide: Side,
    maker: OrderID, taker: OrderID, makerAccount: AccountID, takerAccount: AccountID,
    makerFee: Amount, takerFee: Amount, at: Timestamp
  ) {
    self.id = id
    self.instrument = instrument
    self.price = price
    self.size = size
    self.quote = quote
    self.takerSide = takerSide
    self.maker = maker
    self.taker = taker
    self.makerAccount = makerAccount
    self.takerAccount = takerAccount
    self.makerFee = makerFee
    self.takerFee = takerFee
    self.at = at
  }
}

/// One price level of a book after a change.
public struct BookLevel: Equatable, Sendable {
  public var instrument: InstrumentID
  public var side: Side
  public var price: Price
  /// Lots resting at this price; zero removes the level.
  public var size: Lots
  /// Orders resting at this price.
  public var orders: UInt32

  public init(instrument: InstrumentID, side: Side, price: Price, size: Lots, orders: UInt32) {
    self.instrument = instrument
    self.side = side
    self.price = price
    self.size = size
    self.orders = orders
  }
}

/// A change of one balance, with the balance after it.
public struct Bill: Equatable, Sendable {
  /// Why a balance changed.
  public enum Reason: UInt8, Equatable, Sendable {
    case deposit = 0
    case withdrawal = 1
    case withdrawalFee = 2
    case transferIn = 3
    case transferOut = 4
    case tradeBuy = 5
    case tradeSell = 6
    case fee = 7
    case reversal = 8
    /// A maker's rebate, paid from the taker's fee of the same trade.
    case rebate = 9
    /// To and from another account of the same master.
    case subaccountOut = 10
    case subaccountIn = 11
    case adjustment = 12
    case reward = 13
  }

  public var id: BillID
  public var account: AccountID
  public var wallet: Wallet
  public var asset: AssetID
  /// Signed change of the wallet's total.
  public var change: Amount
  /// The wallet's total afterwards.
  public var balance: Amount
  public var reason: Reason
  /// The order, withdrawal or deposit that caused it; 0 for transfers.
  public var reference: UInt64
  public var at: Timestamp

  public init(
    id: BillID, account: AccountID, wallet: Wallet, asset: AssetID, change: Amount, balance: Amount,
    reason: Reason, reference: UInt64, at: Timestamp
  ) {
    self.id = id
    self.account = account
    self.wallet = wallet
    self.asset = asset
    self.change = change
    self.balance = balance
    self.reason = reason
    self.reference = reference
    self.at = at
  }
}
