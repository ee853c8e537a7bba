import Money
package import Wire

extension Fill: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(trade)
    writer.write(price)
    writer.write(size)
    writer.write(quote)
    writer.write(fee)
    writer.write(feeAsset)
    writer.write(isMaker)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      trade: try reader.read(),
      price: try reader.read(),
      size: try reader.read(),
      quote: try reader.read(),
      fee: try reader.read(),
      feeAsset: try reader.read(),
      isMaker: try reader.read())
  }
}
