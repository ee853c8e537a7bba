import Engine
import JSON
import Matching
import Money
import Structures

/// Reads orders, amendments and cancels from the parameters that clients send.
struct OrderRequest {
  let catalog: Catalog
  let account: AccountID

  /// The order that a request names; the exchange's id wins over the client's. `nil` for neither.
  static func reference(in parameters: Parameters) throws(Rejection) -> OrderReference? {
    if let text = parameters.text("ordId") {
      guard let number = UInt64(text) else {
        throw Rejection(.parameterInvalid, name: "ordId", problem: "must be a number")
      }
      return .id(OrderID(number))
    }
    guard let text = parameters.text("clOrdId") else { return nil }
    guard let name = ClientOrderID(text) else {
      throw Rejection(.parameterInvalid, name: "clOrdId", problem: "1 to 32 letters and digits")
    }
    return .client(name)
  }

  /// The order to place. See OKX v5, `trade/order`.
  func placement(_ parameters: Parameters) throws(Rejection) -> (PlaceOrder, MarketSpec) {
    let market = try catalog.market(in: parameters)
    try checkMode(parameters)
    let side = try choice("side", in: parameters, Side.init(text:), "buy or sell")
    let type = try choice(
      "ordType", in: parameters, OrderType.init(text:),
      "limit, market, post_only, fok, ioc or optimal_limit_ioc")
    let size = try size(parameters, market: market, side: side, type: type)
    var price: Price?
    if let text = parameters.text("px"), type.hasPrice {
      price = try market.price(text, name: "px")
    }
    let order = PlaceOrder(
      account: account, instrument: market.id,
      clientOrderID: try Self.identifier("clOrdId", in: parameters),
      tag: try Self.tag(in: parameters), side: side, type: type, price: price, size: size,
      refuseShrinking: try parameters.flag("banAmend") ?? false,
      selfTrade: try selfTrade(parameters, type: type))
    return (order, market)
  }

  /// What begins once the order is filled. See OKX v5, `attachAlgoOrds`.
  func attached(_ parameters: Parameters, to market: MarketSpec) throws(Rejection) -> [AttachedAlgo]
  {
    guard !parameters.isBlank("attachAlgoOrds") else { return [] }
    guard case .array(let elements)? = parameters["attachAlgoOrds"] else {
      throw Rejection(.parameterInvalid, name: "attachAlgoOrds", problem: "must be an array")
    }
    let request = AlgoRequest(catalog: catalog, market: market)
    var attached: [AttachedAlgo] = []
    for element in elements {
      guard case .object(let members) = element else {
        throw Rejection(
          .parameterInvalid, name: "attachAlgoOrds", problem: "must be an array of objects")
      }
      let parameters = Parameters(members)
      attached.append(
        AttachedAlgo(
          clientID: try Self.identifier("attachAlgoClOrdId", in: parameters),
          plan: try request.attachedPlan(parameters)))
    }
    return attached
  }

  /// The amendment to make. See OKX v5, `trade/amend-order`.
  func amendment(_ parameters: Parameters) throws(Rejection) -> (AmendOrder, MarketSpec) {
    let market = try catalog.market(in: parameters)
    guard let reference = try Self.reference(in: parameters) else {
      throw Rejection(.orderNameMissing, "Either client order ID or order ID is required.")
    }
    try refuse("attachAlgoOrds", in: parameters)
    var size: Lots?
    if let text = parameters.text("newSz") { size = try market.size(text, name: "newSz") }
    var price: Price?
    if let text = parameters.text("newPx") { price = try market.price(text, name: "newPx") }
    let amendment = AmendOrder(
      account: account, order: reference,
      requestID: try Self.identifier("reqId", in: parameters), size: size, price: price,
      cancelOnFailure: try parameters.flag("cxlOnFail") ?? false)
    return (amendment, market)
  }

  /// The order to cancel.
  func cancellation(_ parameters: Parameters) throws(Rejection) -> (OrderReference, MarketSpec) {
    let market = try catalog.market(in: parameters)
    guard let reference = try Self.reference(in: parameters) else {
      throw Rejection(.cancelNeedsName, "Either order ID or client order ID is required.")
    }
    return (reference, market)
  }

  private func choice<T>(
    _ name: String, in parameters: Parameters, _ read: (String) -> T?, _ allowed: String
  ) throws(Rejection) -> T {
    guard let value = read(try parameters.required(name)) else {
      throw Rejection(.parameterInvalid, name: name, problem: "must be \(allowed)")
    }
    return value
  }

  /// What a spot account cannot have is refused rather than passed over: a customer who asks for
  /// protection must not believe that he has it.
  private func checkMode(_ parameters: Parameters) throws(Rejection) {
    switch try parameters.required("tdMode") {
    case "cash": break
    case "cross", "isolated", "spot_isolated":
      throw Rejection(
        .notInAccountMode, "You can't complete this request under your current account mode.")
    default:
      throw Rejection(.parameterInvalid, name: "tdMode", problem: "must be cash")
    }
    if try parameters.flag("reduceOnly") == true {
      throw Rejection(.reduceOnlyNotForSpot, "Reduce-only is not available for spot.")
    }
    switch parameters.text("posSide") {
    case nil, "net": break
    default: throw Rejection(.parameterInvalid, name: "posSide")
    }
    try refuse("slippagePct", in: parameters)
  }

  private func refuse(_ name: String, in parameters: Parameters) throws(Rejection) {
    guard parameters.isBlank(name) else {
      throw Rejection(.parameterInvalid, name: name, problem: "not available here")
    }
  }

  private func size(
    _ parameters: Parameters, market: MarketSpec, side: Side, type: OrderType
  ) throws(Rejection) -> OrderSize {
    let text = try parameters.required("sz")
    let unit = parameters.text("tgtCcy")
    guard [nil, "base_ccy", "quote_ccy"].contains(unit) else {
      throw Rejection(
        .parameterInvalid, name: "tgtCcy", problem: "must be base_ccy or quote_ccy")
    }
    let isQuote = type == .market && (unit ?? (side == .buy ? "quote_ccy" : "")) == "quote_ccy"
    if isQuote { return .quote(try catalog.amount(text, name: "sz", of: market.quote)) }
    return .base(try market.size(text, name: "sz"))
  }

  /// How the order meets orders of its own owner; `nil` for the account's way.
  private func selfTrade(
    _ parameters: Parameters, type: OrderType
  ) throws(Rejection) -> SelfTradePrevention? {
    guard let text = parameters.text("stpMode") else { return nil }
    guard let mode = SelfTradePrevention(text: text) else {
      throw Rejection(
        .parameterInvalid, name: "stpMode",
        problem: "must be cancel_maker, cancel_taker or cancel_both")
    }
    guard type != .fok || mode != .cancelBoth else {
      throw Rejection(.fokWithCancelBoth, "Cancel both is not supported for FOK orders.")
    }
    return mode
  }

  /// A name that a client gave: empty, or 1 to 32 letters and digits.
  static func identifier(_ name: String, in parameters: Parameters) throws(Rejection) -> Text32 {
    guard let text = parameters.text(name) else { return "" }
    guard isPlain(text), let name = Text32(text) else {
      throw Rejection(.parameterInvalid, name: name, problem: "1 to 32 letters and digits")
    }
    return name
  }

  /// The client's mark on an order: empty, or 1 to 16 letters and digits.
  static func tag(in parameters: Parameters) throws(Rejection) -> OrderTag {
    guard let text = parameters.text("tag") else { return "" }
    guard isPlain(text), let tag = OrderTag(text) else {
      throw Rejection(.parameterInvalid, name: "tag", problem: "1 to 16 letters and digits")
    }
    return tag
  }

  private static func isPlain(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
      default: false
      }
    }
  }
}

extension OrderType {
  /// Whether an order of this type names a price.
  var hasPrice: Bool { self != .market && self != .optimalLimitIOC }
}
