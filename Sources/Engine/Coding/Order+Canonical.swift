import Matching
import Money
import Structures
package import Wire

extension Order: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(id)
    writer.write(account)
    writer.write(instrument)
    writer.write(clientOrderID)
    writer.write(tag)
    writer.write(tag: side)
    writer.write(tag: type)
    writer.write(tag: selfTrade)
    writer.write(price)
    writer.write(size)
    writer.write(filled)
    writer.write(filledQuote)
    writer.write(fee)
    writer.write(feeAsset)
    writer.write(rebate)
    writer.write(held)
    writer.write(tag: state)
    writer.write(optional: cancelSource) { $0.write(tag: $1) }
    writer.write(createdAt)
    writer.write(updatedAt)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      id: try reader.read(),
      account: try reader.read(),
      instrument: try reader.read(),
      clientOrderID: try reader.read(),
      tag: try reader.read(),
      side: try reader.read(tag: Side.self),
      type: try reader.read(tag: OrderType.self),
      selfTrade: try reader.read(tag: SelfTradePrevention.self),
      price: try reader.readOptional(Price.init(from:)),
      size: try reader.read(),
      filled: try reader.read(),
      filledQuote: try reader.read(),
      fee: try reader.read(),
      feeAsset: try reader.read(),
      rebate: try reader.read(),
      held: try reader.read(),
      state: try reader.read(tag: OrderState.self),
      cancelSource: try reader.readOptional { r throws(WireError) in
        try r.read(tag: CancelSource.self)
      },
      createdAt: try reader.read(),
      updatedAt: try reader.read())
  }
}

extension Trade: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(id)
    writer.write(instrument)
    writer.write(price)
    writer.write(size)
    writer.write(quote)
    writer.write(tag: takerSide)
    writer.write(maker)
    writer.write(taker)
    writer.write(makerAccount)
    writer.write(takerAccount)
    writer.write(makerFee)
    writer.write(takerFee)
    writer.write(at)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      id: try reader.read(),
      instrument: try reader.read(),
      price: try reader.read(),
      size: try reader.read(),
      quote: try reader.read(),
      takerSide: try reader.read(tag: Side.self),
      maker: try reader.read(),
      taker: try reader.read(),
      makerAccount: try reader.read(),
      takerAccount: try reader.read(),
      makerFee: try reader.read(),
      takerFee: try reader.read(),
      at: try reader.read())
  }
}

extension BookLevel: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(instrument)
    writer.write(tag: side)
    writer.write(price)
    writer.write(size)
    writer.write(orders)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      instrument: try reader.read(),
      side: try reader.read(tag: Side.self),
      price: try reader.read(),
      size: try reader.read(),
      orders: try reader.read())
  }
}

extension Bill: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(id)
    writer.write(account)
    writer.write(tag: wallet)
    writer.write(asset)
    writer.write(change)
    writer.write(balance)
    writer.write(tag: reason)
    writer.write(reference)
    writer.write(at)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      id: try reader.read(),
      account: try reader.read(),
      wallet: try reader.read(tag: Wallet.self),
      asset: try reader.read(),
      change: try reader.read(),
      balance: try reader.read(),
      reason: try reader.read(tag: Bill.Reason.self),
      reference: try reader.read(),
      at: try reader.read())
  }
}

extension OrderSize: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .base(let lots):
      writer.write(UInt8(0))
      writer.write(lots)
    case .quote(let amount):
      writer.write(UInt8(1))
      writer.write(amount)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .base(try reader.read())
    case 1: self = .quote(try reader.read())
    default: throw .malformed(at: at)
    }
  }
}
