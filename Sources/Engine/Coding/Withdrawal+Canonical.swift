import Money
import Risk
import Structures
package import Wire

extension Withdrawal: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(id)
    writer.write(account)
    writer.write(asset)
    writer.write(authority)
    writer.write(address)
    writer.write(amount)
    writer.write(fee)
    writer.write(clientID)
    writer.write(requestedAt)
    writer.write(updatedAt)
    writer.write(decision)
    writer.write(list: approvals) { $0.write($1) }
    writer.write(state)
    writer.write(optional: release) { $0.write($1) }
    writer.write(payout)
    writer.write(optional: transaction) { $0.write($1) }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      id: try reader.read(),
      account: try reader.read(),
      asset: try reader.read(),
      authority: try reader.read(),
      address: try reader.read(),
      amount: try reader.read(),
      fee: try reader.read(),
      clientID: try reader.read(),
      requestedAt: try reader.read(),
      updatedAt: try reader.read(),
      decision: try reader.read(),
      approvals: try reader.readList { r throws(WireError) in
        try r.read(String.self)
      },
      state: try reader.read(),
      release: try reader.readOptional { r throws(WireError) in
        try r.read([UInt8].self)
      },
      payout: try reader.readOptional(PayoutID.init(from:)),
      transaction: try reader.readOptional { r throws(WireError) in
        try r.read([UInt8].self)
      })
  }
}

extension Withdrawal.Authority: Canonical {
  /// Where else an entry's number stands: entries are counted from 1.
  private static let intentFollows = AddressEntryID(0)

  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .entry(let entry): writer.write(entry)
    case .intent(let intent):
      writer.write(Self.intentFollows)
      intent.encode(into: &writer)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let entry = try reader.read(AddressEntryID.self)
    self =
      entry == Self.intentFollows
      ? .intent(try WithdrawalIntent(from: &reader)) : .entry(entry)
  }
}

extension WithdrawalIntent: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(chain)
    writer.write(maximumFee)
    writer.write(nonce)
    writer.write(expiresAt)
    writer.write(signingKey)
    writer.write(signature)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      chain: try reader.read(), maximumFee: try reader.read(), nonce: try reader.read(),
      expiresAt: try reader.read(), signingKey: try reader.read(), signature: try reader.read())
  }
}

extension Payout: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(id)
    writer.write(asset)
    writer.write(withdrawals)
    writer.write(inputs)
    writer.write(optional: changeIndex) { $0.write($1) }
    writer.write(change)
    writer.write(networkFee)
    writer.write(unsigned)
    writer.write(optional: signed) { $0.write($1) }
    writer.write(transaction)
    // A payout that was never replaced looks as it did before there were versions.
    if !others.isEmpty {
      writer.write(Self.versionsFollow)
      writer.write(others)
    }
    if !cold.isEmpty {
      writer.write(Self.coldFollows)
      writer.write(cold)
    }
    if !split.isEmpty {
      writer.write(Self.splitFollows)
      writer.write(list: split) { $0.write($1) }
    }
    writer.write(state)
    writer.write(builtAt)
    writer.write(updatedAt)
  }

  /// Where else the number of a state stands: the other versions come first.
  private static let versionsFollow: UInt8 = 255
  /// What goes to cold storage comes before the state.
  private static let coldFollows: UInt8 = 254
  /// The parts of the change come before the state.
  private static let splitFollows: UInt8 = 253

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      id: try reader.read(),
      asset: try reader.read(),
      withdrawals: try reader.read(),
      inputs: try reader.read(),
      changeIndex: try reader.readOptional { r throws(WireError) in
        try r.read(UInt32.self)
      },
      change: try reader.read(),
      networkFee: try reader.read(),
      unsigned: try reader.read(),
      signed: try reader.readOptional { r throws(WireError) in
        try r.read([UInt8].self)
      },
      transaction: try reader.read(), state: .built, builtAt: Timestamp(milliseconds: 0),
      updatedAt: Timestamp(milliseconds: 0))
    var at = reader.offset
    var number = try reader.read(UInt8.self)
    if number == Self.versionsFollow {
      others = try reader.read()
      guard !others.isEmpty else { throw .malformed(at: at) }
      at = reader.offset
      number = try reader.read(UInt8.self)
    }
    if number == Self.coldFollows {
      cold = try reader.read()
      guard !cold.isEmpty else { throw .malformed(at: at) }
      at = reader.offset
      number = try reader.read(UInt8.self)
    }
    if number == Self.splitFollows {
      split = try reader.readList { r throws(WireError) in try r.read(Amount.self) }
      guard !split.isEmpty else { throw .malformed(at: at) }
      at = reader.offset
      number = try reader.read(UInt8.self)
    }
    state = try State(number, at: at, from: &reader)
    builtAt = try reader.read()
    updatedAt = try reader.read()
  }
}

extension Payout.Version: Canonical {
  /// Where else it says whether there is change: its parts come first.
  static let splitFollows: UInt8 = 3

  /// Reads the parts of the change, if they are what comes next.
  static func readSplit(from reader: inout ByteReader) throws(WireError) -> [Amount] {
    guard reader.peek() == splitFollows else { return [] }
    let at = reader.offset
    _ = try reader.read(UInt8.self)
    let split = try reader.readList { r throws(WireError) in try r.read(Amount.self) }
    guard !split.isEmpty else { throw .malformed(at: at) }
    return split
  }

  package func encode(into writer: inout ByteWriter) {
    writer.write(inputs)
    // One change output looks as it did before there could be more.
    if !split.isEmpty {
      writer.write(Self.splitFollows)
      writer.write(list: split) { $0.write($1) }
    }
    writer.write(optional: changeIndex) { $0.write($1) }
    writer.write(change)
    writer.write(networkFee)
    writer.write(unsigned)
    writer.write(optional: signed) { $0.write($1) }
    writer.write(transaction)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let inputs = try reader.read([ChainOutpoint].self)
    let split = try Self.readSplit(from: &reader)
    self.init(
      inputs: inputs,
      changeIndex: try reader.readOptional { r throws(WireError) in
        try r.read(UInt32.self)
      },
      change: try reader.read(),
      networkFee: try reader.read(),
      unsigned: try reader.read(),
      signed: try reader.readOptional { r throws(WireError) in
        try r.read([UInt8].self)
      },
      transaction: try reader.read(), split: split)
  }
}

extension Withdrawal.State: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .delayed(let until):
      writer.write(UInt8(0))
      writer.write(until)
    case .inReview: writer.write(UInt8(1))
    case .approved: writer.write(UInt8(2))
    case .guardHeld(let until, .said(let reason)):
      writer.write(UInt8(3))
      writer.write(until)
      writer.write(reason)
    case .guardHeld(let until, .awaitsRefill):
      writer.write(UInt8(11))
      writer.write(until)
    case .released: writer.write(UInt8(4))
    case .building: writer.write(UInt8(5))
    case .broadcast: writer.write(UInt8(6))
    case .mined(let point):
      writer.write(UInt8(7))
      writer.write(point)
    case .confirmed(let point):
      writer.write(UInt8(8))
      writer.write(point)
    case .refused(let reason):
      writer.write(UInt8(9))
      writer.write(reason)
    case .canceled: writer.write(UInt8(10))
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .delayed(until: try reader.read())
    case 1: self = .inReview
    case 2: self = .approved
    case 3: self = .guardHeld(until: try reader.read(), reason: .said(try reader.read()))
    case 4: self = .released
    case 5: self = .building
    case 6: self = .broadcast
    case 7: self = .mined(try reader.read())
    case 8: self = .confirmed(try reader.read())
    case 9: self = .refused(reason: try reader.read())
    case 10: self = .canceled
    case 11: self = .guardHeld(until: try reader.read(), reason: .awaitsRefill)
    default: throw .malformed(at: at)
    }
  }
}

extension Payout.State: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .built: writer.write(UInt8(0))
    case .signed: writer.write(UInt8(1))
    case .mined(let point):
      writer.write(UInt8(2))
      writer.write(point)
    case .confirmed(let point):
      writer.write(UInt8(3))
      writer.write(point)
    case .lost(let loss):
      writer.write(UInt8(4))
      writer.write(loss)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    try self.init(try reader.read(UInt8.self), at: at, from: &reader)
  }

  /// Reads the rest of a state whose number was read at `at`.
  init(_ number: UInt8, at: Int, from reader: inout ByteReader) throws(WireError) {
    switch number {
    case 0: self = .built
    case 1: self = .signed
    case 2: self = .mined(try reader.read())
    case 3: self = .confirmed(try reader.read())
    case 4: self = .lost(try reader.read())
    default: throw .malformed(at: at)
    }
  }
}

extension Payout.Loss: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .conflict(let transaction, let point):
      writer.write(UInt8(0))
      writer.write(transaction)
      writer.write(point)
    case .unsigned: writer.write(UInt8(1))
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .conflict(transaction: try reader.read(), in: try reader.read())
    case 1: self = .unsigned
    default: throw .malformed(at: at)
    }
  }
}
