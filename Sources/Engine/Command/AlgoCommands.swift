public import Algos

/// Names an algo order by either id.
public enum AlgoReference: Equatable, Sendable {
  case id(AlgoID)
  case client(ClientOrderID)
}

/// A new algo order (OKX `order-algo`).
public struct PlaceAlgo: Equatable, Sendable {
  public var account: AccountID
  public var instrument: InstrumentID
  /// Empty, or 1 to 32 letters and digits, unique among the account's open algo orders.
  public var clientID: ClientOrderID
  public var tag: OrderTag
  public var side: Side
  public var size: OrderSize
  public var plan: AlgoPlan

  public init(
    account: AccountID, instrument: InstrumentID, clientID: ClientOrderID, tag: OrderTag,
    side: Side, size: OrderSize, plan: AlgoPlan
  ) {
    self.account = account
    self.instrument = instrument
    self.clientID = clientID
    self.tag = tag
    self.side = side
    self.size = size
    self.plan = plan
  }
}

/// Take-profit, stop-loss, both, or a trailing stop on what an order fills (OKX `attachAlgoOrds`).
public struct AttachedAlgo: Equatable, Sendable {
  public var clientID: ClientOrderID
  /// A `conditional`, `oco` or `trailing` plan; it trades against the order's side.
  public var plan: AlgoPlan

  public init(clientID: ClientOrderID, plan: AlgoPlan) {
    self.clientID = clientID
    self.plan = plan
  }

  /// How many may be attached to one order.
  public static let limit = 10
}

/// A change of an open algo order (OKX `amend-algos`).
public struct AmendAlgo: Equatable, Sendable {
  public var account: AccountID
  public var algo: AlgoReference
  /// The client's id of this amendment, or empty (`reqId`).
  public var requestID: RequestID
  public var amendment: AlgoAmendment
  public var cancelOnFailure: Bool

  public init(
    account: AccountID, algo: AlgoReference, requestID: RequestID, amendment: AlgoAmendment,
    cancelOnFailure: Bool
  ) {
    self.account = account
    self.algo = algo
    self.requestID = requestID
    self.amendment = amendment
    self.cancelOnFailure = cancelOnFailure
  }
}
