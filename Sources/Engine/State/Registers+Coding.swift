import Money
import Wire
import Structures

// How the registers are written: what was recorded, in the order of ids; indexes are rebuilt.

extension CustomerRegister: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(list: records) { writer, record in
      writer.write(record.account)
      writer.write(record.lastNonce)
      writer.write(record.apiKeys.compactMap { apiKeys[$0] })
    }
    writer.write(list: entries) { $0.write($1) }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init()
    for _ in 0..<(try reader.read(UInt32.self)) {
      let at = reader.offset
      var record = Record(account: try reader.read())
      let account = record.account
      record.lastNonce = try reader.read()
      guard account.id == nextAccount, names[account.name] == nil else { throw .malformed(at: at) }
      for key in try reader.read([APIKey].self) {
        guard key.account == account.id, apiKeys[key.key] == nil else { throw .malformed(at: at) }
        apiKeys[key.key] = key
        record.apiKeys.append(key.key)
      }
      names[account.name] = account.id
      records.append(record)
      if let master = account.master {
        guard let index = master.index(in: records.count - 1) else { throw .malformed(at: at) }
        records[index].subaccounts.append(account.id)
      }
    }
    for _ in 0..<(try reader.read(UInt32.self)) {
      let at = reader.offset
      guard let entry = try reader.readOptional(AddressEntry.init(from:)) else {
        entries.append(nil)
        continue
      }
      let key = EntryKey(account: entry.account, asset: entry.asset, address: entry.address)
      guard entry.id == nextEntry, let index = entry.account.index(in: records.count),
        entryIDs[key] == nil
      else { throw .malformed(at: at) }
      entries.append(entry)
      entryIDs[key] = entry.id
      records[index].entries.insert(entry.id)
    }
  }
}

extension ChainRegister.Block: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(point)
    writer.write(received)
    writer.write(spent)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(point: try reader.read(), received: try reader.read(), spent: try reader.read())
  }
}

extension ChainRegister {
  func encode(into writer: inout ByteWriter) {
    writer.write(recent)
    writer.write(outputs.outputs)
    writer.write(addresses)
    writer.write(nextChangeIndex)
  }

  /// Reads the chain with the addresses of customers 1 to `accounts`.
  init(from reader: inout ByteReader, accounts: Int) throws(WireError) {
    self.init()
    recent = try reader.read()
    var previous: ChainOutpoint?
    for output in try reader.read([OwnedOutput].self) {
      let sum = outputTotal.units.addingReportingOverflow(output.amount.units)
      guard previous.map({ $0 < output.outpoint }) ?? true, output.amount > .zero, !sum.overflow
      else { throw .malformed(at: reader.offset) }
      outputs.set(output)
      outputTotal = Amount(units: sum.partialValue)
      previous = output.outpoint
    }
    for address in try reader.read([DepositAddress].self) {
      guard address.index == UInt32(clamping: addresses.count),
        address.account.index(in: accounts) != nil
      else { throw .malformed(at: reader.offset) }
      assign(address)
    }
    nextChangeIndex = try reader.read()
    guard recent.count <= Self.recentLimit else { throw .malformed(at: reader.offset) }
  }
}

extension WithdrawalWindows.Entry: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(at)
    writer.write(withdrawal)
    writer.write(amount)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(at: try reader.read(), withdrawal: try reader.read(), amount: try reader.read())
  }
}

extension WithdrawalRegister {
  func encode(into writer: inout ByteWriter) {
    writer.write(all)
    writer.write(payouts)
    writer.write(list: windows.assets) { $0.write($1) }
  }

  /// Reads the withdrawals of customers 1 to `accounts`.
  init(from reader: inout ByteReader, accounts: Int) throws(WireError) {
    self.init()
    for withdrawal in try reader.read([Withdrawal].self) {
      guard withdrawal.id == next, withdrawal.account.index(in: accounts) != nil
      else { throw .malformed(at: reader.offset) }
      set(withdrawal)
    }
    for payout in try reader.read([Payout].self) {
      guard payout.id == nextPayout else { throw .malformed(at: reader.offset) }
      set(payout)
    }
    let lists = try reader.readList { r throws(WireError) in
      try r.read([WithdrawalWindows.Entry].self)
    }
    guard let restored = WithdrawalWindows(restoring: lists, of: all) else {
      throw .malformed(at: reader.offset)
    }
    windows = restored
  }
}
