import ColdAddresses
import Statements
import Wire

extension SigningRequest {
  func encode(into writer: inout ByteWriter) {
    writer.write(transaction)
    writer.write(list: inputs) { writer, input in
      writer.write(input.previousTransaction)
      writer.write(input.branch)
      writer.write(input.index)
    }
    writer.write(list: outputs) { writer, purpose in
      switch purpose {
      case .payment(let position):
        writer.write(UInt8(0))
        writer.write(position)
      case .change(let index):
        writer.write(UInt8(1))
        writer.write(index)
      case .cold(let index):
        writer.write(UInt8(2))
        writer.write(index)
      }
    }
    writer.write(list: payments) { writer, payment in
      writer.write(payment.release.bytes)
      payment.authority.encode(into: &writer)
      writer.write(payment.customerKey)
      writer.write(payment.customerSignature)
    }
    writer.write(optional: consolidation) { $0.write($1.bytes) }
    writer.write(list: coldBatches) { $0.write($1.bytes) }
    writer.write(optional: knownPosition) { $1.encode(into: &$0) }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    transaction = try reader.read(limit: MessageLimit.transaction)
    inputs = try reader.readList(limit: MessageLimit.inputs) {
      reader throws(WireError) -> Input in
      Input(
        previousTransaction: try reader.read(limit: MessageLimit.transaction),
        branch: try reader.read(), index: try reader.read())
    }
    outputs = try reader.readList(limit: MessageLimit.outputs) {
      reader throws(WireError) -> Purpose in
      let at = reader.offset
      switch try reader.read(UInt8.self) {
      case 0: return .payment(try reader.read())
      case 1: return .change(try reader.read())
      case 2: return .cold(try reader.read())
      default: throw .malformed(at: at)
      }
    }
    payments = try reader.readList(limit: MessageLimit.payments) {
      reader throws(WireError) -> Payment in
      Payment(
        release: try Signed(bytes: try reader.read(limit: 4096)),
        authority: try Payment.Authority(from: &reader),
        customerKey: try reader.read(limit: CustomerKey.limit),
        customerSignature: try reader.read(limit: CustomerKey.signatureLimit))
    }
    consolidation = try reader.readOptional { reader throws(WireError) in
      try Signed(bytes: try reader.read(limit: 4096))
    }
    coldBatches = try reader.readList(limit: MessageLimit.coldBatches) {
      reader throws(WireError) -> Signed<ColdAddressBatch> in
      try Signed(bytes: try reader.read(limit: 1024))
    }
    knownPosition = try reader.readOptional { reader throws(WireError) in
      try LogPosition(from: &reader)
    }
  }
}

extension SigningRequest.Payment.Authority {
  fileprivate func encode(into writer: inout ByteWriter) {
    switch self {
    case .address(let nonce):
      writer.write(UInt8(0))
      writer.write(nonce)
    case .withdrawal(let maximumFee, let nonce, let expiresAt):
      writer.write(UInt8(1))
      writer.write(maximumFee)
      writer.write(nonce)
      writer.write(expiresAt)
    }
  }

  fileprivate init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .address(nonce: try reader.read())
    case 1:
      self = .withdrawal(
        maximumFee: try reader.read(), nonce: try reader.read(), expiresAt: try reader.read())
    default: throw .malformed(at: at)
    }
  }
}
