import Money
package import Wire

extension Reopening: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(keysProved)
    writer.write(keysNeeded)
    writer.write(countersEqual)
    writer.write(countersNeeded)
    writer.write(optional: judged) { $0.write($1) }
    writer.write(canary)
    writer.write(drainPerHour)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init()
    keysProved = try reader.read()
    keysNeeded = try reader.read()
    countersEqual = try reader.read()
    countersNeeded = try reader.read()
    judged = try reader.readOptional { r throws(WireError) in try r.read(UInt32.self) }
    canary = try reader.readOptional(PayoutID.init(from:))
    drainPerHour = try reader.read()
  }
}

extension Drain: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(left)
    writer.write(perHour)
    writer.write(last)
    writer.write(hourBegan)
    writer.write(paid)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      left: try reader.read(), perHour: try reader.read(), last: try reader.read(),
      hourBegan: try reader.read(), paid: try reader.read())
  }
}

extension EndedSuspension: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(suspension)
    writer.write(endedAt)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(try reader.read(), endedAt: try reader.read())
  }
}

extension ServiceDecision: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(operatorName)
    writer.write(asset)
    writer.write(tag: action)
    writer.write(tag: reasonClass)
    writer.write(text)
    writer.write(number)
    writer.write(signature)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      operatorName: try reader.read(), asset: try reader.read(),
      action: try reader.read(tag: Action.self),
      reasonClass: try reader.read(tag: SuspensionClass.self), text: try reader.read(),
      number: try reader.read(), signature: try reader.read())
  }
}

extension KeyHoldersReport: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(live)
    writer.write(threshold)
    writer.write(seats)
    writer.write(frozen)
    writer.write(reduced)
    writer.write(claims)
    writer.write(optional: successorAt) { $0.write($1) }
    writer.write(logCount)
    writer.write(logHead)
    writer.write(signature)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      live: try reader.read(), threshold: try reader.read(), seats: try reader.read(),
      frozen: try reader.read(), reduced: try reader.read(), claims: try reader.read(),
      successorAt: try reader.readOptional { r throws(WireError) in try r.read(Int64.self) },
      logCount: try reader.read(), logHead: try reader.read(), signature: try reader.read())
  }
}

extension ReopeningCheck: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(asset)
    writer.write(keysProved)
    writer.write(keysNeeded)
    writer.write(countersEqual)
    writer.write(countersNeeded)
    writer.write(optional: judged) { $0.write($1) }
    writer.write(drainPerHour)
    writer.write(signature)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      asset: try reader.read(), keysProved: try reader.read(), keysNeeded: try reader.read(),
      countersEqual: try reader.read(), countersNeeded: try reader.read(),
      judged: try reader.readOptional { r throws(WireError) in try r.read(UInt32.self) },
      drainPerHour: try reader.read(), signature: try reader.read())
  }
}

extension WalletRotation: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(descriptor)
    writer.write(maximumFee)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(descriptor: try reader.read(), maximumFee: try reader.read())
  }
}

extension FormerWallet: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(descriptor)
    writer.write(depositEnd)
    writer.write(changeEnd)
    writer.write(rotatedAt)
    writer.write(maximumFee)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      descriptor: try reader.read(), depositEnd: try reader.read(), changeEnd: try reader.read(),
      rotatedAt: try reader.read(), maximumFee: try reader.read())
  }
}
