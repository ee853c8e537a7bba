/// The one reference of an exchange: to the state that trading changes, which is too large to copy
/// with each copy of the value.
///
/// `@unchecked Sendable`: whoever changes what is inside has made sure, by ``Exchange/unshare()``,
/// that no other value holds the box; a shared box is only read.
final class TradingBox: @unchecked Sendable {
  var trading: Trading

  init(_ trading: consuming Trading) { self.trading = trading }
}

extension Exchange {
  /// Makes sure that no other value sees what is changed from here on.
  @inline(__always)
  mutating func unshare() {
    if !isKnownUniquelyReferenced(&box) { box = TradingBox(box.trading.copy()) }
  }
}

extension ExchangeCapacity {
  /// For an exchange that is not configured yet.
  static var none: ExchangeCapacity {
    ExchangeCapacity(orders: 1, accounts: 1, balances: 1, algos: 1)
  }
}
