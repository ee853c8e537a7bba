package import Money
package import Structures
package import Wire

extension Identifier: Canonical {
  package func encode(into writer: inout ByteWriter) { writer.write(raw) }
  package init(from reader: inout ByteReader) throws(WireError) { self.init(try reader.read()) }
}

extension Amount: Canonical {
  package func encode(into writer: inout ByteWriter) { writer.write(units) }
  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(units: try reader.read())
  }
}

extension Lots: Canonical {
  package func encode(into writer: inout ByteWriter) { writer.write(count) }
  package init(from reader: inout ByteReader) throws(WireError) { self.init(try reader.read()) }
}

extension Timestamp: Canonical {
  package func encode(into writer: inout ByteWriter) { writer.write(milliseconds) }
  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(milliseconds: try reader.read())
  }
}

extension Price: Canonical {
  package func encode(into writer: inout ByteWriter) { writer.write(ticks) }
  package init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    guard let price = Price(ticks: try reader.read()) else { throw .malformed(at: at) }
    self = price
  }
}
