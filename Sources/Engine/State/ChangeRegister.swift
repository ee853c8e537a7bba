import Money
import Structures

/// Where customers are told of changes, which changes can still be cancelled, and which accounts are
/// held since one was.
///
/// Looked up by account, and walked in the order of accounts only.
struct ChangeRegister: Sendable {
  private(set) var next = ChangeID(1)
  /// By account; the newest, which may be in its cooling-off time.
  private(set) var contacts: [AccountID: String] = [:]
  private(set) var holds: [AccountID: AccountHold] = [:]
  /// In the order in which they began. Those whose time is over go with the next one of the account.
  private var changes: [AccountID: [CredentialChange]] = [:]

  /// The account's changes that can be cancelled at `time`, in the order in which they began.
  func open(of account: AccountID, at time: Timestamp) -> [CredentialChange] {
    changes[account, default: []].filter { time < $0.cancellableUntil }
  }

  /// All changes that can be cancelled at `time`, by account.
  func open(at time: Timestamp) -> [CredentialChange] {
    changes.keys.sorted().flatMap { open(of: $0, at: time) }
  }

  /// Adds a change with the id ``next``.
  mutating func add(_ change: CredentialChange) {
    changes[change.account] = open(of: change.account, at: change.at) + [change]
    next = ChangeID(next.raw + 1)
  }

  /// Puts another form of a change that is there in its place.
  mutating func set(_ change: CredentialChange) {
    guard let at = changes[change.account]?.firstIndex(where: { $0.id == change.id }) else {
      return
    }
    changes[change.account]?[at] = change
  }

  /// Takes out the account's changes that can be cancelled; returns them, the newest first. Its first
  /// contact stays, unless that is what is `named`: without one nobody would be told any more.
  mutating func removeAll(
    of account: AccountID, named: ChangeID, at time: Timestamp
  ) -> [CredentialChange] {
    let open = open(of: account, at: time)
    let kept = open.filter { change in
      if case .contact(_, nil) = change.kind { change.id != named } else { false }
    }
    changes[account] = kept.isEmpty ? nil : kept
    return open.filter { !kept.contains($0) }.reversed()
  }

  mutating func setContact(of account: AccountID, to contact: String?) {
    contacts[account] = contact
  }

  mutating func setHold(of account: AccountID, to hold: AccountHold?) { holds[account] = hold }
}

extension ChangeRegister {
  /// What a snapshot has of it, by account.
  var parts: (contacts: [(AccountID, String)], changes: [CredentialChange], holds: [AccountHold]) {
    (
      contacts.keys.sorted().compactMap { account in contacts[account].map { (account, $0) } },
      changes.keys.sorted().flatMap { changes[$0, default: []] },
      holds.keys.sorted().compactMap { holds[$0] }
    )
  }

  /// Puts together what ``parts`` gave; `nil` when that is not what any register gives.
  init?(
    next: ChangeID, contacts: [(AccountID, String)], changes: [CredentialChange],
    holds: [AccountHold]
  ) {
    for (account, contact) in contacts {
      guard self.contacts[account] == nil else { return nil }
      self.contacts[account] = contact
    }
    for change in changes {
      let before = self.changes[change.account]?.last?.id ?? ChangeID(0)
      guard before < change.id, change.id < next else { return nil }
      self.changes[change.account, default: []].append(change)
    }
    for hold in holds {
      guard self.holds[hold.account] == nil, hold.change < next else { return nil }
      self.holds[hold.account] = hold
    }
    self.next = next
    // Equal states give equal bytes: what is read must be in the order in which it is written.
    guard parts.contacts.map(\.0) == contacts.map(\.0), parts.changes == changes,
      parts.holds == holds
    else { return nil }
  }
}
