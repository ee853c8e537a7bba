import Money
package import Wire

extension ChainOutpoint: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(transaction)
    writer.write(index)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      transaction: try reader.read(),
      index: try reader.read())
  }
}

extension ChainPoint: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(height)
    writer.write(hash)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      height: try reader.read(),
      hash: try reader.read())
  }
}

extension ScriptIndex: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(tag: branch)
    writer.write(index)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      branch: try reader.read(tag: ScriptIndex.Branch.self),
      index: try reader.read())
  }
}

extension DepositAddress: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(asset)
    writer.write(index)
    writer.write(address)
    writer.write(assignedAt)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      account: try reader.read(),
      asset: try reader.read(),
      index: try reader.read(),
      address: try reader.read(),
      assignedAt: try reader.read())
  }
}

extension OwnedOutput: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(outpoint)
    writer.write(script)
    writer.write(amount)
    writer.write(height)
    writer.write(payout)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      outpoint: try reader.read(),
      script: try reader.read(),
      amount: try reader.read(),
      height: try reader.read(),
      payout: try reader.readOptional(PayoutID.init(from:)))
  }
}

extension Deposit: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(id)
    writer.write(account)
    writer.write(asset)
    writer.write(amount)
    writer.write(address)
    writer.write(source)
    writer.write(state)
    writer.write(seenAt)
    writer.write(updatedAt)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      id: try reader.read(),
      account: try reader.read(),
      asset: try reader.read(),
      amount: try reader.read(),
      address: try reader.read(),
      source: try reader.read(),
      state: try reader.read(),
      seenAt: try reader.read(),
      updatedAt: try reader.read())
  }
}

extension Deposit.Source: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .chain(let outpoint):
      writer.write(UInt8(0))
      writer.write(outpoint)
    case .receipt(let reference):
      writer.write(UInt8(1))
      writer.write(reference)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .chain(try reader.read())
    case 1: self = .receipt(try reader.read())
    default: throw .malformed(at: at)
    }
  }
}

extension Deposit.State: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .seen: writer.write(UInt8(0))
    case .confirming(let point):
      writer.write(UInt8(1))
      writer.write(point)
    case .attested(let name):
      writer.write(UInt8(2))
      writer.write(name)
    case .credited(let point):
      writer.write(UInt8(3))
      writer.write(point)
    case .belowMinimum: writer.write(UInt8(4))
    case .reversed: writer.write(UInt8(5))
    case .withdrawable(let point):
      writer.write(UInt8(6))
      writer.write(point)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .seen
    case 1: self = .confirming(try reader.read())
    case 2: self = .attested(by: try reader.read())
    case 3: self = .credited(try reader.readOptional(ChainPoint.init(from:)))
    case 4: self = .belowMinimum
    case 5: self = .reversed
    case 6: self = .withdrawable(try reader.read())
    default: throw .malformed(at: at)
    }
  }
}
