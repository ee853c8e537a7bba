import Matching
import Money
import Structures

/// What the engine knows of an open order, at the same slot number as the book's own record of it:
/// what nearly every order has, in 64 bytes, one cache line. The price is in the book's record. Beside both
/// lie ``OrderLinks``, and what few orders have: ``OrderProgress`` and the tag.
struct OpenOrder: BitwiseCopyable {
  var id: UInt64 = 0
  /// The account, counted from 0.
  var account: UInt32 = 0
  var flags = OrderFlags(bits: 0)
  /// The ledger slots of what it gives away and of what it gets.
  var spends: UInt32 = 0
  var receives: UInt32 = 0
  /// The first 16 characters of the client's id.
  var client0: UInt64 = 0
  var client1: UInt64 = 0
  /// Lots, or quote units for an order by budget; fills included.
  var size: Int64 = 0
  /// Still set aside.
  var held: Int64 = 0
  /// When it was placed, in milliseconds, above the marks.
  private var stamp: UInt64 = 0

  private static var progressMark: UInt64 { 1 }
  private static var fillsMark: UInt64 { 2 }
  private static var longIDMark: UInt64 { 4 }
  private static var markBits: UInt64 { 8 }

  /// Makes this the order of a new slot.
  @inline(__always)
  mutating func begin(
    id: UInt64, account: UInt32, flags: OrderFlags, spends: UInt32, receives: UInt32,
    client0: UInt64, client1: UInt64, size: Int64, held: Int64, at time: Int64
  ) {
    self.id = id
    self.account = account
    self.flags = flags
    self.spends = spends
    self.receives = receives
    self.client0 = client0
    self.client1 = client1
    self.size = size
    self.held = held
    begin(at: time)
  }

  /// Sets the time when it was placed, and no marks.
  @inline(__always)
  mutating func begin(at time: Int64) {
    // Times are positive and end with the year 9999, 48 bits.
    stamp = UInt64(bitPattern: time) << Self.markBits
  }

  /// Makes this an order that was canceled; returns what it no longer needs.
  @inline(__always)
  mutating func cancel(because source: CancelSource) -> Int64 {
    let units = held
    held = 0
    flags.cancel(because: source)
    return units
  }

  /// Milliseconds since 1970.
  @inline(__always) var createdAt: Int64 { Int64(bitPattern: stamp) >> Int64(Self.markBits) }

  /// Whether its ``OrderProgress`` says anything.
  @inline(__always) var hasProgress: Bool { stamp & Self.progressMark != 0 }
  /// Whether it has traded.
  @inline(__always) var hasFills: Bool { stamp & Self.fillsMark != 0 }
  /// Whether its client's id has more than 16 characters.
  @inline(__always) var hasLongID: Bool { stamp & Self.longIDMark != 0 }

  @inline(__always) mutating func markProgress() { stamp |= Self.progressMark }
  @inline(__always) mutating func markFills() { stamp |= Self.fillsMark }
  mutating func markLongID() { stamp |= Self.longIDMark }

  /// Whether its event has none of the words that few orders need: it has traded nothing, and has no
  /// tag and no long client's id.
  @inline(__always) var isPlain: Bool {
    stamp & (Self.fillsMark | Self.longIDMark) == 0 && !flags.hasTag
  }

  /// The same of an order whose end nobody waits for.
  @inline(__always) var isPlainAndUnwatched: Bool {
    // One branch: all of it is rare.
    stamp & (Self.fillsMark | Self.longIDMark) | UInt64(flags.tagOrWatch) == 0
  }

  /// Whether its event has neither a tag nor a long client's id.
  @inline(__always) var hasFewWords: Bool {
    stamp & Self.longIDMark | UInt64(flags.tag) == 0
  }

  /// The market, counted from 0.
  @inline(__always) var market: UInt32 { flags.market }
}

/// What only orders have that traded, were amended, or have a long client's id. Valid where the order
/// in the slot says so.
struct OrderProgress: BitwiseCopyable {
  /// Lots.
  var filled: Int64 = 0
  var filledQuote: Int64 = 0
  var fee: Int64 = 0
  var rebate: Int64 = 0
  var updatedAt: Int64 = 0
  /// The characters of the client's id from the 17th on.
  var client2: UInt64 = 0
  var client3: UInt64 = 0

  init(updatedAt: Int64) { self.updatedAt = updatedAt }

  /// Counts a trade. All of an order's trades come to no more than the order, and to no more than there is
  /// of an asset.
  @inline(__always)
  mutating func count(_ exchanged: Exchanged, _ fee: Int64, at time: Int64) {
    filled &+= exchanged.lots
    filledQuote &+= exchanged.quote
    if fee >= 0 { self.fee &+= fee } else { rebate &-= fee }
    updatedAt = time
  }
}

extension OrderRecord {
  /// An order as a whole.
  ///
  /// - Parameter progress: `nil` when the order has none.
  init(_ open: OpenOrder, _ progress: OrderProgress?) {
    self.init()
    id = open.id
    account = open.account
    flags = open.flags
    spends = open.spends
    receives = open.receives
    size = open.size
    held = open.held
    createdAt = open.createdAt
    updatedAt = open.createdAt
    let isLong = open.hasLongID
    clientOrderID = Text32(
      unchecked: open.client0, open.client1, isLong ? progress?.client2 ?? 0 : 0,
      isLong ? progress?.client3 ?? 0 : 0)
    guard let progress else { return }
    filled = progress.filled
    filledQuote = progress.filledQuote
    fee = progress.fee
    rebate = progress.rebate
    updatedAt = progress.updatedAt
  }

  /// The order as its slot has it.
  var open: OpenOrder {
    var open = OpenOrder()
    open.begin(
      id: id, account: account, flags: flags, spends: spends, receives: receives,
      client0: clientOrderID.word0, client1: clientOrderID.word1, size: size, held: held,
      at: createdAt)
    open.markProgress()
    if filled != 0 { open.markFills() }
    if clientOrderID.word2 != 0 { open.markLongID() }
    return open
  }

  var progress: OrderProgress {
    var progress = OrderProgress(updatedAt: updatedAt)
    progress.filled = filled
    progress.filledQuote = filledQuote
    progress.fee = fee
    progress.rebate = rebate
    progress.client2 = clientOrderID.word2
    progress.client3 = clientOrderID.word3
    return progress
  }
}

extension Trading {
  /// The order in `slot` as a whole.
  func record(at slot: UInt32) -> OrderRecord {
    OrderRecord(records[slot], records[slot].hasProgress ? progress[slot] : nil)
  }

  /// Puts an order that was read from a snapshot into `slot`.
  mutating func restore(_ record: OrderRecord, at slot: UInt32) {
    records[slot] = record.open
    progress[slot] = record.progress
  }

  /// What the order in `slot` has traded, in lots.
  @inline(__always)
  func filled(at slot: UInt32) -> Int64 { records[slot].hasFills ? progress[slot].filled : 0 }

  /// Lots left to trade of an order by size.
  @inline(__always)
  func remaining(at slot: UInt32) -> Int64 { records[slot].size - filled(at: slot) }

  /// Makes sure that the order in `slot` has a progress.
  @inline(__always)
  mutating func beginProgress(of slot: UInt32) {
    guard !records[slot].hasProgress else { return }
    records[slot].markProgress()
    progress[slot] = OrderProgress(updatedAt: records[slot].createdAt)
  }

  /// Notes the end of a client's id that is too long for the order's record.
  @inline(never)
  mutating func keepLongID(_ id: ClientOrderID, of slot: UInt32) {
    beginProgress(of: slot)
    records[slot].markLongID()
    progress[slot].client2 = id.word2
    progress[slot].client3 = id.word3
  }

  /// The client's id of the order in `slot`; empty when it has none.
  @inline(__always)
  func clientOrderID(at slot: UInt32) -> ClientOrderID {
    let isLong = records[slot].hasLongID
    return Text32(
      unchecked: records[slot].client0, records[slot].client1,
      isLong ? progress[slot].client2 : 0, isLong ? progress[slot].client3 : 0)
  }
}
