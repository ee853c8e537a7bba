public import Money

/// What an algo order waits for and what it then does: OKX `ordType` with its parameters.
public enum AlgoPlan: Equatable, Sendable {
  /// One trigger that takes a profit or stops a loss (`conditional`): exactly one leg is given.
  case conditional(takeProfit: TriggerLeg?, stopLoss: TriggerLeg?)
  /// Both, and the one that fires ends the other.
  case oco(takeProfit: TriggerLeg, stopLoss: TriggerLeg)
  /// A trigger in either direction, decided by the last price when it is placed.
  case trigger(TriggerLeg, execution: Execution)
  /// A market order once the price has come back by `callback` from its best since the active price
  /// was reached (`move_order_stop`).
  case trailing(callback: PriceDistance, active: Price?)
  /// One small resting order after the other, each near the best price of its own side.
  case iceberg(Slicing)
  /// One small immediate order per interval, each a little through the best opposite price.
  case twap(Slicing, intervalMilliseconds: Int64)

  /// How the child of a `trigger` executes (`advanceOrdType`).
  public enum Execution: UInt8, Equatable, Sendable {
    case normal = 0
    case fok = 1
    case ioc = 2
  }

  /// What counts together against a limit.
  public enum Kind: UInt8, Hashable, Sendable {
    case stop = 0
    case trigger = 1
    case trailing = 2
    case iceberg = 3
    case twap = 4

    /// How many of the kind one account may have open on one instrument, as on OKX.
    public var limit: Int {
      switch self {
      case .stop, .iceberg: 100
      case .trigger: 500
      case .trailing: 50
      case .twap: 20
      }
    }
  }

  public var kind: Kind {
    switch self {
    case .conditional, .oco: .stop
    case .trigger: .trigger
    case .trailing: .trailing
    case .iceberg: .iceberg
    case .twap: .twap
    }
  }

  /// How the total is sliced, for the two kinds that slice.
  public var slicing: Slicing? {
    switch self {
    case .iceberg(let slicing), .twap(let slicing, _): slicing
    case .conditional, .oco, .trigger, .trailing: nil
    }
  }
}

/// A trigger price, and the order that is placed when it is reached.
public struct TriggerLeg: Equatable, Sendable {
  public enum OrderPrice: Equatable, Sendable {
    /// OKX writes it as -1.
    case market
    case limit(Price)
  }

  /// Compared with the last traded price.
  public var trigger: Price
  public var order: OrderPrice

  public init(trigger: Price, order: OrderPrice) {
    self.trigger = trigger
    self.order = order
  }
}

/// A distance from a price.
public enum PriceDistance: Equatable, Sendable {
  /// Millionths of the price (`callbackRatio`, `pxVar`).
  case ratio(millionths: Int64)
  /// Ticks (`callbackSpread`, `pxSpread`).
  case spread(ticks: Int64)
}

/// How a large order is cut.
public struct Slicing: Equatable, Sendable {
  /// Lots of one slice (`szLimit`).
  public var slice: Lots
  /// From the best price (`pxVar` or `pxSpread`).
  public var distance: PriceDistance
  /// The worst price; while the market is beyond it, slices wait (`pxLimit`).
  public var limit: Price

  public init(slice: Lots, distance: PriceDistance, limit: Price) {
    self.slice = slice
    self.distance = distance
    self.limit = limit
  }
}
