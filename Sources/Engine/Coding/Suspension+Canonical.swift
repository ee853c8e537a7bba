import Money
package import Wire

extension Suspension: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(asset)
    writer.write(reason)
    writer.write(since)
    writer.write(closes)
    writer.write(nextUpdateBy)
    writer.write(note)
    writer.write(optional: liftedBy) { $0.write($1) }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      asset: try reader.read(),
      reason: try reader.read(),
      since: try reader.read(),
      closes: try reader.read(),
      nextUpdateBy: try reader.read(),
      note: try reader.read(),
      liftedBy: try reader.readOptional { r throws(WireError) in try r.read(String.self) })
  }
}

extension Suspension.Reason: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .reservesBelowLiabilities(let owed, let covered, let point):
      writer.write(UInt8(0))
      writer.write(owed)
      writer.write(covered)
      writer.write(point)
    case .unexplainedOutflow(let outpoint):
      writer.write(UInt8(1))
      writer.write(outpoint)
    case .reorganisationBeyondFinality(let deposit):
      writer.write(UInt8(2))
      writer.write(deposit)
    case .signersUnavailable(let reachable, let threshold):
      writer.write(UInt8(3))
      writer.write(reachable)
      writer.write(threshold)
    case .guardUnreachable: writer.write(UInt8(4))
    case .guardHalted(let reason):
      writer.write(UInt8(5))
      writer.write(reason)
    case .chainUnreliable(let problem):
      writer.write(UInt8(6))
      writer.write(problem)
    case .refillAwaited(let missing):
      writer.write(UInt8(7))
      writer.write(missing)
    case .keyHoldersMissing(let live, let threshold, let frozen):
      writer.write(UInt8(8))
      writer.write(live)
      writer.write(threshold)
      writer.write(frozen)
    case .keyHoldersFew(let live, let threshold):
      writer.write(UInt8(9))
      writer.write(live)
      writer.write(threshold)
    case .decided(let about):
      writer.write(UInt8(10))
      writer.write(tag: about)
    case .reopening(let checks):
      writer.write(UInt8(11))
      writer.write(checks)
    case .draining(let drain):
      writer.write(UInt8(12))
      writer.write(drain)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0:
      self = .reservesBelowLiabilities(
        owed: try reader.read(), covered: try reader.read(), at: try reader.read())
    case 1: self = .unexplainedOutflow(try reader.read())
    case 2: self = .reorganisationBeyondFinality(try reader.read())
    case 3:
      self = .signersUnavailable(reachable: try reader.read(), threshold: try reader.read())
    case 4: self = .guardUnreachable
    case 5: self = .guardHalted(try reader.read())
    case 6: self = .chainUnreliable(try reader.read())
    case 7: self = .refillAwaited(missing: try reader.read())
    case 8:
      self = .keyHoldersMissing(
        live: try reader.read(), threshold: try reader.read(), frozen: try reader.read())
    case 9: self = .keyHoldersFew(live: try reader.read(), threshold: try reader.read())
    case 10: self = .decided(try reader.read(tag: SuspensionClass.self))
    case 11: self = .reopening(try reader.read())
    case 12: self = .draining(try reader.read())
    default: throw .malformed(at: at)
    }
  }
}
