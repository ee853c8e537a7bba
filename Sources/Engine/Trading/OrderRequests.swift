import Matching
import Money
import Structures

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
  var isWatched = false
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
  }

  init(
    account: UInt64, instrument: UInt64, side: Side, type: OrderType,
    selfTrade: SelfTradePrevention?, refusesShrinking: Bool, isByBudget: Bool, price: Int64,
    size: Int64, clientOrderID: ClientOrderID, tag: OrderTag, hasPlainID: Bool,
    hasPlainTag: Bool
  ) {
    self.account = account
    self.instrument = instrument
    self.side = side
    self.type = type
    self.selfTrade = selfTrade
    self.refusesShrinking = refusesShrinking
    self.isByBudget = isByBudget
    self.price = price
    self.size = size
    self.clientOrderID = clientOrderID
    self.tag = tag
    self.hasPlainID = hasPlainID
    self.hasPlainTag = hasPlainTag
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
    AlphanumericWord.allows(word0)
      && (word1 == 0 || word0 >> 56 != 0 && AlphanumericWord.allows(word1))
  }
}

/// Eight characters tested at once.
enum AlphanumericWord {
  private static var low: UInt64 { 0x0101_0101_0101_0101 }
  private static var high: UInt64 { 0x8080_8080_8080_8080 }

  /// Whether the bytes are ASCII letters and digits and then zeros.
  @inline(__always)
  static func allows(_ word: UInt64) -> Bool {
    guard word & high == 0 else { return false }
    // Bytes are below 128, so adding at most 127 never carries into the next one.
    let folded = word | 0x2020_2020_2020_2020
    let letters = within(folded, UInt8(ascii: "a"), UInt8(ascii: "z"))
    // A digit has bit 5 set already, so folding does not make one.
    let digits = within(word, UInt8(ascii: "0"), UInt8(ascii: "9"))
    let used = word == 0 ? 0 : UInt64.max >> UInt64(word.leadingZeroBitCount & ~7)
    return letters | digits == used & high
  }

  /// The high bit of each byte between `first` and `last`, for bytes below 128.
  @inline(__always)
  private static func within(_ word: UInt64, _ first: UInt8, _ last: UInt8) -> UInt64 {
    let atLeast = word &+ low &* UInt64(128 - first)
    let above = word &+ low &* UInt64(127 - last)
    return atLeast & ~above & high
  }
}
