import Money
import Structures
package import Wire

// A case's number is part of the journal's format: never reused, never renumbered.

extension Algo.Size: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .base(let lots):
      writer.write(UInt8(0))
      writer.write(lots.count)
    case .quote(let amount):
      writer.write(UInt8(1))
      writer.write(amount.units)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .base(Lots(try reader.read()))
    case 1: self = .quote(Amount(units: try reader.read()))
    default: throw .malformed(at: at)
    }
  }
}

extension TriggerLeg: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(trigger.ticks)
    writer.write(order)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(trigger: try reader.readTicks(), order: try reader.read())
  }
}

extension TriggerLeg.OrderPrice: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .market: writer.write(UInt8(0))
    case .limit(let price):
      writer.write(UInt8(1))
      writer.write(price.ticks)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .market
    case 1: self = .limit(try reader.readTicks())
    default: throw .malformed(at: at)
    }
  }
}

extension PriceDistance: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .ratio(let millionths):
      writer.write(UInt8(0))
      writer.write(millionths)
    case .spread(let ticks):
      writer.write(UInt8(1))
      writer.write(ticks)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .ratio(millionths: try reader.read())
    case 1: self = .spread(ticks: try reader.read())
    default: throw .malformed(at: at)
    }
  }
}

extension Slicing: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(slice.count)
    writer.write(distance)
    writer.write(limit.ticks)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      slice: Lots(try reader.read()), distance: try reader.read(), limit: try reader.readTicks())
  }
}

extension AlgoPlan: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .conditional(let profit, let loss):
      writer.write(UInt8(0))
      writer.write(profit)
      writer.write(loss)
    case .oco(let profit, let loss):
      writer.write(UInt8(1))
      writer.write(profit)
      writer.write(loss)
    case .trigger(let leg, let execution):
      writer.write(UInt8(2))
      writer.write(leg)
      writer.write(tag: execution)
    case .trailing(let callback, let active):
      writer.write(UInt8(3))
      writer.write(callback)
      writer.write(optional: active) { $0.write($1.ticks) }
    case .iceberg(let slicing):
      writer.write(UInt8(4))
      writer.write(slicing)
    case .twap(let slicing, let interval):
      writer.write(UInt8(5))
      writer.write(slicing)
      writer.write(interval)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0:
      self = .conditional(
        takeProfit: try reader.readOptional(TriggerLeg.init(from:)),
        stopLoss: try reader.readOptional(TriggerLeg.init(from:)))
    case 1: self = .oco(takeProfit: try reader.read(), stopLoss: try reader.read())
    case 2: self = .trigger(try reader.read(), execution: try reader.read(tag: Execution.self))
    case 3:
      self = .trailing(callback: try reader.read(), active: try reader.readOptionalTicks())
    case 4: self = .iceberg(try reader.read())
    case 5: self = .twap(try reader.read(), intervalMilliseconds: try reader.read())
    default: throw .malformed(at: at)
    }
  }
}

extension NewAlgo: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(owner)
    writer.write(market)
    writer.write(clientID)
    writer.write(tag)
    writer.write(tag: side)
    writer.write(size)
    writer.write(plan)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      owner: try reader.read(), market: try reader.read(), clientID: try reader.read(),
      tag: try reader.read(), side: try reader.read(tag: Algo.Side.self),
      size: try reader.read(), plan: try reader.read())
  }
}

extension AlgoAmendment.Leg: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .keep: writer.write(UInt8(0))
    case .remove: writer.write(UInt8(1))
    case .change(let trigger, let order):
      writer.write(UInt8(2))
      writer.write(optional: trigger) { $0.write($1.ticks) }
      writer.write(order)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .keep
    case 1: self = .remove
    case 2:
      self = .change(
        trigger: try reader.readOptionalTicks(),
        order: try reader.readOptional(TriggerLeg.OrderPrice.init(from:)))
    default: throw .malformed(at: at)
    }
  }
}

extension AlgoAmendment: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(optional: size) { $0.write($1.count) }
    writer.write(takeProfit)
    writer.write(stopLoss)
    writer.write(optional: trigger) { $0.write($1.ticks) }
    writer.write(order)
    writer.write(callback)
    writer.write(optional: active) { $0.write($1.ticks) }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      size: try reader.readOptional { r throws(WireError) in Lots(try r.read()) },
      takeProfit: try reader.read(), stopLoss: try reader.read(),
      trigger: try reader.readOptionalTicks(),
      order: try reader.readOptional(TriggerLeg.OrderPrice.init(from:)),
      callback: try reader.readOptional(PriceDistance.init(from:)),
      active: try reader.readOptionalTicks())
  }
}

extension Algo: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(id.raw)
    writer.write(
      NewAlgo(
        owner: owner, market: market, clientID: clientID, tag: tag, side: side, size: size,
        plan: plan))
    writer.write(tag: state)
    writer.write(parent)
    writer.write(optional: reference) { $0.write($1.ticks) }
    writer.write(arming)
    writer.write(optional: fired) { $0.write(tag: $1) }
    writer.write(child)
    writer.write(childIsOpen)
    writer.write(optional: childPrice) { $0.write($1.ticks) }
    writer.write(done.count)
    writer.write(optional: nextAt) { $0.write($1.milliseconds) }
    writer.write(createdAt.milliseconds)
    writer.write(updatedAt.milliseconds)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let id = AlgoID(try reader.read())
    let new = try reader.read(NewAlgo.self)
    self.init(
      id: id, owner: new.owner, market: new.market, clientID: new.clientID, tag: new.tag,
      side: new.side, size: new.size, plan: new.plan, state: try reader.read(tag: State.self),
      parent: try reader.read(), reference: try reader.readOptionalTicks(),
      arming: try reader.read(),
      fired: try reader.readOptional { r throws(WireError) in try r.read(tag: Leg.self) },
      child: try reader.read(), childIsOpen: try reader.read(),
      childPrice: try reader.readOptionalTicks(), done: Lots(try reader.read()),
      nextAt: try reader.readOptional { r throws(WireError) in
        Timestamp(milliseconds: try r.read())
      },
      createdAt: Timestamp(milliseconds: try reader.read()),
      updatedAt: Timestamp(milliseconds: try reader.read()))
  }
}

extension ByteReader {
  fileprivate mutating func readTicks() throws(WireError) -> Price {
    let at = offset
    guard let price = Price(ticks: try read()) else { throw .malformed(at: at) }
    return price
  }

  fileprivate mutating func readOptionalTicks() throws(WireError) -> Price? {
    try readOptional { r throws(WireError) in try r.readTicks() }
  }
}
