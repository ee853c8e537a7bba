import Algos
import Money
import Structures
package import Wire

extension AlgoReference: Canonical {
  package func encode(into writer: inout ByteWriter) {
    switch self {
    case .id(let id): writer.write(case: 0, id)
    case .client(let text): writer.write(case: 1, text)
    }
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .id(try reader.read())
    case 1: self = .client(try reader.read())
    default: throw .malformed(at: at)
    }
  }
}

extension PlaceAlgo: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(instrument)
    writer.write(clientID)
    writer.write(tag)
    writer.write(tag: side)
    writer.write(size)
    writer.write(plan)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      account: try reader.read(), instrument: try reader.read(), clientID: try reader.read(),
      tag: try reader.read(), side: try reader.read(tag: Side.self), size: try reader.read(),
      plan: try reader.read())
  }
}

extension AttachedAlgo: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(clientID)
    writer.write(plan)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(clientID: try reader.read(), plan: try reader.read())
  }
}

extension AmendAlgo: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(algo)
    writer.write(requestID)
    writer.write(amendment)
    writer.write(cancelOnFailure)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      account: try reader.read(), algo: try reader.read(), requestID: try reader.read(),
      amendment: try reader.read(), cancelOnFailure: try reader.read())
  }
}

extension AlgoError {
  /// Appends the error's canonical form.
  func encode(into writer: inout ByteWriter) {
    switch self {
    case .unknownAlgo: writer.write(UInt8(0))
    case .duplicateClientID: writer.write(UInt8(1))
    case .alreadyTriggered: writer.write(UInt8(2))
    case .tooMany(let kind, let limit):
      writer.write(UInt8(3))
      writer.write(tag: kind)
      writer.write(UInt64(limit))
    case .full(let capacity):
      writer.write(UInt8(4))
      writer.write(UInt64(capacity))
    case .noLastPrice: writer.write(UInt8(5))
    case .legsMissing: writer.write(UInt8(6))
    case .takeProfitOnWrongSide(let last): writer.write(case: 7, last)
    case .stopLossOnWrongSide(let last): writer.write(case: 8, last)
    case .activePriceOnWrongSide(let last): writer.write(case: 9, last)
    case .ratioOutOfRange(let minimum, let maximum):
      writer.write(UInt8(10))
      writer.write(minimum)
      writer.write(maximum)
    case .spreadNotPositive: writer.write(UInt8(11))
    case .sizeNotPositive: writer.write(UInt8(12))
    case .quoteSizeNotAllowed: writer.write(UInt8(13))
    case .sliceOutOfRange(let minimum, let maximum):
      writer.write(case: 14, minimum)
      writer.write(maximum)
    case .intervalOutOfRange(let minimum, let maximum):
      writer.write(UInt8(15))
      writer.write(minimum)
      writer.write(maximum)
    case .nothingToAmend: writer.write(UInt8(16))
    case .cannotBeAmended: writer.write(UInt8(17))
    }
  }
}
