public import Engine
public import Money
public import Statements
public import Structures
import Wire

/// What the guard has to tell an account's owner over another channel.
public struct Notice: Equatable, Sendable {
  /// What happened.
  public enum Subject: Equatable, Sendable {
    /// A change that can be taken back.
    case change(CredentialChange.Kind)
    /// The change was taken back with what else could be, and the account is held.
    case cancelled
    /// The hold that its cancel began is over.
    case holdEnded
  }

  public var account: AccountID
  /// The change, or the one whose cancel began the hold.
  public var change: ChangeID
  public var subject: Subject
  /// The e-mail address that it goes to.
  public var contact: ContactAddress
  /// The address that money could go to, where one was added or used; what is none, in hexadecimal.
  public var destination: String?
  /// The amount and the asset's code, for a withdrawal.
  public var amount: String?
  /// When the guard saw the change, or the hold began or ended.
  public var seenAt: Timestamp
  /// How long the guard lets nothing leave on the change after the notice has gone out, in milliseconds.
  public var waitMilliseconds: Int64
  /// What cancels the change, where the recipient's word counts.
  public var code: NoticeCode?

  public init(
    account: AccountID, change: ChangeID, subject: Subject, contact: ContactAddress,
    destination: String? = nil, amount: String? = nil, seenAt: Timestamp,
    waitMilliseconds: Int64 = 0, code: NoticeCode? = nil
  ) {
    self.account = account
    self.change = change
    self.subject = subject
    self.contact = contact
    self.destination = destination
    self.amount = amount
    self.seenAt = seenAt
    self.waitMilliseconds = waitMilliseconds
    self.code = code
  }

  /// Names the notice: one that arrives twice is one.
  public var name: NoticeName {
    let step: NoticeName.Step =
      switch subject {
      case .change: .begun
      case .cancelled: .cancelled
      case .holdEnded: .holdEnded
      }
    return NoticeName(change: change.raw, step: step, contact: contact.text)
  }
}

/// What became of a change, and whom it is told to.
public struct NoticeName: Hashable, Sendable {
  public enum Step: Hashable, Sendable { case begun, cancelled, holdEnded }

  public var change: UInt64
  public var step: Step
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
