public import Engine
public import Money
public import Statements
import Structures
import Wire

/// What the guard has to tell an account's owner over another channel.
public struct Notice: Equatable, Sendable {
  public var change: CredentialChange
  /// The account's name.
  public var accountName: String
  /// The e-mail address that it goes to.
  public var contact: String
  /// The address that money could go to, where one was added or used.
  public var destination: String?
  /// The amount and the asset's code, for a withdrawal.
  public var amount: String?
  /// When the guard saw the change.
  public var seenAt: Timestamp
  /// How long the guard lets nothing leave on the change after the notice has gone out, in milliseconds.
  public var waitMilliseconds: Int64
  /// What cancels the change.
  public var code: NoticeCode

  public init(
    change: CredentialChange, accountName: String, contact: String, destination: String?,
    amount: String?, seenAt: Timestamp, waitMilliseconds: Int64, code: NoticeCode
  ) {
    self.change = change
    self.accountName = accountName
    self.contact = contact
    self.destination = destination
    self.amount = amount
    self.seenAt = seenAt
    self.waitMilliseconds = waitMilliseconds
    self.code = code
  }

  /// Names the notice: one that arrives twice is one.
  public var name: NoticeName { NoticeName(change: change.id.raw, contact: contact) }
}

/// A change and whom it is told to.
public struct NoticeName: Hashable, Sendable {
  public var change: UInt64
  public var contact: String
}

/// What the code in a notice is made from. The guard signs it and shows nobody the signature, which
/// nobody else can make; the same change has the same code for ever.
struct NoticeCodeStatement: Statement {
  static let domain = "holdfast/notice-code/v1"

  var account: UInt64
  var change: UInt64
  var atMilliseconds: Int64

  func encodeFields(into writer: inout ByteWriter) {
    writer.write(account)
    writer.write(change)
    writer.write(atMilliseconds)
  }
}

extension NoticeCodeStatement {
  init(_ change: CredentialChange) {
    account = change.account.raw
    self.change = change.id.raw
    atMilliseconds = change.at.milliseconds
  }

  init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    account = try reader.read()
    change = try reader.read()
    atMilliseconds = try reader.read()
  }
}
