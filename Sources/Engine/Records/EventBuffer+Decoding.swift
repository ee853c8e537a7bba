import Ledger
import Matching
import Money
import Structures

extension EventBuffer {
  /// Returns the events of the words from `start` up to `end`, which hold whole commands: those
  /// between two values of ``count``, or all.
  public func events(from start: Int = 0, to end: Int? = nil) -> [Event] {
    let end = end ?? count
    var events: [Event] = []
    var reader = RecordReader()
    var index = start
    while index < end {
      let header = self[index]
      let length = RecordKind.length(header)
      precondition(length > 0 && index + length <= end, "a range holds whole records")
      if RecordKind(header) == .rare {
        events.append(rare[Int(header >> 16)])
      } else if let event = withWords({ reader.read($0, at: index) }) {
        events.append(event)
      }
      index += length
    }
    return events
  }
}

/// Reads the records of one command after the other.
private struct RecordReader {
  private var time = Timestamp(milliseconds: 0)
  private var trade: Trade?

  init() {}

  /// Returns the event of the record at `start`; `nil` for one that is none.
  mutating func read(_ words: Span<UInt64>, at start: Int) -> Event? {
    let header = words[start]
    func signed(_ offset: Int) -> Int64 { Int64(bitPattern: words[start + offset]) }
    switch RecordKind(header) {
    case .time:
      time = Timestamp(milliseconds: signed(1))
      return nil
    case .refused:
      guard let code = HotRefusal.Code(rawValue: UInt8(truncatingIfNeeded: header >> 16)),
        let refusal = HotRefusal(code, signed(1), signed(2), signed(3)).refusal
      else { return nil }
      return .refused(refusal)
    case .order: return order(words, at: start)
    case .trade:
      guard let price = Price(ticks: signed(2)) else { return nil }
      let accounts = words[start + 7]
      let read = Trade(
        id: TradeID(words[start + 1]), instrument: InstrumentID((header >> 32) + 1), price: price,
        size: Lots(signed(3)), quote: Amount(units: signed(4)),
        takerSide: header >> 16 & 1 == 0 ? .buy : .sell, maker: OrderID(words[start + 5]),
        taker: OrderID(words[start + 6]),
        makerAccount: AccountID((accounts & 0xFFFF_FFFF) + 1),
        takerAccount: AccountID((accounts >> 32) + 1), makerFee: Amount(units: signed(8)),
        takerFee: Amount(units: signed(9)), at: time)
      trade = read
      return .trade(read)
    case .level:
      guard let price = Price(ticks: signed(1)) else { return nil }
      return .level(
        BookLevel(
          instrument: InstrumentID((header >> 32) + 1),
          side: header >> 16 & 1 == 0 ? .buy : .sell, price: price, size: Lots(signed(2)),
          orders: UInt32(truncatingIfNeeded: words[start + 3])))
    case .bill:
      guard let reason = Bill.Reason(rawValue: UInt8(truncatingIfNeeded: header >> 48)) else {
        return nil
      }
      return .bill(
        Bill(
          id: BillID(words[start + 1]), account: AccountID(words[start + 2] + 1),
          wallet: Self.wallet(header), asset: Self.asset(header),
          change: Amount(units: signed(3)), balance: Amount(units: signed(4)), reason: reason,
          reference: words[start + 5], at: time))
    case .balance:
      return .balance(
        account: AccountID(words[start + 1] + 1),
        Balance(
          asset: Self.asset(header), wallet: Self.wallet(header),
          available: Amount(units: signed(2)), held: Amount(units: signed(3))))
    case .rare, nil: return nil
    }
  }

  private static func asset(_ header: UInt64) -> AssetID { AssetID((header >> 32 & 0xFFFF) + 1) }

  private static func wallet(_ header: UInt64) -> Wallet {
    header >> 16 & 1 == 0 ? .funding : .trading
  }

  private func order(_ words: Span<UInt64>, at start: Int) -> Event? {
    let header = words[start]
    var record = OrderRecord()
    record.id = words[start + 1]
    record.account = UInt32(truncatingIfNeeded: words[start + 2])
    record.flags = OrderFlags(bits: UInt32(truncatingIfNeeded: words[start + 2] >> 32))
    let price = Int64(bitPattern: words[start + 3])
    record.size = Int64(bitPattern: words[start + 4])
    record.held = Int64(bitPattern: words[start + 5])
    record.createdAt = time.milliseconds
    record.updatedAt = time.milliseconds
    var next = start + 6
    func take() -> UInt64 {
      defer { next += 1 }
      return words[next]
    }
    if header & OrderHeader.isOlder != 0 { record.createdAt = Int64(bitPattern: take()) }
    if header & OrderHeader.hasFills != 0 {
      record.filled = Int64(bitPattern: take())
      record.filledQuote = Int64(bitPattern: take())
      record.fee = Int64(bitPattern: take())
      record.rebate = Int64(bitPattern: take())
    }
    func text(_ shift: UInt64) -> Text32? {
      let count = Int(header >> shift & 15)
      return Text32(
        words: count > 0 ? take() : 0, count > 1 ? take() : 0, count > 2 ? take() : 0,
        count > 3 ? take() : 0)
    }
    guard let client = text(OrderHeader.clientWordsShift),
      let tag = text(OrderHeader.tagWordsShift),
      let tag = OrderTag(words: tag.word0, tag.word1),
      let request = text(OrderHeader.requestWordsShift)
    else { return nil }
    record.clientOrderID = client
    let base = AssetID((header >> OrderHeader.baseShift & 0xFFF) + 1)
    let quote = AssetID((header >> OrderHeader.quoteShift & 0xFFF) + 1)
    let (gets, gives) = record.flags.side == .buy ? (base, quote) : (quote, base)
    let order = Order(record, price: price, tag: tag, feeAsset: gets)
    switch header >> OrderHeader.changeShift & 15 {
    case 0: return .order(order, .placed)
    case 1, 2:
      guard let trade else { return nil }
      let isMaker = header >> OrderHeader.changeShift & 15 == 1
      let fee = isMaker ? trade.makerFee : trade.takerFee
      return .order(
        order,
        .filled(
          Fill(
            trade: trade.id, price: trade.price, size: trade.size, quote: trade.quote, fee: fee,
            feeAsset: fee < .zero ? gives : gets, isMaker: isMaker)))
    case 3: return .order(order, .canceled)
    default: return .order(order, .amended(requestID: request))
    }
  }
}

extension Order {
  /// The order in the form that readers know.
  init(_ record: OrderRecord, price: Int64, tag: OrderTag, feeAsset: AssetID) {
    let flags = record.flags
    self.init(
      id: OrderID(record.id), account: AccountID(UInt64(record.account) + 1),
      instrument: InstrumentID(UInt64(record.market) + 1), clientOrderID: record.clientOrderID,
      tag: tag, side: flags.side, type: flags.type, selfTrade: flags.selfTrade,
      price: flags.hasPrice ? Price(ticks: price) : nil,
      size: flags.isByBudget ? .quote(Amount(units: record.size)) : .base(Lots(record.size)),
      filled: Lots(record.filled), filledQuote: Amount(units: record.filledQuote),
      fee: Amount(units: record.fee), feeAsset: feeAsset, rebate: Amount(units: record.rebate),
      held: Amount(units: record.held), state: flags.state, cancelSource: flags.cancelSource,
      createdAt: Timestamp(milliseconds: record.createdAt),
      updatedAt: Timestamp(milliseconds: record.updatedAt))
  }
}
