public import Money
public import Structures

// Algos owns the orders that wait beside the book: they place ordinary orders when a price is
// reached, when time has passed or when the slice before is done. It refuses to know about books,
// balances and accounts beyond their numbers.

/// Names an algo order. Grows with time.
public typealias AlgoID = Identifier<Algo>

/// An algo order with all that happened to it so far. See OKX v5, "Algo trading".
public struct Algo: Equatable, Sendable {
  public enum Side: UInt8, Equatable, Sendable {
    case buy = 0
    case sell = 1

    public var opposite: Side { self == .buy ? .sell : .buy }
  }

  /// How much the algo order is for.
  public enum Size: Equatable, Sendable {
    /// Lots of the base asset.
    case base(Lots)
    /// Quote units to spend (`tgtCcy=quote_ccy`): only market buys.
    case quote(Amount)
  }

  /// OKX `state` of an algo order.
  public enum State: UInt8, Equatable, Sendable {
    case live = 0
    /// The market is beyond the price limit: slices wait until it is back.
    case paused = 1
    /// Some slices have been placed.
    case partiallyEffective = 2
    case effective = 3
    case canceled = 4
    case orderFailed = 5
    /// Some slices were placed, and then one was refused.
    case partiallyFailed = 6
    /// Waits for the order it is attached to; shown with that order only.
    case attached = 7

    public var isOpen: Bool {
      switch self {
      case .live, .paused, .partiallyEffective, .attached: true
      case .effective, .canceled, .orderFailed, .partiallyFailed: false
      }
    }
  }

  /// What set the algo order off (`actualSide`).
  public enum Leg: UInt8, Equatable, Sendable {
    case takeProfit = 0
    case stopLoss = 1
    case trigger = 2
    case trailing = 3
  }

  public var id: AlgoID
  /// The number of the account that owns it.
  public var owner: UInt64
  /// The number of the instrument it trades.
  public var market: UInt64
  /// The customer's own id (`algoClOrdId`), or empty.
  public var clientID: Text32
  public var tag: Text16
  public var side: Side
  public var size: Size
  public var plan: AlgoPlan
  public var state: State
  /// The number of the order it is attached to, or 0.
  public var parent: UInt64
  /// The last price when it was placed or last amended: a trigger above it waits for a rise, one
  /// below it for a fall.
  public var reference: Price?
  /// The order of arming among trailing stops; 0 while it waits for its active price.
  public var arming: UInt64
  /// What fired, once something did.
  public var fired: Leg?
  /// The newest order it has placed, or 0.
  public var child: UInt64
  /// Whether `child` still rests.
  public var childIsOpen: Bool
  public var childPrice: Price?
  /// Lots that its closed slices have filled.
  public var done: Lots
  /// When its next slice is looked at.
  public var nextAt: Timestamp?
  public var createdAt: Timestamp
  public var updatedAt: Timestamp

  /// Lots that its slices have still to trade; zero for a size in quote.
  public var remaining: Lots {
    guard case .base(let size) = size else { return .zero }
    return size - done
  }
}

/// An ordinary order that an algo order places.
public struct AlgoChild: Equatable, Sendable {
  public enum Kind: UInt8, Equatable, Sendable {
    case market = 0
    case limit = 1
    case fok = 2
    case ioc = 3
  }

  public var kind: Kind
  public var side: Algo.Side
  /// Absent for market orders.
  public var price: Price?
  public var size: Algo.Size
}
