import Money
import Policies
import Statements
import Wire

/// One durable fact that the guard does not get back from the journal.
enum GuardEntry: Equatable, Sendable {
  /// The record begins, for one wallet and one guard key.
  case begun(policyID: [UInt8], guardKey: [UInt8])
  case addressSeen(entry: UInt64)
  case keySeen(account: UInt64, key: [UInt8])
  /// Written before the release leaves.
  case released(withdrawal: UInt64, account: UInt64, amount: Int64, address: String)
  /// Order numbers below this may have been used.
  case ordersReserved(below: UInt64)
  case signerSeen(fingerprint: [UInt8], sequence: UInt64, hash: [UInt8])
  /// A credited deposit was found on the guard's own node.
  case depositVerified(UInt64)
  case halted(reason: String)
  case resumed
  /// The key that an account is known by: the first that its holder proved.
  case customerKey(account: UInt64, key: [UInt8])
  /// A person accepted that an account has got a new key.
  case customerKeyForgotten(account: UInt64)
  /// A withdrawal that its customer signed was seen for the first time.
  case intentSeen(withdrawal: UInt64, account: UInt64, address: String)
  /// A policy document that enough people have signed, and how long it waits, in milliseconds.
  case policyTaken(PolicyDocument, wait: Int64)
  /// What waited is in force.
  case policyEnforced

  /// A change of what guards an account was seen for the first time.
  case changeSeen(change: UInt64)
  /// The mail system took a notice over.
  case noticeHandedOver(change: UInt64, contact: String)
  /// Everybody who is told of a change has been.
  case noticed(change: UInt64)
  /// An owner took a change back by an answer to the guard's own notice.
  case changeCancelled(account: UInt64, change: UInt64)
  case holdEnded(account: UInt64, change: UInt64)
  /// The mail system took news of a hold over.
  case holdNoticeHandedOver(GuardRecord.HoldNotice)

  func bytes(at time: Timestamp) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(time.milliseconds)
    switch self {
    case .begun(let policyID, let guardKey):
      writer.write(UInt8(0))
      writer.write(fixed: policyID)
      writer.write(fixed: guardKey)
    case .addressSeen(let entry):
      writer.write(UInt8(1))
      writer.write(entry)
    case .keySeen(let account, let key):
      writer.write(UInt8(2))
      writer.write(account)
      writer.write(key)
    case .released(let withdrawal, let account, let amount, let address):
      writer.write(UInt8(3))
      writer.write(withdrawal)
      writer.write(account)
      writer.write(amount)
      writer.write(address)
    case .ordersReserved(let below):
      writer.write(UInt8(4))
      writer.write(below)
    case .signerSeen(let fingerprint, let sequence, let hash):
      writer.write(UInt8(5))
      writer.write(fixed: fingerprint)
      writer.write(sequence)
      writer.write(fixed: hash)
    case .depositVerified(let deposit):
      writer.write(UInt8(6))
      writer.write(deposit)
    case .halted(let reason):
      writer.write(UInt8(7))
      writer.write(reason)
    case .resumed: writer.write(UInt8(8))
    case .customerKey(let account, let key):
      writer.write(UInt8(9))
      writer.write(account)
      writer.write(key)
    case .customerKeyForgotten(let account):
      writer.write(UInt8(10))
      writer.write(account)
    case .intentSeen(let withdrawal, let account, let address):
      writer.write(UInt8(30))
      writer.write(withdrawal)
      writer.write(account)
      writer.write(address)
    case .changeSeen(let change):
      writer.write(UInt8(75))
      writer.write(change)
    case .noticeHandedOver(let change, let contact):
      writer.write(UInt8(76))
      writer.write(change)
      writer.write(contact)
    case .noticed(let change):
      writer.write(UInt8(77))
      writer.write(change)
    case .changeCancelled(let account, let change):
      writer.write(UInt8(78))
      writer.write(account)
      writer.write(change)
    case .holdEnded(let account, let change):
      writer.write(UInt8(79))
      writer.write(account)
      writer.write(change)
    case .policyTaken(let document, let wait):
      writer.write(UInt8(40))
      writer.write(document.bytes)
      writer.write(wait)
    case .policyEnforced: writer.write(UInt8(41))
    case .holdNoticeHandedOver(let sent):
      writer.write(UInt8(80))
      writer.write(sent.change)
      writer.write(sent.hasEnded)
      writer.write(sent.contact)
    }
    return writer.bytes
  }

  static func read(_ bytes: [UInt8]) throws(WireError) -> (Timestamp, GuardEntry) {
    var reader = ByteReader(bytes)
    let time = Timestamp(milliseconds: try reader.read())
    let at = reader.offset
    let entry: GuardEntry
    switch try reader.read(UInt8.self) {
    case 0:
      entry = .begun(policyID: try reader.read(fixed: 32), guardKey: try reader.read(fixed: 32))
    case 1: entry = .addressSeen(entry: try reader.read())
    case 2:
      entry = .keySeen(account: try reader.read(), key: try reader.read(limit: CustomerKey.limit))
    case 3:
      entry = .released(
        withdrawal: try reader.read(), account: try reader.read(), amount: try reader.read(),
        address: try reader.read())
    case 4: entry = .ordersReserved(below: try reader.read())
    case 5:
      entry = .signerSeen(
        fingerprint: try reader.read(fixed: 4), sequence: try reader.read(),
        hash: try reader.read(fixed: 32))
    case 6: entry = .depositVerified(try reader.read())
    case 7: entry = .halted(reason: try reader.read())
    case 8: entry = .resumed
    case 9:
      entry = .customerKey(
        account: try reader.read(), key: try reader.read(limit: CustomerKey.limit))
    case 10: entry = .customerKeyForgotten(account: try reader.read())
    case 30:
      entry = .intentSeen(
        withdrawal: try reader.read(), account: try reader.read(),
        address: try reader.read(limit: StatementLimit.address))
    case 75: entry = .changeSeen(change: try reader.read())
    case 76:
      entry = .noticeHandedOver(change: try reader.read(), contact: try reader.read(limit: 254))
    case 77: entry = .noticed(change: try reader.read())
    case 78: entry = .changeCancelled(account: try reader.read(), change: try reader.read())
    case 79: entry = .holdEnded(account: try reader.read(), change: try reader.read())
    case 40:
      let document = try PolicyDocument(bytes: try reader.read(limit: PolicyDocument.limit))
      entry = .policyTaken(document, wait: try reader.read())
    case 41: entry = .policyEnforced
    case 80:
      entry = .holdNoticeHandedOver(
        .init(
          change: try reader.read(), hasEnded: try reader.read(),
          contact: try reader.read(limit: 254)))
    default: throw .malformed(at: at)
    }
    try reader.finish()
    return (time, entry)
  }
}
