public import Algos
public import Money

/// What happened, in the order it happened. Readers build every view from these; the sequence is the
/// same on every replay.
public enum Event: Equatable, Sendable {
  /// The command changed nothing, and why.
  case refused(Refusal)

  case configured(ExchangeConfiguration)
  case accountOpened(Account)
  case apiKeyCreated(APIKey)
  case apiKeyRevoked(key: String)
  case signingKeyEnrolled(Account)
  case addressAdded(AddressEntry)
  case addressRemoved(AddressEntry)
  case credentialChange(CredentialChange, CredentialChange.Step)
  case accountHold(AccountHold, ended: Bool)
  case depositAddressAssigned(DepositAddress)
  case transferred(account: AccountID, asset: AssetID, amount: Amount, from: Wallet, to: Wallet)

  case order(Order, OrderChange)
  case trade(Trade)
  case level(BookLevel)
  case bill(Bill)
  /// A balance after all changes of the command.
  case balance(account: AccountID, Balance)

  case algo(Algo, AlgoChange)
  /// The account's timer for a tag runs until `at`; it was disarmed, or ran out, when that is absent.
  case cancelAllAfter(account: AccountID, tag: OrderTag, at: Timestamp?)
  case accountChanged(Account)
  case transferredBetween(TransferBetween)
  case instrumentState(InstrumentID, InstrumentState)
  case auction(AuctionResult)
  case adjustment(Adjustment)

  case deposit(Deposit)
  case withdrawal(Withdrawal)
  case payout(Payout)
  case coldWallet(ColdWallet)
  case coldBatch(ColdBatch)
  case refill(Refill)

  case blockConnected(ChainPoint)
  case blockDisconnected(ChainPoint)
  case suspended(Suspension)
  case resumed(Suspension)
  case reservesObserved(asset: AssetID, at: ChainPoint, onChain: Amount, owed: Amount)
}

/// What an order event is about.
public enum OrderChange: Equatable, Sendable {
  case placed
  case filled(Fill)
  case amended(requestID: RequestID)
  case canceled
}

/// One side of a trade.
public struct Fill: Equatable, Sendable {
  public var trade: TradeID
  public var price: Price
  public var size: Lots
  public var quote: Amount
  /// Positive when charged, negative for a rebate; in `feeAsset`.
  public var fee: Amount
  public var feeAsset: AssetID
  public var isMaker: Bool

  public init(
    trade: TradeID, price: Price, size: Lots, quote: Amount, fee: Amount, feeAsset: AssetID,
    isMaker: Bool
  ) {
    self.trade = trade
    self.price = price
    self.size = size
    self.quote = quote
    self.fee = fee
    self.feeAsset = feeAsset
    self.isMaker = isMaker
  }
}
