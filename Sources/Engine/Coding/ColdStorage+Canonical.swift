import Money
package import Wire

extension ColdWallet: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(descriptor)
    writer.write(maximumFee)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(descriptor: try reader.read(), maximumFee: try reader.read())
  }
}

extension ColdBatch: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(number)
    writer.write(firstIndex)
    writer.write(count)
    writer.write(addressCap)
    writer.write(epoch)
    writer.write(epochCap)
    writer.write(signed)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      number: try reader.read(), firstIndex: try reader.read(), count: try reader.read(),
      addressCap: try reader.read(), epoch: try reader.read(), epochCap: try reader.read(),
      signed: try reader.read())
  }
}

extension ColdPayment: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(index)
    writer.write(amount)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(index: try reader.read(), amount: try reader.read())
  }
}

extension FloatPlan: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(targetBasisPoints)
    writer.write(usualTargetBasisPoints)
    writer.write(lowBasisPoints)
    writer.write(highBasisPoints)
    writer.write(optional: refill) { $0.write($1) }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      targetBasisPoints: try reader.read(), usualTargetBasisPoints: try reader.read(),
      lowBasisPoints: try reader.read(), highBasisPoints: try reader.read(),
      refill: try reader.readOptional(RefillNeed.init(from:)))
  }

  /// The form of a plan whose target is the usual one: that of all plans before the float could shrink.
  func encode(withoutUsual writer: inout ByteWriter) {
    writer.write(targetBasisPoints)
    writer.write(lowBasisPoints)
    writer.write(highBasisPoints)
    writer.write(optional: refill) { $0.write($1) }
  }

  init(withoutUsual reader: inout ByteReader) throws(WireError) {
    self.init(
      targetBasisPoints: try reader.read(), lowBasisPoints: try reader.read(),
      highBasisPoints: try reader.read(), refill: try reader.readOptional(RefillNeed.init(from:)))
  }
}

extension RefillNeed: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(amount)
    writer.write(missing)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(amount: try reader.read(), missing: try reader.read())
  }
}

extension Refill: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(number)
    writer.write(need)
    writer.write(changeIndex)
    writer.write(requestedAt)
    writer.write(updatedAt)
    writer.write(state)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      number: try reader.read(), need: try reader.read(), changeIndex: try reader.read(),
      requestedAt: try reader.read(), updatedAt: try reader.read(), state: try reader.read())
  }
}

extension Refill.State: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .open: writer.write(UInt8(0))
    case .arrived(let point, let amount):
      writer.write(case: 1, point)
      writer.write(amount)
    case .withdrawn: writer.write(UInt8(2))
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .open
    case 1: self = .arrived(try reader.read(), try reader.read())
    case 2: self = .withdrawn
    default: throw .malformed(at: at)
    }
  }
}
