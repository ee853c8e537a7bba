import Matching
import Money
import Structures
import Wire

// Order commands as trading takes them: numbers only.

/// A request to place an order.
struct PlaceRequest: BitwiseCopyable {
  var account: UInt64
  var instrument: UInt64
  var side: Side
  var type: OrderType
  /// `nil` for the account's way.
  var selfTrade: SelfTradePrevention?
  var refusesShrinking: Bool
  var isByBudget: Bool
  /// Ticks; 0 for none.
  var price: Int64
  /// Lots, or quote units when by budget.
  var size: Int64
  var clientOrderID: ClientOrderID
  var tag: OrderTag
  /// Whether algo orders wait for its end.
  var isWatched: Bool
  /// Whether the client's id, and the tag, have only letters and digits.
  var hasPlainID: Bool
  var hasPlainTag: Bool

  init(_ request: PlaceOrder) {
    account = request.account.raw
    instrument = request.instrument.raw
    side = request.side
    type = request.type
    selfTrade = request.selfTrade
    refusesShrinking = request.refuseShrinking
    switch request.size {
    case .base(let lots): (isByBudget, size) = (false, lots.count)
    case .quote(let amount): (isByBudget, size) = (true, amount.units)
    }
    price = request.price?.ticks ?? 0
    clientOrderID = request.clientOrderID
    tag = request.tag
    hasPlainID = clientOrderID.isAlphanumeric
    hasPlainTag = tag.isAlphanumeric
    isWatched = false
  }

  /// Reads a placement where it lies.
  @inline(__always)
  init(_ words: OrderCommandReader) throws(WireError) {
    let header = words.header
    account = words.word(at: 8)
    instrument = words.word(at: 16)
    let hasPrice = header.has(OrderCommandHeader.hasPrice)
    let price = hasPrice ? Int64(bitPattern: words.word(at: 24)) : 0
    guard price > 0 || !hasPrice else { throw .malformed(at: 24) }
    self.price = price
    var at = hasPrice ? 32 : 24
    size = Int64(bitPattern: words.word(at: at))
    at &+= 8
    let clientWords = header.clientWords
    (clientOrderID, hasPlainID) = try words.clientOrderID(at: at)
    at &+= clientWords &* 8
    (tag, hasPlainTag) = header.otherWords == 0 ? (OrderTag(), true) : try words.tag(at: at)
    guard let type = OrderType(rawValue: header.flags >> OrderCommandHeader.typeShift & 7) else {
      throw .malformed(at: 1)
    }
    self.type = type
    side = header.has(OrderCommandHeader.isSell) ? .sell : .buy
    let code = header.selfTradeCode
    selfTrade = code == 0 ? nil : SelfTradePrevention(rawValue: code - 1)
    refusesShrinking = header.has(OrderCommandHeader.refusesShrinking)
    isByBudget = header.has(OrderCommandHeader.isByBudget)
    isWatched = false
  }
}

/// A request to change an order.
struct AmendRequest: BitwiseCopyable {
  var account: UInt64
  var order: OrderName
  var requestID: RequestID
  /// Lots, fills included.
  var size: Int64?
  /// Ticks; 0 for as it is.
  var price: Int64
  var cancelsOnFailure: Bool

  init(_ request: AmendOrder) {
    self.init(
      account: request.account.raw, order: OrderName(request.order), requestID: request.requestID,
      size: request.size?.count, price: request.price?.ticks ?? 0,
      cancelsOnFailure: request.cancelOnFailure)
  }

  init(
    account: UInt64, order: OrderName, requestID: RequestID, size: Int64?, price: Int64,
    cancelsOnFailure: Bool
  ) {
    self.account = account
    self.order = order
    self.requestID = requestID
    self.size = size
    self.price = price
    self.cancelsOnFailure = cancelsOnFailure
  }
}

extension OrderType {
  /// Whether an order of this type says how far it may go.
  @inline(__always)
  var namesLimit: Bool { self != .market && self != .optimalLimitIOC }
}

extension ClientOrderID {
  /// Whether there are only letters and digits.
  @inline(__always)
  var isAlphanumeric: Bool {
    AlphanumericWord.allows(word0)
      && (word1 == 0
        || word0 >> 56 != 0 && AlphanumericWord.allows(word1)
          && (word2 | word3 == 0
            || word1 >> 56 != 0 && AlphanumericWord.allows(word2)
              && (word3 == 0 || word2 >> 56 != 0 && AlphanumericWord.allows(word3))))
  }
}

extension OrderTag {
  /// Whether there are only letters and digits.
  @inline(__always)
  var isAlphanumeric: Bool {
    AlphanumericWord.allow(word0, word1)
  }
}
