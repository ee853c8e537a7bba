public import Money
public import Structures

/// The guard handed over the notice of a change, to everybody or to whoever has a code by now.
public struct NoticeGiven: Equatable, Sendable {
  public var account: AccountID
  public var change: ChangeID
  /// SHA-256 of the code in the notice, 32 bytes.
  public var codeDigest: [UInt8]
  /// The guard's own wait ends then: the change can be cancelled as long, or longer. `nil` while others
  /// have still to be told, so that the wait has not begun.
  public var cancellableUntil: Timestamp?

  public init(
    account: AccountID, change: ChangeID, codeDigest: [UInt8], cancellableUntil: Timestamp?
  ) {
    self.account = account
    self.change = change
    self.codeDigest = codeDigest
    self.cancellableUntil = cancellableUntil
  }
}

/// The owner of an account takes a change back, with every other one that can still be cancelled.
public struct CancelChange: Equatable, Sendable {
  /// By what he is known. The gateway checks it before it journals; the guard checks it again.
  public enum Authority: Equatable, Sendable {
    /// The code in the notice, 16 bytes.
    case code([UInt8])
    /// Over the hold statement, by the key. Whose word counts changes as time passes, so the key that
    /// the signature was checked under goes with it: the core takes the word only while that key is
    /// ``Exchange/standingKey(of:)``.
    case key([UInt8], signature: [UInt8])
  }

  public var account: AccountID
  public var change: ChangeID
  public var authority: Authority

  public init(account: AccountID, change: ChangeID, authority: Authority) {
    self.account = account
    self.change = change
    self.authority = authority
  }
}

/// A hold ends, by the word of the customer or of two operators.
public struct EndHold: Equatable, Sendable {
  public var account: AccountID
  /// The change whose cancel began it.
  public var change: ChangeID
  public var authority: Authority

  /// Whose word it is, each with its signature over the hold statement.
  public enum Authority: Equatable, Sendable {
    /// The customer's, by the key; see ``CancelChange/Authority/key(_:signature:)``.
    case key([UInt8], signature: [UInt8])
    case operatorNamed(String, signature: [UInt8])
  }

  public init(account: AccountID, change: ChangeID, authority: Authority) {
    self.account = account
    self.change = change
    self.authority = authority
  }
}
