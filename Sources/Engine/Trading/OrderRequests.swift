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

/// Eight characters tested at once.
///
/// `unsafeBitCast` is between vectors and integers of the same size, for all of which every bit is valid.
enum AlphanumericWord {
  private static var low: UInt64 { 0x0101_0101_0101_0101 }
  private static var high: UInt64 { 0x8080_8080_8080_8080 }

  /// Whether the bytes are ASCII letters and digits and then zeros.
  @inline(__always)
  static func allows(_ word: UInt64) -> Bool {
    guard word & high == 0 else { return false }
    let used =
      word >> 56 != 0
      ? UInt64.max : word == 0 ? 0 : UInt64.max >> UInt64(word.leadingZeroBitCount & ~7)
    return places(word) == used & high
  }

  /// Whether the bytes of both words are that.
  @inline(__always)
  static func allow(_ first: UInt64, _ second: UInt64) -> Bool {
    // Most ids have sixteen characters.
    if first >> 56 != 0, second >> 56 != 0 { return fill(SIMD2(first, second)) }
    return allows(first) && (second == 0 || first >> 56 != 0 && allows(second))
  }

  /// Whether the bytes of both words are letters and digits, all 16 of them.
  @inline(__always)
  static func fill(_ words: SIMD2<UInt64>) -> Bool {
    // Sixteen at once: moved to the end of what a signed byte holds, where one comparison is enough. A
    // digit has bit 5 set already, so folding does not make one.
    let bytes = unsafe unsafeBitCast(words, to: SIMD16<Int8>.self)
    let found =
      within(bytes | 0x20, UInt8(ascii: "a"), UInt8(ascii: "z"))
      .| within(bytes, UInt8(ascii: "0"), UInt8(ascii: "9"))
    return unsafe unsafeBitCast(found, to: UInt128.self) == .max
  }

  @inline(__always)
  private static func within(
    _ bytes: SIMD16<Int8>, _ first: UInt8, _ last: UInt8
  ) -> SIMDMask<SIMD16<Int8>> {
    let toTheEnd = Int8(127 - last)
    return bytes &+ SIMD16(repeating: toTheEnd) .> SIMD16(repeating: Int8(first) - 1 + toTheEnd)
  }

  /// The high bit of each byte that is a letter or a digit, for bytes below 128.
  @inline(__always)
  private static func places(_ word: UInt64) -> UInt64 {
    // Adding at most 127 never carries into the next byte. A digit has bit 5 set already, so folding
    // does not make one.
    within(word | 0x2020_2020_2020_2020, UInt8(ascii: "a"), UInt8(ascii: "z"))
      | within(word, UInt8(ascii: "0"), UInt8(ascii: "9"))
  }

  /// The high bit of each byte between `first` and `last`, for bytes below 128.
  @inline(__always)
  private static func within(_ word: UInt64, _ first: UInt8, _ last: UInt8) -> UInt64 {
    let atLeast = word &+ low &* UInt64(128 - first)
    let above = word &+ low &* UInt64(127 - last)
    return atLeast & ~above & high
  }
}
