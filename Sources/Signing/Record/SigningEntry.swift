import Bitcoin
import Money
import Policies
import Statements
import Wire

/// One durable fact in a signer's record.
enum SigningEntry: Equatable, Sendable {
  /// A transaction that may have been signed: written before the signature is made.
  struct Signed: Equatable, Sendable {
    struct Payment: Equatable, Sendable {
      var withdrawal: UInt64
      var account: UInt64
      var amount: Int64
      var address: String
    }

    /// What goes to a cold address.
    struct ColdPayment: Equatable, Sendable {
      var index: UInt32
      var amount: Int64
      var epoch: UInt32
    }

    var id: TransactionID
    var inputs: [Outpoint]
    var payments: [Payment]
    /// Satoshi that count against the budgets.
    var charge: Int64
    /// The last place that change goes to, if there is any.
    var changeIndex: UInt32?
    var cold: [ColdPayment] = []
  }

  /// The record begins, for one key and one wallet.
  case begun(fingerprint: [UInt8], policyID: [UInt8])
  case signed(Signed)
  case customerKey(account: UInt64, key: [UInt8])
  case customerKeyForgotten(account: UInt64)
  /// The withdrawal that is paid on the signature with this nonce.
  case intentUsed(CustomerNonce, withdrawal: UInt64)
  case frozen(reason: String)
  case unfrozen
  /// Enough people have approved that it signs again from `until` on.
  case unfreezing(until: Timestamp)
  /// It has not signed this transaction, and never will.
  case withdrawn(TransactionID)
  /// It has signed this transaction, too few others have or ever will, and it will not again.
  case letGo(TransactionID)
  /// This transaction is in the chain for good: nothing else spends its inputs.
  case final(TransactionID, inputs: [Outpoint])
  /// Headers that followed the chain known before, or another branch with more work.
  case headers([BlockHeader])
  /// How the question about a transaction ended that the holder was asked.
  case approval(TransactionID, Approvals.Outcome)
  /// A policy document that enough people have signed, and how long it waits, in milliseconds.
  case policyTaken(PolicyDocument, wait: Int64)
  /// What waited is in force.
  case policyEnforced
}

extension SigningEntry {
  func bytes(at time: Timestamp) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(time.milliseconds)
    switch self {
    case .begun(let fingerprint, let policyID):
      writer.write(UInt8(0))
      writer.write(fixed: fingerprint)
      writer.write(fixed: policyID)
    case .signed(let signed):
      writer.write(UInt8(1))
      writer.write(fixed: signed.id.bytes)
      writer.write(list: signed.inputs) {
        $0.write(fixed: $1.transaction.bytes)
        $0.write($1.index)
      }
      writer.write(list: signed.payments) {
        $0.write($1.withdrawal)
        $0.write($1.account)
        $0.write($1.amount)
        $0.write($1.address)
      }
      writer.write(signed.charge)
      writer.write(optional: signed.changeIndex) { $0.write($1) }
      // What pays nothing to cold storage looks as it did before there was any.
      guard !signed.cold.isEmpty else { break }
      writer.write(list: signed.cold) {
        $0.write($1.index)
        $0.write($1.amount)
        $0.write($1.epoch)
      }
    case .customerKey(let account, let key) where key.count == 32:
      writer.write(UInt8(2))
      writer.write(account)
      writer.write(fixed: key)
    case .customerKey(let account, let key):
      writer.write(UInt8(20))
      writer.write(account)
      writer.write(key)
    case .intentUsed(let name, let withdrawal):
      writer.write(UInt8(21))
      writer.write(name.account)
      writer.write(name.nonce)
      writer.write(withdrawal)
    case .customerKeyForgotten(let account):
      writer.write(UInt8(3))
      writer.write(account)
    case .frozen(let reason):
      writer.write(UInt8(4))
      writer.write(reason)
    case .unfrozen: writer.write(UInt8(5))
    case .unfreezing(let until):
      writer.write(UInt8(6))
      writer.write(until.milliseconds)
    case .withdrawn(let id):
      writer.write(UInt8(16))
      writer.write(fixed: id.bytes)
    case .letGo(let id):
      writer.write(UInt8(18))
      writer.write(fixed: id.bytes)
    case .final(let id, let inputs):
      writer.write(UInt8(17))
      writer.write(fixed: id.bytes)
      writer.write(list: inputs) {
        $0.write(fixed: $1.transaction.bytes)
        $0.write($1.index)
      }
    case .headers(let headers):
      writer.write(UInt8(11))
      writer.write(list: headers) { $0.write(fixed: $1.bytes) }
    case .approval(let id, let outcome):
      writer.write(UInt8(12))
      writer.write(fixed: id.bytes)
      writer.write(outcome.rawValue)
    case .policyTaken(let document, let wait):
      writer.write(UInt8(40))
      writer.write(document.bytes)
      writer.write(wait)
    case .policyEnforced: writer.write(UInt8(41))
    }
    return writer.bytes
  }

  static func read(_ bytes: [UInt8]) throws(WireError) -> (Timestamp, SigningEntry) {
    var reader = ByteReader(bytes)
    let time = Timestamp(milliseconds: try reader.read())
    let at = reader.offset
    let entry: SigningEntry
    switch try reader.read(UInt8.self) {
    case 0:
      entry = .begun(
        fingerprint: try reader.read(fixed: 4), policyID: try reader.read(fixed: 32))
    case 1: entry = .signed(try readSigned(&reader))
    case 2: entry = .customerKey(account: try reader.read(), key: try reader.read(fixed: 32))
    case 3: entry = .customerKeyForgotten(account: try reader.read())
    case 4: entry = .frozen(reason: try reader.read())
    case 5: entry = .unfrozen
    case 6: entry = .unfreezing(until: Timestamp(milliseconds: try reader.read()))
    case 16: entry = .withdrawn(try readID(&reader))
    case 18: entry = .letGo(try readID(&reader))
    case 17:
      entry = .final(
        try readID(&reader),
        inputs: try reader.readList { reader throws(WireError) in
          Outpoint(transaction: try readID(&reader), index: try reader.read())
        })
    case 11:
      entry = .headers(
        try reader.readList { reader throws(WireError) in
          let at = reader.offset
          guard let header = try? BlockHeader(parsing: try reader.read(fixed: 80)) else {
            throw .malformed(at: at)
          }
          return header
        })
    case 20:
      entry = .customerKey(
        account: try reader.read(), key: try reader.read(limit: CustomerKey.limit))
    case 21:
      entry = .intentUsed(
        CustomerNonce(account: try reader.read(), nonce: try reader.read()),
        withdrawal: try reader.read())
    case 12:
      let id = try readID(&reader)
      let at = reader.offset
      guard let outcome = Approvals.Outcome(rawValue: try reader.read()) else {
        throw .malformed(at: at)
      }
      entry = .approval(id, outcome)
    case 40:
      let document = try PolicyDocument(bytes: try reader.read(limit: PolicyDocument.limit))
      entry = .policyTaken(document, wait: try reader.read())
    case 41: entry = .policyEnforced
    default: throw .malformed(at: at)
    }
    try reader.finish()
    return (time, entry)
  }

  private static func readSigned(_ reader: inout ByteReader) throws(WireError) -> Signed {
    var signed = Signed(
      id: try readID(&reader),
      inputs: try reader.readList { reader throws(WireError) in
        Outpoint(transaction: try readID(&reader), index: try reader.read())
      },
      payments: try reader.readList { reader throws(WireError) in
        Signed.Payment(
          withdrawal: try reader.read(), account: try reader.read(), amount: try reader.read(),
          address: try reader.read())
      },
      charge: try reader.read(),
      changeIndex: try reader.readOptional { reader throws(WireError) in
        try reader.read(UInt32.self)
      })
    guard reader.remaining > 0 else { return signed }
    let at = reader.offset
    signed.cold = try reader.readList { reader throws(WireError) in
      Signed.ColdPayment(
        index: try reader.read(), amount: try reader.read(), epoch: try reader.read())
    }
    guard !signed.cold.isEmpty else { throw .malformed(at: at) }
    return signed
  }

  private static func readID(_ reader: inout ByteReader) throws(WireError) -> TransactionID {
    let at = reader.offset
    guard let id = TransactionID(bytes: try reader.read(fixed: 32)) else {
      throw .malformed(at: at)
    }
    return id
  }
}
