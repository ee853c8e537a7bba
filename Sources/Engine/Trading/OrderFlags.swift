import Matching

/// What an order is, packed into 32 bits.
struct OrderFlags: BitwiseCopyable, Equatable {
  var bits: UInt32

  init(bits: UInt32) { self.bits = bits }

  init(
    side: Side, type: OrderType, selfTrade: SelfTradePrevention, isByBudget: Bool, hasPrice: Bool,
    hasTag: Bool, market: UInt32
  ) {
    bits =
      UInt32(side.rawValue) | UInt32(type.rawValue) << 1 | UInt32(selfTrade.rawValue) << 5
      | (isByBudget ? 1 << 7 : 0) | (hasPrice ? 1 << 8 : 0) | (hasTag ? 1 << 9 : 0)
      | market << 19
  }

  /// The flags of an order with a price, and without a tag.
  @inline(__always)
  init(_ placement: PlainPlacement, selfTradeCode: UInt8, market: UInt32) {
    let code = placement.selfTradeCode
    let mode = code == 0 ? UInt32(selfTradeCode) : code &- 1
    bits = placement.sideAndType | mode << 5 | 1 << 8 | market << 19
  }

  // Bits 0 side, 1-4 type, 5-6 self trade, 7 by budget, 8 price, 9 tag, 10-11 state, 12-17 cancel
  // source plus one, 18 watched, 19-31 market.

  /// How many markets there may be.
  static let marketLimit = 1 << 13

  /// The market, counted from 0.
  var market: UInt32 { bits >> 19 }

  var side: Side { bits & 1 == 0 ? .buy : .sell }
  var type: OrderType { OrderType(rawValue: UInt8(bits >> 1 & 15)) ?? .limit }
  var selfTrade: SelfTradePrevention {
    SelfTradePrevention(rawValue: UInt8(bits >> 5 & 3)) ?? .cancelMaker
  }
  /// Whether the size is quote units to spend.
  var isByBudget: Bool { bits & 1 << 7 != 0 }
  var hasPrice: Bool { bits & 1 << 8 != 0 }
  var hasTag: Bool { bits & 1 << 9 != 0 }

  var state: OrderState {
    get { OrderState(rawValue: UInt8(bits >> 10 & 3)) ?? .live }
    set { bits = bits & ~(3 << 10) | UInt32(newValue.rawValue) << 10 }
  }

  var isOpen: Bool { bits & 1 << 11 == 0 }

  var cancelSource: CancelSource? {
    get {
      let code = bits >> 12 & 63
      return code == 0 ? nil : CancelSource(rawValue: UInt8(code - 1))
    }
    set {
      bits &= ~(63 << 12)
      if let newValue { bits |= (UInt32(newValue.rawValue) + 1) << 12 }
    }
  }

  /// Makes this an order that was canceled.
  @inline(__always)
  mutating func cancel(because source: CancelSource) {
    bits =
      bits & ~(3 << 10 | 63 << 12) | UInt32(OrderState.canceled.rawValue) << 10
      | (UInt32(source.rawValue) + 1) << 12
  }

  /// Whether algo orders wait for its end.
  var isWatched: Bool {
    get { bits & 1 << 18 != 0 }
    set { bits = newValue ? bits | 1 << 18 : bits & ~(1 << 18) }
  }

  /// Not 0 when it has a tag.
  @inline(__always) var tag: UInt32 { bits & 1 << 9 }
  /// Not 0 when it has a tag or is watched.
  @inline(__always) var tagOrWatch: UInt32 { bits & (1 << 9 | 1 << 18) }

  /// Whether the order may rest in a book.
  var mayRest: Bool {
    // Limit is 0 and post-only 2.
    bits & (0b1101 << 1) == 0
  }

  /// Whether the bits are those of some order.
  var areValid: Bool {
    OrderType(rawValue: UInt8(bits >> 1 & 15)) != nil
      && SelfTradePrevention(rawValue: UInt8(bits >> 5 & 3)) != nil
      && (bits >> 12 & 63 == 0 || cancelSource != nil)
  }
}
