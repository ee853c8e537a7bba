import Engine
import Money
import Statements
import Structures

// Which notices go next. Owners of different accounts take turns, so that one whose notices nobody takes
// over, or who makes very many changes, keeps back nobody else's.

extension GuardCore {
  /// Notices that are looked at in one round.
  static let noticesAtOnce = 200

  /// What owners have still to be told: of each account the oldest change first, the accounts in turn.
  ///
  /// - Parameters:
  ///   - busy: Notices that are being handed over, or that are not tried again yet.
  ///   - turn: The account that had its turn last; the next one begins.
  public func noticesDue(
    besides busy: Set<NoticeName> = [], after turn: UInt64 = 0
  ) throws(GuardError) -> [Notice] {
    // Before that the contacts may not be all that there are.
    guard policy.givesNotices, isCaughtUp else { return [] }
    try settle()
    let accounts = Set(evidence.changes.owed.keys).union(holdNews.keys).sorted()
    let inTurn = accounts.filter { $0 > turn } + accounts.filter { $0 <= turn }
    let lines = inTurn.map { due(of: $0, besides: busy) }
    var found: [Due] = []
    for place in 0..<(lines.map(\.count).max() ?? 0) where found.count < Self.noticesAtOnce {
      found += lines.compactMap { place < $0.count ? $0[place] : nil }
    }
    return found.prefix(Self.noticesAtOnce).map(notice)
  }

  /// How many changes are still to be told, and how long the oldest waits for it.
  public var noticesOwed: (count: Int, waitedMilliseconds: Int64) {
    guard policy.givesNotices else { return (0, 0) }
    let owed = evidence.changes.owed.values.joined()
    let since = owed.compactMap { record.changesSeen[$0] }.min() ?? now
    return (owed.count, now.milliseconds - since.milliseconds)
  }

  /// What is to be told to one contact.
  private struct Due {
    var account: UInt64
    var subject: Subject
    var contact: ContactAddress
    /// Whether the contact's word counts: one that has not cooled off may be a thief's, and what has a
    /// code can stop the account.
    var mayCancel: Bool

    enum Subject {
      case change(CredentialChange)
      case hold(HoldNews)
    }
  }

  private func due(of account: UInt64, besides busy: Set<NoticeName>) -> [Due] {
    let (told, mayCancel) = contacts(of: account)
    var found: [Due] = []
    for id in evidence.changes.owed[account, default: []] {
      guard let change = evidence.changes.changes[id] else { continue }
      for contact in told where !record.hasNotice(of: id, to: contact.text) {
        found.append(
          Due(
            account: account, subject: .change(change), contact: contact,
            mayCancel: contact == mayCancel))
      }
    }
    for news in holdNews[account, default: []] {
      for contact in news.recipients where !hasNews(news, contact) {
        found.append(
          Due(account: account, subject: .hold(news), contact: contact, mayCancel: false))
      }
    }
    return busy.isEmpty ? found : found.filter { !busy.contains(name(of: $0)) }
  }

  private func name(of due: Due) -> NoticeName {
    switch due.subject {
    case .change(let change):
      NoticeName(change: change.id.raw, step: .begun, contact: due.contact.text)
    case .hold(let news):
      NoticeName(
        change: news.change, step: news.hasEnded ? .holdEnded : .cancelled,
        contact: due.contact.text)
    }
  }

  private func notice(_ due: Due) -> Notice {
    switch due.subject {
    case .change(let change):
      return notice(of: change, to: due.contact, mayCancel: due.mayCancel)
    case .hold(let news):
      return Notice(
        account: AccountID(due.account), change: ChangeID(news.change),
        subject: news.hasEnded ? .holdEnded : .cancelled, contact: due.contact, seenAt: news.at)
    }
  }

  /// Lets go of what nobody has to be told any more, and notes what everybody has been told who still is.
  private func settle() throws(GuardError) {
    dropOldNews()
    let owed = evidence.changes.owed
    var waiting: Set<AccountID>?
    for account in owed.keys.sorted() {
      let open = Set(exchange.openChanges(of: AccountID(account)).map(\.id.raw))
      for id in owed[account, default: []] {
        if !open.contains(id), let change = evidence.changes.changes[id] {
          let waits = waiting ?? Set(exchange.openWithdrawals.map(\.account))
          waiting = waits
          if !waits.contains(change.account), !isRestedOn(change) {
            evidence.changes.forget(id, of: account)
            continue
          }
        }
        try noteIfTold(id, of: account)
      }
    }
  }

  /// The guard's own wait begins when everybody has been told who is.
  func noteIfTold(_ id: UInt64, of account: UInt64) throws(GuardError) {
    let told = contacts(of: account).told
    guard record.noticed[id] == nil, !told.isEmpty,
      told.allSatisfy({ record.hasNotice(of: id, to: $0.text) })
    else { return }
    try remember(.noticed(change: id))
    evidence.changes.told(id, of: account)
  }

  /// Whether something may still leave on the strength of a change that can no longer be cancelled. What is
  /// forgotten here counts as never told, so that nothing ever does.
  private func isRestedOn(_ change: CredentialChange) -> Bool {
    let open = exchange.openChanges(of: change.account)
    switch change.kind {
    case .signingKey(let key, _, _):
      let comesBack = open.contains { later in
        if case .signingKey(_, let previous, _) = later.kind { previous == key } else { false }
      }
      return comesBack || exchange.account(change.account)?.signingKey == key
        || exchange.addressBook(of: change.account).contains { $0.signingKey == key }
    case .address(let entry): return exchange.addressEntry(entry) != nil
    case .contact(let contact, _):
      let comesBack = open.contains { later in
        if case .contact(_, let previous) = later.kind { previous == contact } else { false }
      }
      // The first one is whose codes count as long as no other has cooled off.
      let isFirst = evidence.changes.contacts[change.account.raw]?.first?.change == change.id.raw
      return comesBack || isFirst || exchange.contact(of: change.account) == contact
    case .withdrawal: return false
    }
  }
}
