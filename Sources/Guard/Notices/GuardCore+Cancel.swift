import Cryptography
import Engine
import Journal
import Money
public import Statements
import Structures

// An owner takes a change back. The guard judges his word itself, wherever it came from: what the journal
// says without one stops the guard, and what the online server keeps back reaches it as an answer to the
// notice.

/// What became of a code that was handed to the guard.
public enum CancelOutcome: Equatable, Sendable {
  /// The account is held from now on.
  case held
  /// It was cancelled before.
  case known
  /// It is no code of a change that can be cancelled.
  case unknown
}

extension GuardCore {
  /// Takes a code that came back to the guard, in place of the online server.
  public func cancel(_ code: NoticeCode) throws(GuardError) -> CancelOutcome {
    guard let change = evidence.changes.changes[code.change], change.account.raw == code.account,
      ConstantTime.equal(self.code(of: change).secret, code.secret)
    else { return .unknown }
    guard record.heldAccounts[code.account] == nil,
      !record.holdsEnded.contains(code.change), !evidence.changes.cancelled.contains(code.change)
    else { return .known }
    guard isCancellable(change) else { return .unknown }
    try remember(.changeCancelled(account: code.account, change: code.change))
    return .held
  }

  /// A code opens nothing, but an old letter must not stop an account for ever.
  private func isCancellable(_ change: CredentialChange) -> Bool {
    if isOpen(change) { return true }
    guard let start = record.noticed[change.id.raw] else {
      // Nothing has left on it, and nothing does before somebody else has been told as well.
      return evidence.changes.owed[change.account.raw, default: []].contains(change.id.raw)
    }
    return now < start.advanced(byMilliseconds: max(86_400_000, longestWait))
  }

  private var longestWait: Int64 {
    max(policy.delays.newAddress, policy.delays.newKey, policy.delays.newContact)
  }

  /// Ends a hold that only the guard knows of. Only for a person who has spoken with the customer.
  public func endHold(of account: UInt64) throws(GuardError) {
    guard let change = record.heldAccounts[account] else { return }
    try remember(.holdEnded(account: account, change: change))
  }

  /// Returns why a command on changes cannot be honest, if it cannot.
  func problemOfChange(_ command: Command) -> String? {
    switch command {
    case .noticeGiven(let notice):
      guard let change = evidence.changes.changes[notice.change.raw],
        SHA256.hash(code(of: change).secret) == notice.codeDigest
      else { return "the notice of change \(notice.change) is not the guard's" }
    case .cancelChange(let cancel):
      let problem = "change \(cancel.change) is cancelled without its owner's word"
      switch cancel.authority {
      case .code(let secret):
        guard let change = evidence.changes.changes[cancel.change.raw],
          ConstantTime.equal(code(of: change).secret, secret)
        else { return problem }
      case .key(let key, let signature):
        // The core took the word only because the key spoke for the account then.
        guard
          HoldStatement(account: cancel.account.raw, change: cancel.change.raw, ends: false)
            .isSigned(byCustomer: key, signature)
        else { return problem }
      }
    case .endHold(let end):
      var statement = HoldStatement(account: end.account.raw, change: end.change.raw, ends: true)
      let isSigned: Bool
      switch end.authority {
      case .key(let key, let signature):
        isSigned = statement.isSigned(byCustomer: key, signature)
      case .operatorNamed(let name, let signature):
        statement.operatorName = name
        isSigned =
          policy.operators[name].map { statement.verify(signature: signature, key: $0) } ?? false
      }
      guard isSigned else { return "the hold of account \(end.account) ends without a word for it" }
    default: break
    }
    return nil
  }

  /// Takes in that a hold began or ended, once, also when the journal is executed again.
  func take(_ hold: AccountHold, ended: Bool) throws(GuardError) {
    let (account, change) = (hold.account.raw, hold.change.raw)
    guard ended, !record.holdsEnded.contains(change) else { return }
    try remember(.holdEnded(account: account, change: change))
    // Two people mean the account. A key means its own hold alone: one that has grown old enough to speak
    // for the account, while the server kept the owner's answer to itself, does not end that answer.
    if hold.approvals.count >= 2, let other = record.heldAccounts[account] {
      try remember(.holdEnded(account: account, change: other))
    }
    // The key that was taken back must not keep the owner's own out, unless it was paid under.
    if let known = record.customerKeys[account],
      evidence.changes.cancelledKeys.contains(.init(account: account, key: known)),
      exchange.standingKey(of: hold.account) != known,
      !record.released.values.contains(where: { $0.account == account })
    {
      try remember(.customerKeyForgotten(account: account))
    }
  }
}
