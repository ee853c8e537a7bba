import Matching

/// What trading needs of an account.
struct AccountRow: BitwiseCopyable {
  /// The account, counted from 0, whose orders and these do not trade with each other.
  var master: UInt32 = 0
  /// The open order that came last: its slot plus one, 0 for none.
  var lastOpen: UInt32 = 0
  var openCount: UInt32 = 0
  /// Counted from 0.
  var feeTier: UInt8 = 0
  private var selfTradeCode: UInt8 = 0

  /// How many open orders an account may have on all markets together.
  static let openOrdersLimit: UInt32 = 4000

  init(master: UInt32) { self.master = master }

  /// What happens when two orders of the master meet, unless the incoming one says otherwise.
  var selfTrade: SelfTradePrevention {
    get { SelfTradePrevention(rawValue: selfTradeCode) ?? .cancelMaker }
    set { selfTradeCode = newValue.rawValue }
  }
}
