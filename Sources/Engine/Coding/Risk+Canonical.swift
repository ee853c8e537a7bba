import Money
package import Risk
package import Wire

extension RiskHit: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(tag: rule)
    writer.write(tag: outcome)
    writer.write(measured)
    writer.write(limit)
    writer.write(releaseAt)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      rule: try reader.read(tag: RiskRule.self),
      outcome: try reader.read(tag: RiskOutcome.self),
      measured: try reader.read(),
      limit: try reader.read(),
      releaseAt: try reader.readOptional(Timestamp.init(from:)))
  }
}

extension RiskDecision: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(tag: outcome)
    writer.write(releaseAt)
    writer.write(hits)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      outcome: try reader.read(tag: RiskOutcome.self),
      releaseAt: try reader.readOptional(Timestamp.init(from:)),
      hits: try reader.read())
  }
}
