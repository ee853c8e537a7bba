public import Money
public import Structures

// What guards an account's money was changed: its owner is told, and can take it back, with whatever else
// can be taken back: who disowns an address need not know which key it was signed with. It moves no money. It only stops: the account is held until people, or the key that was there before, speak.

extension Exchange {
  /// The shortest time in which a change can be cancelled, in milliseconds.
  static var shortestCancel: Int64 { 86_400_000 }
  /// The longest that the guard may make it, and that a change waits for being told.
  static var longestCancel: Int64 { 30 * 86_400_000 }
  /// Changes of one account that can be cancelled at once: what is done with one walks all of them.
  public static let openChangeLimit = 32
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
  /// cancelled. It changes as time passes, without a command.
  public func standingKey(of account: AccountID) -> [UInt8]? { standingKey(of: account, at: time) }

  /// The same at an instant that no command has reached yet.
  public func standingKey(of account: AccountID, at instant: Timestamp) -> [UInt8]? {
    for change in changes.open(of: account, at: max(time, instant)) {
      if case .signingKey(_, let previous, _) = change.kind { return previous }
    }
    return self.account(account)?.signingKey
  }

  /// Refuses when the account is held.
  func requireNotHeld(_ account: AccountID) throws(Refusal) {
    if let hold = changes.holds[account] { throw .accountHeld(since: hold.since) }
  }

  /// Refuses when as many changes of the account can be cancelled as may be at once.
  func requireRoomForChange(of account: AccountID) throws(Refusal) {
    guard openChanges(of: account).count < Self.openChangeLimit else {
      throw .tooManyChanges(limit: UInt32(Self.openChangeLimit))
    }
  }

  /// Notes a change. Where somebody can be told, it can be cancelled until he has been and for a while
  /// after that: mail that does not flow takes nothing from him.
  mutating func begin(
    _ kind: CredentialChange.Kind, of account: AccountID, _ emit: (Event) -> Void
  ) {
    let isTold = changes.contacts[account] != nil
    let wait = max(onlineWait(of: kind), isTold ? Self.longestCancel : 0)
    let change = CredentialChange(
      id: changes.next, account: account, kind: kind, at: time,
      cancellableUntil: time.advanced(byMilliseconds: wait))
    changes.add(change)
    if isTold { emit(.credentialChange(change, .begun)) }
  }

  /// How long a change can be cancelled where nothing else makes it longer, in milliseconds.
  private func onlineWait(of kind: CredentialChange.Kind) -> Int64 {
    let configured: Int64? =
      switch kind {
      case .signingKey, .contact: configuration?.credentialHoldMilliseconds
      case .address: configuration?.addressCoolingOffMilliseconds
      case .withdrawal: nil
      }
    return max(configured ?? 0, Self.shortestCancel)
  }

  /// Whether somebody has to be told of a withdrawal to an address that is new: once for each address.
  func isUntoldDestination(_ address: String, of account: AccountID) -> Bool {
    guard changes.contacts[account] != nil else { return false }
    return !openChanges(of: account).contains { change in
      guard case .withdrawal(let id) = change.kind else { return false }
      return withdrawals[id]?.address == address
    }
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
    try requireRoomForChange(of: id)
    changes.setContact(of: id, to: contact)
    begin(.contact(new: contact, previous: previous), of: id, emit)
  }

  mutating func noticeGiven(_ notice: NoticeGiven, _ emit: (Event) -> Void) throws(Refusal) {
    var change = try requireChange(notice.change, of: notice.account)
    try notice.codeDigest.require(32...32, bytesFor: "codeDigest")
    let isNews = notice.cancellableUntil != nil && change.codeDigest == notice.codeDigest
    guard !change.isTold, change.codeDigest == nil || isNews else { throw .noticeAlreadyGiven }
    change.codeDigest = notice.codeDigest
    if let end = notice.cancellableUntil {
      change.isTold = true
      let latest = time.advanced(byMilliseconds: Self.longestCancel)
      let earliest = time.advanced(byMilliseconds: onlineWait(of: change.kind))
      change.cancellableUntil = max(earliest, min(end, latest))
    }
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
    case .key(let key, let signature):
      try signature.require(Self.signatureLengths, bytesFor: "signature")
      guard let standing = standingKey(of: cancel.account) else { throw .signingKeyMissing }
      guard key == standing else { throw .keyDoesNotSpeak }
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
    let isEnded: Bool
    switch end.authority {
    case .key(let key, let signature):
      try signature.require(Self.signatureLengths, bytesFor: "signature")
      guard hold.keyEnds, let standing = standingKey(of: end.account) else {
        throw .holdNeedsOperators
      }
      guard key == standing else { throw .keyDoesNotSpeak }
      isEnded = true
    case .operatorNamed(let name, let signature):
      try signature.require(Self.signatureLengths, bytesFor: "signature")
      try requireOperator(name)
      guard !hold.approvals.contains(name) else { throw .sameOperatorTwice }
      hold.approvals.append(name)
      isEnded = hold.approvals.count >= 2
    }
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
