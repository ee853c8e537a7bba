public import Money
public import Structures

/// Names a change of what guards an account's money. Grows with time.
public typealias ChangeID = Identifier<CredentialChange>

/// A change of what guards an account's money: its owner is told of it over another channel, and can
/// take it back for a while.
public struct CredentialChange: Equatable, Sendable {
  /// What was changed.
  public enum Kind: Equatable, Sendable {
    /// The customer's key. What was there before comes back when the change is cancelled.
    case signingKey(new: [UInt8], previous: [UInt8]?, previousCounter: UInt32)
    case address(AddressEntryID)
    /// Where notices go.
    case contact(new: String, previous: String?)
    /// A withdrawal to an address that the account was never paid at and that is in no address book.
    case withdrawal(WithdrawalID)
  }

  /// What happened to a change.
  public enum Step: UInt8, Equatable, Sendable {
    case begun = 0
    /// The guard handed the notice over, to everybody or to whoever has a code by now.
    case noticed = 1
    case cancelled = 2
  }

  public var id: ChangeID
  public var account: AccountID
  public var kind: Kind
  public var at: Timestamp
  /// It can be cancelled before.
  public var cancellableUntil: Timestamp
  /// SHA-256 of the code in the notice, once somebody has it.
  public var codeDigest: [UInt8]?
  /// Whether everybody who is told of it has been.
  public var isTold: Bool

  public init(
    id: ChangeID, account: AccountID, kind: Kind, at: Timestamp, cancellableUntil: Timestamp,
    codeDigest: [UInt8]? = nil, isTold: Bool = false
  ) {
    self.id = id
    self.account = account
    self.kind = kind
    self.at = at
    self.cancellableUntil = cancellableUntil
    self.codeDigest = codeDigest
    self.isTold = isTold
  }
}

/// No money leaves an account, and nothing that guards it changes, since a change was cancelled.
public struct AccountHold: Equatable, Sendable {
  public var account: AccountID
  /// The change that was cancelled: names the hold, too.
  public var change: ChangeID
  public var since: Timestamp
  /// Whether the account's own key ends it. It does not where that key may have signed what was
  /// cancelled; two operators always do.
  public var keyEnds: Bool
  /// Operators who agreed to end it.
  public var approvals: [String]

  public init(
    account: AccountID, change: ChangeID, since: Timestamp, keyEnds: Bool, approvals: [String] = []
  ) {
    self.account = account
    self.change = change
    self.since = since
    self.keyEnds = keyEnds
    self.approvals = approvals
  }
}
