import Money
import Structures
package import Wire

extension TransferBetween: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(from)
    writer.write(to)
    writer.write(asset)
    writer.write(amount)
    writer.write(tag: fromWallet)
    writer.write(tag: toWallet)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      from: try reader.read(), to: try reader.read(), asset: try reader.read(),
      amount: try reader.read(), fromWallet: try reader.read(tag: Wallet.self),
      toWallet: try reader.read(tag: Wallet.self))
  }
}

extension ProposeAdjustment: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(operatorName)
    writer.write(tag: kind)
    writer.write(account)
    writer.write(asset)
    writer.write(tag: wallet)
    writer.write(amount)
    writer.write(reason)
    writer.write(signature)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      operatorName: try reader.read(), kind: try reader.read(tag: Adjustment.Kind.self),
      account: try reader.read(), asset: try reader.read(),
      wallet: try reader.read(tag: Wallet.self), amount: try reader.read(),
      reason: try reader.read(), signature: try reader.read())
  }
}

extension DecideAdjustment: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(operatorName)
    writer.write(adjustment)
    writer.write(approves)
    writer.write(signature)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      operatorName: try reader.read(), adjustment: try reader.read(),
      approves: try reader.read(), signature: try reader.read())
  }
}

extension Adjustment: Canonical {
  package func encode(into writer: inout ByteWriter) {
    writer.write(id)
    writer.write(tag: kind)
    writer.write(account)
    writer.write(asset)
    writer.write(tag: wallet)
    writer.write(amount)
    writer.write(reason)
    writer.write(tag: state)
    writer.write(proposedBy)
    writer.write(optional: decidedBy) { $0.write($1) }
    writer.write(proposedAt)
    writer.write(decidedAt)
  }

  package init(from reader: inout ByteReader) throws(WireError) {
    self.init(
      id: try reader.read(), kind: try reader.read(tag: Kind.self), account: try reader.read(),
      asset: try reader.read(), wallet: try reader.read(tag: Wallet.self),
      amount: try reader.read(), reason: try reader.read(), state: try reader.read(tag: State.self),
      proposedBy: try reader.read(),
      decidedBy: try reader.readOptional { r throws(WireError) in try r.read(String.self) },
      proposedAt: try reader.read(), decidedAt: try reader.readOptional(Timestamp.init(from:)))
  }
}
