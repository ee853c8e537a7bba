import Money
public import Structures

// What guards an account's money was changed: its owner is told, and can take it back, with whatever else
// can be taken back: who disowns an address need not know which key it was signed with. It moves no money. It only stops: the account is held until people, or the key that was there before, speak.

extension Exchange {
  /// The shortest time in which a change can be cancelled, in milliseconds.
  static var shortestCancel: Int64 { 86_400_000 }
  /// The longest that the guard may make it.
  static var longestCancel: Int64 { 30 * 86_400_000 }
  /// Changes of one account's contact that can be cancelled at once: each is told to all of them.
  public static let openContactLimit = 4
  /// Bytes of the code in a notice.
  public static let noticeCodeCount = 16

  /// Where the account's owner is told of changes: the newest, which may be in its cooling-off time.
  public func contact(of account: AccountID) -> String? { changes.contacts[account] }

  /// The account's changes that can be cancelled, in the order in which they began.
  public func openChanges(of account: AccountID) -> [CredentialChange] {
    changes.open(of: account, at: time)
  }

  /// Everything that can be cancelled, by account.
  public var openChanges: [CredentialChange] { changes.open(at: time) }

  public func hold(of account: AccountID) -> AccountHold? { changes.holds[account] }

  /// All accounts that are held, by account.
  public var holds: [AccountHold] { changes.parts.holds }

  /// The key that speaks for the account's owner on its changes: the one from before those that can be
  /// cancelled.
  public func standingKey(of account: AccountID) -> [UInt8]? {
    for change in openChanges(of: account) {
      if case .signingKey(_, let previous, _) = change.kind { return previous }
    }
    return self.account(account)?.signingKey
  }

  /// Refuses when the account is held.
  func requireNotHeld(_ account: AccountID) throws(Refusal) {
    if let hold = changes.holds[account] { throw .accountHeld(since: hold.since) }
  }

  /// Notes a change that takes effect `wait` milliseconds from now. Only whoever can be told is told of.
  mutating func begin(
    _ kind: CredentialChange.Kind, of account: AccountID, wait: Int64, _ emit: (Event) -> Void
  ) {
    let change = CredentialChange(
      id: changes.next, account: account, kind: kind, at: time,
      cancellableUntil: time.advanced(byMilliseconds: max(wait, Self.shortestCancel)))
    changes.add(change)
    if changes.contacts[account] != nil { emit(.credentialChange(change, .begun)) }
  }

  /// Notes a withdrawal to an address that is new, if somebody can be told, once for each address.
  mutating func noteNewDestination(_ withdrawal: Withdrawal, _ emit: (Event) -> Void) {
    guard changes.contacts[withdrawal.account] != nil else { return }
    let isKnown = openChanges(of: withdrawal.account).contains { change in
      guard case .withdrawal(let id) = change.kind else { return false }
      return withdrawals[id]?.address == withdrawal.address
    }
    if !isKnown { begin(.withdrawal(withdrawal.id), of: withdrawal.account, wait: 0, emit) }
  }

  mutating func setContact(
    _ contact: String, of id: AccountID, _ emit: (Event) -> Void
  ) throws(Refusal) {
    guard try requireAccount(id).master == nil else { throw .onlyMaster }
    try requireNotHeld(id)
    try contact.require(3...254, bytesFor: "contact")
    let previous = changes.contacts[id]
    guard previous != contact else { throw .contactUnchanged }
    let waiting = openChanges(of: id).count {
      if case .contact = $0.kind { true } else { false }
    }
    guard waiting < Self.openContactLimit else {
      throw .tooManyContacts(limit: UInt32(Self.openContactLimit))
    }
    changes.setContact(of: id, to: contact)
    begin(
      .contact(new: contact, previous: previous), of: id,
      wait: configuration?.credentialHoldMilliseconds ?? 0, emit)
  }

  mutating func noticeGiven(_ notice: NoticeGiven, _ emit: (Event) -> Void) throws(Refusal) {
    var change = try requireChange(notice.change, of: notice.account)
    try notice.codeDigest.require(32...32, bytesFor: "codeDigest")
    guard change.codeDigest == nil else { throw .noticeAlreadyGiven }
    change.codeDigest = notice.codeDigest
    let latest = time.advanced(byMilliseconds: Self.longestCancel)
    change.cancellableUntil = max(change.cancellableUntil, min(notice.cancellableUntil, latest))
    changes.set(change)
    emit(.credentialChange(change, .noticed))
  }

  mutating func cancelChange(_ cancel: CancelChange, _ emit: (Event) -> Void) throws(Refusal) {
    let change = try requireChange(cancel.change, of: cancel.account)
    let keyEnds: Bool
    switch cancel.authority {
    case .code(let code):
      try code.require(
        Self.noticeCodeCount...Self.noticeCodeCount, bytesFor: "code")
      guard change.codeDigest != nil else { throw .unknownChange }
      switch change.kind {
      case .signingKey, .contact: keyEnds = true
      case .address, .withdrawal: keyEnds = false
      }
    case .signature(let signature):
      try signature.require(Self.signatureLengths, bytesFor: "signature")
      guard standingKey(of: cancel.account) != nil else { throw .signingKeyMissing }
      keyEnds = true
    }
    for undone in changes.removeAll(of: cancel.account, named: cancel.change, at: time) {
      undo(undone, emit)
      emit(.credentialChange(undone, .cancelled))
    }
    for id in withdrawals.open.elements {
      guard let withdrawal = withdrawals[id], withdrawal.account == cancel.account,
        withdrawal.state.isCancellable
      else { continue }
      giveBack(withdrawal, as: .canceled, emit)
    }
    // A second cancel makes no hold softer than the first did.
    let hold = AccountHold(
      account: cancel.account, change: cancel.change, since: time,
      keyEnds: keyEnds && changes.holds[cancel.account]?.keyEnds ?? true)
    changes.setHold(of: cancel.account, to: hold)
    emit(.accountHold(hold, ended: false))
  }

  private mutating func undo(_ change: CredentialChange, _ emit: (Event) -> Void) {
    switch change.kind {
    case .signingKey(let new, let previous, let counter):
      restoreSigningKey(of: change.account, to: previous, counter: counter, emit)
      // The book has no address that only the key which is gone vouches for.
      for entry in addressBook(of: change.account)
      where entry.signingKey == new && entry.addedAt >= change.at { remove(entry, emit) }
    case .address(let id):
      if let entry = customers.entry(id) { remove(entry, emit) }
    case .contact(_, let previous): changes.setContact(of: change.account, to: previous)
    case .withdrawal: break
    }
  }

  private mutating func remove(_ entry: AddressEntry, _ emit: (Event) -> Void) {
    customers.remove(entry)
    emit(.addressRemoved(entry))
  }

  mutating func endHold(_ end: EndHold, _ emit: (Event) -> Void) throws(Refusal) {
    guard var hold = changes.holds[end.account], hold.change == end.change else {
      throw .unknownHold
    }
    try end.signature.require(Self.signatureLengths, bytesFor: "signature")
    guard let name = end.operatorName else {
      guard hold.keyEnds, account(end.account)?.signingKey != nil else {
        throw .holdNeedsOperators
      }
      changes.setHold(of: end.account, to: nil)
      return emit(.accountHold(hold, ended: true))
    }
    try requireOperator(name)
    guard !hold.approvals.contains(name) else { throw .sameOperatorTwice }
    hold.approvals.append(name)
    let isEnded = hold.approvals.count >= 2
    changes.setHold(of: end.account, to: isEnded ? nil : hold)
    emit(.accountHold(hold, ended: isEnded))
  }

  private func requireChange(
    _ id: ChangeID, of account: AccountID
  ) throws(Refusal) -> CredentialChange {
    _ = try requireAccount(account)
    guard let change = openChanges(of: account).first(where: { $0.id == id }) else {
      throw .unknownChange
    }
    return change
  }
}
