import Ledger
import Matching
import Money
import Structures
import Wire

// Trading in a snapshot: what cannot be derived, pool by pool, live slots only. Slot numbers are
// part of the state, so that what follows a snapshot is the same as without it.

extension Trading {
  func encode(into writer: inout ByteWriter) {
    writer.write(nextOrder)
    writer.write(nextTrade)
    writer.write(nextBill)
    writer.write(accountCount)
    for account in 0..<accountCount {
      writer.write(accounts[account].master)
      writer.write(accounts[account].feeTier)
      writer.write(tag: accounts[account].selfTrade)
    }
    ledger.encode(into: &writer)
    orders.encode(into: &writer)
    for market in 0..<markets.count {
      writer.write(markets[market].rules.lastPrice)
      writer.write(tag: markets[market].rules.state)
      markets[market].book.encode(into: &writer, in: orders)
    }
    for slot in 0..<orders.fresh where orders[slot].size > 0 {
      record(at: slot).encode(into: &writer)
      if records[slot].flags.hasTag { writer.write(tags[slot]) }
    }
  }

  /// Reads what ``encode(into:)`` wrote, under the markets of `configuration`.
  ///
  /// - Throws: ``WireError`` when a part is not what it can be. Whether the parts agree is for
  ///   ``isConsistent``.
  init(
    from reader: inout ByteReader, _ configuration: ExchangeConfiguration,
    _ hashKey: HashKey, scale: (Instrument) -> NotionalScale?
  ) throws(WireError) {
    self.init(capacity: configuration.capacity)
    clientSeed = MixSeed(hashKey)
    isConfigured = true
    try readAccounts(from: &reader)
    ledger = try Ledger(
      from: &reader, capacity: capacity.balances, customers: accountCount)
    guard ledger.assetCount == configuration.assets.count else {
      throw .malformed(at: reader.offset)
    }
    let at = reader.offset
    orders = try OrderSlots(from: &reader)
    guard orders.capacity == capacity.orders else { throw .malformed(at: at) }
    for (index, instrument) in configuration.instruments.enumerated() {
      guard let scale = scale(instrument) else { throw .malformed(at: reader.offset) }
      list(instrument, as: UInt32(index), scale: scale)
      let price: Int64 = try reader.read()
      guard price >= 0 else { throw .malformed(at: reader.offset) }
      markets[UInt32(index)].rules.lastPrice = price
      markets[UInt32(index)].rules.setLimits()
      markets[UInt32(index)].rules.state = try reader.read(tag: InstrumentState.self)
      markets[UInt32(index)].book = try Book(from: &reader, in: &orders)
    }
    try readOpenOrders(from: &reader)
  }

  private mutating func readAccounts(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    nextOrder = try reader.read()
    nextTrade = try reader.read()
    nextBill = try reader.read()
    accountCount = try reader.read()
    guard max(nextOrder, nextTrade, nextBill) < 1 << 62, accountCount <= capacity.accounts else {
      throw .malformed(at: at)
    }
    for account in 0..<accountCount {
      var row = AccountRow(master: try reader.read())
      row.feeTier = try reader.read()
      row.selfTrade = try reader.read(tag: SelfTradePrevention.self)
      guard row.master < accountCount, UInt32(row.feeTier) < FeeRates.tiers else {
        throw .malformed(at: reader.offset)
      }
      accounts[account] = row
    }
  }

  private mutating func readOpenOrders(from reader: inout ByteReader) throws(WireError) {
    var found: [(id: UInt64, slot: UInt32)] = []
    found.reserveCapacity(Int(orders.count))
    for slot in 0..<orders.fresh where orders[slot].size > 0 {
      let at = reader.offset
      let record = try OrderRecord(from: &reader)
      if record.flags.hasTag {
        tags[slot] = try reader.read()
        guard !tags[slot].isEmpty else { throw .malformed(at: at) }
      }
      guard record.account < accountCount, record.id < nextOrder, record.flags.isOpen else {
        throw .malformed(at: at)
      }
      restore(record, at: slot)
      found.append((record.id, slot))
    }
    guard found.count == Int(orders.count), orders.freeSlotsAreEmpty else {
      throw .malformed(at: reader.offset)
    }
    found.sort { $0.id < $1.id }
    var previous: UInt64 = 0
    for (id, slot) in found {
      let record = record(at: slot)
      guard id > previous,
        record.clientOrderID.isEmpty
          || openSlot(record.clientOrderID, of: record.account) == nil
      else { throw .malformed(at: reader.offset) }
      previous = id
      link(
        slot, id: id, of: record.account,
        clientHash: record.clientOrderID.isEmpty
          ? nil : clientSeed.hash(record.account, record.clientOrderID))
    }
  }
}

extension OrderRecord {
  /// Appends all but the links of its account's list.
  fileprivate func encode(into writer: inout ByteWriter) {
    writer.write(id)
    writer.write(account)
    writer.write(flags.bits)
    writer.write(spends)
    writer.write(receives)
    writer.write(clientOrderID.word0)
    writer.write(clientOrderID.word1)
    writer.write(clientOrderID.word2)
    writer.write(clientOrderID.word3)
    writer.write(size)
    writer.write(filled)
    writer.write(filledQuote)
    writer.write(fee)
    writer.write(rebate)
    writer.write(held)
    writer.write(createdAt)
    writer.write(updatedAt)
  }

  fileprivate init(from reader: inout ByteReader) throws(WireError) {
    self.init()
    let at = reader.offset
    id = try reader.read()
    account = try reader.read()
    flags = OrderFlags(bits: try reader.read())
    spends = try reader.read()
    receives = try reader.read()
    let text = ClientOrderID(
      words: try reader.read(), try reader.read(), try reader.read(), try reader.read())
    size = try reader.read()
    filled = try reader.read()
    filledQuote = try reader.read()
    fee = try reader.read()
    rebate = try reader.read()
    held = try reader.read()
    createdAt = try reader.read()
    updatedAt = try reader.read()
    guard let text, text.isAlphanumeric, flags.areValid, size >= 0, filled >= 0,
      filledQuote >= 0, fee >= 0, rebate >= 0, held >= 0,
      max(filledQuote, fee, rebate) <= 1 << 62,
      (0...Exchange.endOfTime.milliseconds).contains(createdAt)
    else { throw .malformed(at: at) }
    clientOrderID = text
  }
}
