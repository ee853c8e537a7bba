import Matching
import Money
import Structures

/// All that the engine knows of an order but its price and tag, as readers and snapshots take it. In
/// its slot it is an ``OpenOrder``, and an ``OrderProgress`` if it needs one.
struct OrderRecord: BitwiseCopyable {
  var id: UInt64 = 0
  /// The account, counted from 0.
  var account: UInt32 = 0
  var flags = OrderFlags(bits: 0)
  /// The ledger slots of what it gives away and of what it gets.
  var spends: UInt32 = 0
  var receives: UInt32 = 0
  var clientOrderID = ClientOrderID()
  /// Lots, or quote units for an order by budget; fills included.
  var size: Int64 = 0
  /// Lots.
  var filled: Int64 = 0
  var filledQuote: Int64 = 0
  var fee: Int64 = 0
  var rebate: Int64 = 0
  /// Still set aside.
  var held: Int64 = 0
  var createdAt: Int64 = 0
  var updatedAt: Int64 = 0

  init() {}

  /// The market, counted from 0.
  var market: UInt32 { flags.market }

  /// Lots left to trade of an order by size.
  var remaining: Int64 { size - filled }
}
