import Algos
import Engine
import JSON
import MarketData
import Structures

/// The three addresses of the WebSocket interface.
enum SocketURL: String, Sendable {
  case `public` = "/ws/v5/public"
  case `private` = "/ws/v5/private"
  case business = "/ws/v5/business"

  /// The address in a request's target, whose query is of no matter.
  init?(target: String) { self.init(rawValue: String(target.prefix { $0 != "?" })) }
}

/// What a session can subscribe to. See OKX v5, "WebSocket".
enum SocketChannel: Hashable, Sendable {
  /// How a depth channel shows a book.
  enum Depth: String, Hashable, Sendable, CaseIterable {
    case books
    case books5
    case bbo = "bbo-tbt"
    case tickByTick = "books-l2-tbt"
    case tickByTick50 = "books50-l2-tbt"

    var levels: Int {
      switch self {
      case .books, .tickByTick: 400
      case .tickByTick50: 50
      case .books5: 5
      case .bbo: 1
      }
    }

    /// Whether changes go out with every batch of the journal, or together every 100 ms.
    var isImmediate: Bool { self != .books && self != .books5 }
    /// Whether the channel sends a snapshot and then changes, or the whole each time.
    var isIncremental: Bool { self != .books5 && self != .bbo }
  }

  // Public, about one instrument
  case tickers(InstrumentID)
  case trades(InstrumentID)
  case allTrades(InstrumentID)
  case depth(Depth, InstrumentID)
  case candles(CandleBar, InstrumentID)
  case priceLimit(InstrumentID)
  case auction(InstrumentID)
  // Public, about everything
  case instruments
  case status
  // Private
  case account
  case balanceAndPosition
  case positions
  case orders
  case fills
  case depositInfo
  case withdrawalInfo
  /// Algo orders that wait for a price.
  case algoOrders
  /// Algo orders that follow the price or are worked off in slices.
  case advancedAlgoOrders
  /// A channel of OKX on which this exchange has nothing to say: nothing but spot is traded here.
  case silent

  var isPrivate: Bool {
    switch self {
    case .account, .balanceAndPosition, .positions, .orders, .fills, .depositInfo,
      .withdrawalInfo, .algoOrders, .advancedAlgoOrders:
      true
    default: false
    }
  }
}

/// One subscription: the channel, the filters of its argument, and the argument as it came.
struct Subscription: Equatable, Sendable {
  var channel: SocketChannel
  /// Echoed in every push: clients find their handler by it.
  var argument: JSON
  /// Only this instrument, for private channels.
  var instrument: InstrumentID?
  /// Only this algo order.
  var algo: AlgoID?
  /// Only this asset.
  var asset: AssetID?
  /// Whether `account` is sent again every five seconds.
  var isRepeated = true

  /// The subscription that `argument` asks for on the address `url`.
  init(_ argument: JSON, url: SocketURL, catalog: Catalog) throws(Rejection) {
    guard case .object(let members) = argument else {
      throw Rejection(.argumentsInvalid, "Invalid args")
    }
    let parameters = Parameters(members)
    self.argument = argument
    guard let name = parameters.text("channel") else {
      throw Rejection(.argumentsInvalid, "Parameter channel can not be empty.")
    }
    let kind = Self.kinds[name]
    guard let home = kind?.url ?? (Self.candle(name) == nil ? nil : .business) else {
      throw Self.unknown(name, parameters)
    }
    guard home == url else {
      throw Rejection(
        .channelUnknown, "Wrong URL or channel:\(name) doesn't exist. It is at \(home.rawValue).")
    }
    if let bar = Self.candle(name) {
      channel = .candles(bar, try Self.instrument(parameters, name, catalog))
      return
    }
    guard let kind else { throw Self.unknown(name, parameters) }
    switch kind {
    case .one(_, let make): channel = make(try Self.instrument(parameters, name, catalog))
    case .all(_, let one): channel = one
    }
    guard channel.isPrivate else { return }
    if [.orders, .positions, .algoOrders, .advancedAlgoOrders].contains(channel) {
      let type = parameters.text("instType") ?? ""
      guard type == "ANY" || PublicEndpoints.instrumentTypes.contains(type) else {
        throw Rejection(.channelUnknown, "Parameter instType of channel:\(name) is not valid.")
      }
      // Nothing of another type ever happens here.
      if type != "ANY", type != "SPOT", channel != .positions { channel = .silent }
    }
    if let symbol = parameters.text("instId") {
      instrument = catalog.market(symbol: symbol)?.id
      if instrument == nil { throw Self.unknown(name, parameters) }
    }
    if channel == .advancedAlgoOrders, let text = parameters.text("algoId") {
      guard let number = UInt64(text) else { throw Self.unknown(name, parameters) }
      algo = AlgoID(number)
    }
    if let code = parameters.text("ccy") {
      asset = catalog.assetID(code)
      if asset == nil { throw Self.unknown(name, parameters) }
    }
    isRepeated = !Self.asksForEventsOnly(parameters["extraParams"])
  }

  private enum Kind {
    case one(SocketURL, @Sendable (InstrumentID) -> SocketChannel)
    case all(SocketURL, SocketChannel)

    var url: SocketURL {
      switch self {
      case .one(let url, _), .all(let url, _): url
      }
    }
  }

  private static let kinds: [String: Kind] = {
    var kinds: [String: Kind] = [
      "tickers": .one(.public, { .tickers($0) }),
      "trades": .one(.public, { .trades($0) }),
      "trades-all": .one(.business, { .allTrades($0) }),
      "price-limit": .one(.public, { .priceLimit($0) }),
      "call-auction-details": .one(.public, { .auction($0) }),
      "instruments": .all(.public, .instruments),
      "status": .all(.public, .status),
      "account": .all(.private, .account),
      "balance_and_position": .all(.private, .balanceAndPosition),
      "positions": .all(.private, .positions),
      "orders": .all(.private, .orders),
      "fills": .all(.private, .fills),
      "deposit-info": .all(.business, .depositInfo),
      "withdrawal-info": .all(.business, .withdrawalInfo),
      "orders-algo": .all(.business, .algoOrders),
      "algo-advance": .all(.business, .advancedAlgoOrders),
      "liquidation-orders": .all(.public, .silent),
    ]
    for depth in SocketChannel.Depth.allCases {
      kinds[depth.rawValue] = .one(.public, { .depth(depth, $0) })
    }
    for name in ["mark-price", "funding-rate", "open-interest", "index-tickers"] {
      kinds[name] = .one(.public, { _ in .silent })
    }
    return kinds
  }()

  private static func candle(_ name: String) -> CandleBar? {
    name.hasPrefix("candle") ? CandleBar(named: String(name.dropFirst(6))) : nil
  }

  private static func instrument(
    _ parameters: Parameters, _ channel: String, _ catalog: Catalog
  ) throws(Rejection) -> InstrumentID {
    guard let symbol = parameters.text("instId"), let market = catalog.market(symbol: symbol) else {
      throw unknown(channel, parameters)
    }
    return market.id
  }

  private static func unknown(_ channel: String, _ parameters: Parameters) -> Rejection {
    let instrument = parameters.text("instId").map { ",instId:\($0)" } ?? ""
    return Rejection(
      .channelUnknown, "Wrong URL or channel:\(channel)\(instrument) doesn't exist.")
  }

  /// `extraParams` is an object, or an object written as text.
  private static func asksForEventsOnly(_ value: JSON?) -> Bool {
    var object = value
    if let text = value?.string { object = try? JSON(parsing: text) }
    guard case .object(let members) = object else { return false }
    return Parameters(members).text("updateInterval") == "0"
  }
}
