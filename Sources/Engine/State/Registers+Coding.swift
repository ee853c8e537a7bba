import Money
package import Wire
import Structures

// How the registers are written: what was recorded, in the order of ids; indexes are rebuilt.

extension CustomerRegister {
  /// Appends what trading does not say of the accounts.
  func encode(into writer: inout ByteWriter) {
    writer.write(UInt32(count))
    for index in 0..<count {
      writer.write(name(index))
      writer.write(openedAt(index))
      let details = details(index)
      writer.write(details.lastNonce)
      writer.write(optional: signingKey(index)) { $0.write($1) }
      writer.write(details.signatureCounter)
      writer.write(optional: details.credentialsChangedAt) { $0.write($1) }
    }
    let keys = apiKeys.indices.filter { !apiKeys.isRemoved($0) }
    writer.write(list: keys) { apiKeys.write($1, into: &$0) }
    writer.write(list: Array(entries.indices)) { writer, number in
      writer.write(!entries.isRemoved(number))
      entries.write(number, into: &writer)
    }
  }

  /// Reads accounts; whose sub-accounts they are, trading says.
  init(from reader: inout ByteReader, _ hashKey: HashKey) throws(WireError) {
    self.init(hashKey)
    for index in 0..<Int(try reader.read(UInt32.self)) {
      let at = reader.offset
      let name = try reader.read(String.self)
      guard (1...64).contains(name.utf8.count), account(named: name) == nil, hasRoom else {
        throw .malformed(at: at)
      }
      open(name: name, at: try reader.read())
      var details = Details()
      details.lastNonce = try reader.read()
      let keyAt = reader.offset
      let key = try reader.readOptional { r throws(WireError) in
        try r.read([UInt8].self, limit: Exchange.signingKeyLengths.upperBound)
      }
      guard key.map({ Exchange.signingKeyLengths.contains($0.count) }) ?? true else {
        throw .malformed(at: keyAt)
      }
      details.signatureCounter = try reader.read()
      details.credentialsChangedAt = try reader.readOptional { r throws(WireError) in
        try r.read(Int64.self)
      }
      if !details.isEmpty { change(index) { $0 = details } }
      if let key { setSigningKey(index, to: key) }
    }
    for _ in 0..<(try reader.read(UInt32.self)) {
      let at = reader.offset
      let key = try APIKey(from: &reader)
      guard key.account.index(in: count) != nil, apiKey(key.key) == nil else {
        throw .malformed(at: at)
      }
      add(key)
    }
    for _ in 0..<(try reader.read(UInt32.self)) {
      let at = reader.offset
      guard let entry = try reader.readOptional(AddressEntry.init(from:)) else {
        skipEntry()
        continue
      }
      guard entry.id == nextEntry, entry.account.index(in: count) != nil,
        self.entry(of: entry.account, entry.asset, to: entry.address) == nil
      else { throw .malformed(at: at) }
      add(entry)
    }
  }
}

extension DepositRegister {
  func encode(into writer: inout ByteWriter) {
    writer.write(next)
    writer.write(list: Array(onChain.indices)) { onChain.write($1, into: &$0) }
    writer.write(waitingReceipts)
    writer.write(UInt32(credited.count))
    credited.forEach { writer.write($0) }
    writer.write(creditedTotals)
  }

  /// Reads the deposits of customers 1 to `accounts`.
  init(from reader: inout ByteReader, _ hashKey: HashKey, accounts: Int) throws(WireError) {
    self.init(hashKey)
    let next = try reader.read(DepositID.self)
    var before = DepositID(0)
    for deposit in try reader.read([Deposit].self) {
      guard case .chain(let outpoint) = deposit.source, self[outpoint] == nil,
        before < deposit.id, deposit.id < next, deposit.account.index(in: accounts) != nil
      else { throw .malformed(at: reader.offset) }
      before = deposit.id
      set(deposit)
    }
    before = DepositID(0)
    for deposit in try reader.read([Deposit].self) {
      guard case .receipt(let reference) = deposit.source, case .attested = deposit.state,
        receipt(reference, of: deposit.asset) == nil, self[deposit.id] == nil,
        before < deposit.id, deposit.id < next, deposit.account.index(in: accounts) != nil
      else { throw .malformed(at: reader.offset) }
      before = deposit.id
      set(deposit)
    }
    let digests = try reader.readList(limit: Int(UInt32.max)) { r throws(WireError) in
      try r.read(UInt128.self)
    }
    let totals = try reader.read([Amount].self)
    guard restore(digests, totals: totals, next: next) else {
      throw .malformed(at: reader.offset)
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
    writer.write(list: Array(addresses.indices)) { addresses.write($1, into: &$0) }
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
    writer.write(list: Array(all.indices)) { all.write($1, into: &$0) }
    writer.write(list: Array(payouts.indices)) { payouts.write($1, into: &$0) }
    writer.write(list: windows.lists) { $0.write($1) }
  }

  /// Reads the withdrawals of customers 1 to `accounts`.
  init(from reader: inout ByteReader, _ hashKey: HashKey, accounts: Int) throws(WireError) {
    self.init(hashKey)
    for withdrawal in try reader.read([Withdrawal].self) {
      guard withdrawal.id == next, withdrawal.account.index(in: accounts) != nil,
        withdrawal.clientID.isEmpty
          || self.withdrawal(withdrawal.clientID, of: withdrawal.account) == nil
      else { throw .malformed(at: reader.offset) }
      set(withdrawal)
    }
    for payout in try reader.read([Payout].self) {
      guard payout.id == nextPayout, self.payout(payout.transaction) == nil else {
        throw .malformed(at: reader.offset)
      }
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
