import Matching
import Money
import Structures

/// What the engine knows of an order, at the same slot number as the book's own record of it: two
/// cache lines. The price is in the book's record; the tag, which few orders have, beside both.
struct OrderRecord: BitwiseCopyable {
  var id: UInt64 = 0
  /// The account, counted from 0.
  var account: UInt32 = 0
  var flags = OrderFlags(bits: 0)
  /// The ledger slots of what it gives away and of what it gets.
  var spends: UInt32 = 0
  var receives: UInt32 = 0
  /// The account's next and previous open order: a slot plus one, 0 for none.
  var next: UInt32 = 0
  var previous: UInt32 = 0
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

  /// Makes this the record of a new order.
  @inline(__always)
  mutating func begin(
    id: UInt64, account: UInt32, flags: OrderFlags, spends: UInt32, receives: UInt32,
    clientOrderID: ClientOrderID, size: Int64, held: Int64, at time: Int64
  ) {
    self.id = id
    self.account = account
    self.flags = flags
    self.spends = spends
    self.receives = receives
    next = 0
    previous = 0
    self.clientOrderID = clientOrderID
    self.size = size
    filled = 0
    filledQuote = 0
    fee = 0
    rebate = 0
    self.held = held
    createdAt = time
    updatedAt = time
  }

  /// Makes this the record of an order that was canceled; returns what it no longer needs.
  @inline(__always)
  mutating func cancel(because source: CancelSource, at time: Int64) -> Int64 {
    let units = held
    held = 0
    flags.cancel(because: source)
    updatedAt = time
    return units
  }

  /// Whether its event has none of the words that few orders need: it has traded nothing, and has no
  /// tag and no long client's id.
  var isPlain: Bool {
    @inline(__always) get { filled == 0 && clientOrderID.word2 == 0 && !flags.hasTag }
  }

  /// The market, counted from 0.
  var market: UInt32 { flags.market }

  /// Lots left to trade of an order by size.
  var remaining: Int64 { size - filled }

  /// The hash of an id: ids that follow each other lie two places apart, so that they share cache
  /// lines and yet no run of neighbours forms, which a removal would have to walk.
  @inline(__always)
  static func idHash(_ id: UInt64) -> UInt64 { id &<< 1 }

  /// The hash under which the account's client order id is found.
  func clientHash(_ key: HashKey) -> UInt64 { Self.clientHash(account, clientOrderID, key) }

  @inline(__always)
  static func clientHash(_ account: UInt32, _ id: ClientOrderID, _ key: HashKey) -> UInt64 {
    Mix64.hash(Mix64.hash(id, key) ^ UInt64(account))
  }
}
