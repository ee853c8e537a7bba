import Matching
import Money
import Structures
import Wire

// Order commands in the form that ``OrderCommandReader`` describes.

extension PlaceOrder {
  func encode(into writer: inout ByteWriter) {
    var flags = type.rawValue << OrderCommandHeader.typeShift
    if side == .sell { flags |= OrderCommandHeader.isSell }
    if refuseShrinking { flags |= OrderCommandHeader.refusesShrinking }
    if price != nil { flags |= OrderCommandHeader.hasPrice }
    let units: Int64
    switch size {
    case .base(let lots): units = lots.count
    case .quote(let amount):
      units = amount.units
      flags |= OrderCommandHeader.isByBudget
    }
    writer.write(
      OrderCommandHeader(
        OrderCommandHeader.place, flags: flags, selfTrade: selfTrade,
        clientWords: clientOrderID.wordCount, otherWords: tag.wordCount
      ).word)
    writer.write(account)
    writer.write(instrument)
    if let price { writer.write(price) }
    writer.write(units)
    writer.write(words: clientOrderID)
    if tag.wordCount > 0 { writer.write(tag.word0) }
    if tag.wordCount > 1 { writer.write(tag.word1) }
  }

  init(_ request: PlaceRequest) {
    self.init(
      account: AccountID(request.account), instrument: InstrumentID(request.instrument),
      clientOrderID: request.clientOrderID, tag: request.tag, side: request.side,
      type: request.type, price: Price(ticks: request.price),
      size: request.isByBudget ? .quote(Amount(units: request.size)) : .base(Lots(request.size)),
      refuseShrinking: request.refusesShrinking, selfTrade: request.selfTrade)
  }
}

extension AmendOrder {
  func encode(into writer: inout ByteWriter) {
    var flags = order.flags
    if size != nil { flags |= OrderCommandHeader.hasSize }
    if price != nil { flags |= OrderCommandHeader.hasNewPrice }
    if cancelOnFailure { flags |= OrderCommandHeader.cancelsOnFailure }
    writer.write(
      OrderCommandHeader(
        OrderCommandHeader.amend, flags: flags, clientWords: order.clientWords,
        otherWords: requestID.wordCount
      ).word)
    writer.write(account)
    order.encode(into: &writer)
    if let size { writer.write(size) }
    if let price { writer.write(price) }
    writer.write(words: requestID)
  }

  init(_ request: AmendRequest) {
    self.init(
      account: AccountID(request.account), order: OrderReference(request.order),
      requestID: request.requestID, size: request.size.map { Lots($0) },
      price: Price(ticks: request.price), cancelOnFailure: request.cancelsOnFailure)
  }
}

extension OrderReference {
  func encodeCancel(of account: AccountID, into writer: inout ByteWriter) {
    writer.write(
      OrderCommandHeader(
        OrderCommandHeader.cancel, flags: flags, clientWords: clientWords, otherWords: 0
      ).word)
    writer.write(account)
    encode(into: &writer)
  }

  init(_ name: OrderName) {
    self = name.isClient ? .client(name.clientOrderID) : .id(OrderID(name.id))
  }

  fileprivate func encode(into writer: inout ByteWriter) {
    switch self {
    case .id(let id): writer.write(id)
    case .client(let text): writer.write(words: text)
    }
  }

  fileprivate var flags: UInt8 {
    switch self {
    case .id: 0
    case .client: OrderCommandHeader.isByClientID
    }
  }

  fileprivate var clientWords: Int {
    switch self {
    case .id: 0
    case .client(let text): text.wordCount
    }
  }
}

extension Command {
  /// Reads an order command whose first byte is at the reader's position.
  init(orderFrom reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    let first: UInt64 = try reader.read()
    let number = OrderCommandHeader(word: first).number
    guard let length = OrderCommandHeader(word: first).length(ofCommand: number) else {
      throw .malformed(at: at)
    }
    var writer = ByteWriter()
    writer.write(first)
    writer.write(fixed: try reader.read(fixed: (length - 1) * 8))
    let bytes = writer.bytes
    do throws(WireError) {
      var words = try OrderCommandReader(bytes.span, ofCommand: number)
      switch number {
      case OrderCommandHeader.place:
        let request = try PlaceRequest(words)
        self = .placeOrder(PlaceOrder(request))
      case OrderCommandHeader.cancel:
        let (account, order) = try words.cancellation()
        self = .cancelOrder(account: AccountID(account), order: OrderReference(order))
      default: self = .amendOrder(AmendOrder(try words.amendment()))
      }
    } catch {
      throw .malformed(at: at)
    }
  }
}

extension ByteWriter {
  /// Appends the words of a text that have characters.
  fileprivate mutating func write(words text: Text32) {
    let count = text.wordCount
    if count > 0 { write(text.word0) }
    if count > 1 { write(text.word1) }
    if count > 2 { write(text.word2) }
    if count > 3 { write(text.word3) }
  }
}
