import Ledger
import Matching
import Money
import Structures

// How trading writes its events.
//
// Unsafe file. Sound because every function asks `extend(by:)` for exactly the words that its header
// names and writes each of them.

/// What an order record is about. The numbers are part of the digest.
enum OrderRecordChange: UInt64, BitwiseCopyable {
  case placed = 0
  /// The trade is the last trade record before this one.
  case filledAsMaker = 1
  case filledAsTaker = 2
  case canceled = 3
  case amended = 4
}

/// A trade in numbers.
struct TradeRecord: BitwiseCopyable {
  var id: UInt64
  var market: UInt32
  var trade: Exchanged
  var takerSide: Side
  var maker: UInt64
  var taker: UInt64
  var makerAccount: UInt32
  var takerAccount: UInt32
  var makerFee: Int64
  var takerFee: Int64

  @inline(__always)
  init(
    id: UInt64, market: UInt32, _ trade: Exchanged, takerSide: Side, maker: UInt64,
    taker: UInt64, makerAccount: UInt32, takerAccount: UInt32, makerFee: Int64, takerFee: Int64
  ) {
    self.id = id
    self.market = market
    self.trade = trade
    self.takerSide = takerSide
    self.maker = maker
    self.taker = taker
    self.makerAccount = makerAccount
    self.takerAccount = takerAccount
    self.makerFee = makerFee
    self.takerFee = takerFee
  }
}

/// The header of an order record: what it is about, and which of its words are there.
enum OrderHeader {
  static let changeShift: UInt64 = 16
  static let clientWordsShift: UInt64 = 20
  static let tagWordsShift: UInt64 = 24
  static let requestWordsShift: UInt64 = 28
  /// Filled, filled quote, fee and rebate follow.
  static let hasFills: UInt64 = 1 << 32
  /// The time of creation follows, since it is not the command's.
  static let isOlder: UInt64 = 1 << 33
  /// The assets, counted from 0, of the market; there are at most 4096.
  static let baseShift: UInt64 = 34
  static let quoteShift: UInt64 = 46
}

extension EventBuffer {
  /// Writes what a command other than an order's emits; balances are reported at its end.
  mutating func append(_ event: Event) { append(rare: event) }

  @inline(__always)
  mutating func append(time: Int64) {
    let place = unsafe extend(by: 2)
    unsafe place[0] = RecordKind.time.header(words: 2, 0)
    unsafe place[1] = UInt64(bitPattern: time)
  }

  mutating func append(_ refusal: HotRefusal) {
    let place = unsafe extend(by: 4)
    unsafe place[0] = RecordKind.refused.header(words: 4, UInt64(refusal.code.rawValue) << 16)
    unsafe place[1] = UInt64(bitPattern: refusal.first)
    unsafe place[2] = UInt64(bitPattern: refusal.second)
    unsafe place[3] = UInt64(bitPattern: refusal.third)
  }

  /// - Parameters:
  ///   - record: By address, not to be copied, as is `progress`; both stay as they are.
  ///   - progress: What the order in the same slot has.
  @inline(__always)
  mutating func append(
    _ record: inout OpenOrder, _ progress: inout OrderProgress, price: Int64, tag: OrderTag,
    _ change: OrderRecordChange, packedAssets: UInt64, _ time: Int64,
    request: RequestID = RequestID()
  ) {
    let clientWords = record.hasLongID ? 4 : record.client0 != 0 ? 2 : 0
    let tagWords = tag.eventWords
    let requestWords = change == .amended ? request.eventWords : 0
    let hasFills = record.hasFills
    let isOlder = record.createdAt != time
    let words =
      6 + clientWords + tagWords + requestWords + (hasFills ? 4 : 0) + (isOlder ? 1 : 0)
    var packed = change.rawValue << OrderHeader.changeShift | packedAssets
    packed |= UInt64(truncatingIfNeeded: clientWords) << OrderHeader.clientWordsShift
    packed |= UInt64(truncatingIfNeeded: tagWords) << OrderHeader.tagWordsShift
    packed |= UInt64(truncatingIfNeeded: requestWords) << OrderHeader.requestWordsShift
    if hasFills { packed |= OrderHeader.hasFills }
    if isOlder { packed |= OrderHeader.isOlder }

    var place = unsafe extend(by: words)
    unsafe place[0] = RecordKind.order.header(words: words, packed)
    unsafe place[1] = record.id
    unsafe place[2] = UInt64(record.account) | UInt64(record.flags.bits) << 32
    unsafe place[3] = UInt64(bitPattern: price)
    unsafe place[4] = UInt64(bitPattern: record.size)
    unsafe place[5] = UInt64(bitPattern: record.held)
    unsafe place += 6
    if isOlder {
      unsafe place[0] = UInt64(bitPattern: record.createdAt)
      unsafe place += 1
    }
    if hasFills {
      unsafe place[0] = UInt64(bitPattern: progress.filled)
      unsafe place[1] = UInt64(bitPattern: progress.filledQuote)
      unsafe place[2] = UInt64(bitPattern: progress.fee)
      unsafe place[3] = UInt64(bitPattern: progress.rebate)
      unsafe place += 4
    }
    if clientWords > 0 {
      unsafe place[0] = record.client0
      unsafe place[1] = record.client1
      if clientWords > 2 {
        unsafe place[2] = progress.client2
        unsafe place[3] = progress.client3
      }
      unsafe place += clientWords
    }
    if tagWords > 0 {
      unsafe place[0] = tag.word0
      unsafe place[1] = tag.word1
      unsafe place += tagWords
    }
    if requestWords > 0 {
      unsafe place[0] = request.word0
      unsafe place[1] = request.word1
      if requestWords > 2 {
        unsafe place[2] = request.word2
        unsafe place[3] = request.word3
      }
    }
  }

  /// The same for a record that ``OpenOrder/isPlain``.
  @inline(__always)
  mutating func append(
    plain record: inout OpenOrder, price: Int64, _ change: OrderRecordChange,
    packedAssets: UInt64, _ time: Int64
  ) {
    let clientWords = record.client0 != 0 ? 2 : 0
    let isOlder = record.createdAt != time
    let words = 6 + clientWords + (isOlder ? 1 : 0)
    var packed =
      change.rawValue << OrderHeader.changeShift | packedAssets
      | UInt64(truncatingIfNeeded: clientWords) << OrderHeader.clientWordsShift
    if isOlder { packed |= OrderHeader.isOlder }
    var place = unsafe extend(by: words)
    unsafe place[0] = RecordKind.order.header(words: words, packed)
    unsafe place[1] = record.id
    unsafe place[2] = UInt64(record.account) | UInt64(record.flags.bits) << 32
    unsafe place[3] = UInt64(bitPattern: price)
    unsafe place[4] = UInt64(bitPattern: record.size)
    unsafe place[5] = UInt64(bitPattern: record.held)
    if isOlder {
      unsafe place[6] = UInt64(bitPattern: record.createdAt)
      unsafe place += 1
    }
    if clientWords > 0 {
      unsafe place[6] = record.client0
      unsafe place[7] = record.client1
    }
  }

  @inline(__always)
  mutating func append(
    level side: Book.Side, of market: UInt32, price: Price, size: Lots, orders: UInt32
  ) {
    let place = unsafe extend(by: 4)
    unsafe place[0] = RecordKind.level.header(
      words: 4, UInt64(side.rawValue) << 16 | UInt64(market) << 32)
    unsafe place[1] = UInt64(bitPattern: price.ticks)
    unsafe place[2] = UInt64(bitPattern: size.count)
    unsafe place[3] = UInt64(orders)
  }

  /// Appends the balances that changed, as they are now.
  @inline(__always)
  mutating func appendTouched(of ledger: inout Ledger) {
    var place = unsafe extend(by: 4 * Int(ledger.touchedCount))
    ledger.drainTouched { balance in
      unsafe place[0] = RecordKind.balance.header(words: 4, balance.packedPlace)
      unsafe place[1] = UInt64(balance.customer)
      unsafe place[2] = UInt64(bitPattern: balance.available.units)
      unsafe place[3] = UInt64(bitPattern: balance.held.units)
      unsafe place += 4
    }
  }

  @inline(__always)
  mutating func append(
    billOf balance: BalanceSlot, id: UInt64, change: Int64, reason: Bill.Reason,
    reference: UInt64
  ) {
    let place = unsafe extend(by: 6)
    unsafe place[0] = RecordKind.bill.header(
      words: 6, balance.packedPlace | UInt64(reason.rawValue) << 48)
    unsafe place[1] = id
    unsafe place[2] = UInt64(balance.customer)
    unsafe place[3] = UInt64(bitPattern: change)
    unsafe place[4] = UInt64(bitPattern: balance.total.units)
    unsafe place[5] = reference
  }
}

extension BalanceSlot {
  /// The wallet in bits 16 to 23, the asset, counted from 0, in bits 32 to 47.
  @inline(__always)
  var packedPlace: UInt64 { UInt64(walletNumber) << 16 | UInt64(assetNumber) << 32 }

  /// The same of a balance in the trading wallet, where those of orders are.
  @inline(__always)
  var packedTradingPlace: UInt64 {
    assert(wallet == .trading, "orders are paid from the trading wallet")
    return UInt64(LedgerWallet.trading.rawValue) << 16 | UInt64(assetNumber) << 32
  }
}

extension Text16 {
  /// How many words have characters.
  @inline(__always)
  var wordCount: Int { word1 != 0 ? 2 : word0 != 0 ? 1 : 0 }

  /// How many words an event gives it: all or none.
  @inline(__always)
  var eventWords: Int { word0 != 0 ? 2 : 0 }
}

extension Text32 {
  /// How many words have characters.
  @inline(__always)
  var wordCount: Int {
    word3 != 0 ? 4 : word2 != 0 ? 3 : word1 != 0 ? 2 : word0 != 0 ? 1 : 0
  }

  /// How many words an event gives it: all, half of them or none, so that few branches are taken.
  @inline(__always)
  var eventWords: Int { word2 != 0 ? 4 : word0 != 0 ? 2 : 0 }
}
