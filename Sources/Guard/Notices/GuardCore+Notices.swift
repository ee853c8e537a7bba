import Cryptography
public import Engine
import Journal
import Money
import Statements
import Structures

// The guard tells owners of changes itself: whoever has the online server cannot keep a notice back. What
// is still to be told follows from the journal and from the guard's record, so there is no queue that
// could be lost.

extension GuardCore {
  /// Notices that are looked at in one round.
  static let noticesAtOnce = 200

  /// What owners have still to be told, oldest change first.
  public var noticesDue: [Notice] {
    guard policy.givesNotices else { return [] }
    return owed.prefix(Self.noticesAtOnce).flatMap { change in
      contacts(for: change).filter { !record.hasNotice(of: change.id.raw, to: $0) }
        .map { notice(of: change, to: $0) }
    }
  }

  /// How many changes are still to be told, and how long the oldest waits for it.
  public var noticesOwed: (count: Int, waitedMilliseconds: Int64) {
    guard policy.givesNotices else { return (0, 0) }
    let owed = owed
    let since = owed.first.flatMap { record.changesSeen[$0.id.raw] } ?? now
    return (owed.count, now.milliseconds - since.milliseconds)
  }

  /// The mail system has taken a notice over.
  public func handedOver(_ notice: Notice) throws(GuardError) {
    let id = notice.change.id.raw
    guard record.noticed[id] == nil, !record.hasNotice(of: id, to: notice.contact) else { return }
    try remember(.noticeHandedOver(change: id, contact: notice.contact))
    if contacts(for: notice.change).allSatisfy({ record.hasNotice(of: id, to: $0) }) {
      try remember(.noticed(change: id))
    }
  }

  private var owed: [CredentialChange] {
    evidence.changes.untold.filter { record.noticed[$0] == nil }.sorted()
      .compactMap { evidence.changes.changes[$0] }
  }

  /// Where a change is told: to the newest contact, and to those before it until it has cooled off by the
  /// guard's own clock.
  private func contacts(for change: CredentialChange) -> [String] {
    var found: [String] = []
    for (id, contact) in evidence.changes.contacts[change.account.raw, default: []].reversed() {
      if !found.contains(contact) { found.append(contact) }
      let seen = record.changesSeen[id] ?? now
      // One that its own notice has not reached has not cooled off either.
      let start = record.noticed[id].map { max($0, seen) }
      if let start, now >= start.advanced(byMilliseconds: policy.delays.newContact) { break }
    }
    return found
  }

  private func notice(of change: CredentialChange, to contact: String) -> Notice {
    var destination: String?
    var amount: String?
    switch change.kind {
    case .signingKey, .contact: break
    case .address(let entry): destination = evidence.entries[entry]?.address
    case .withdrawal(let id):
      guard let withdrawal = exchange.withdrawal(id) else { break }
      destination = withdrawal.address
      let asset = exchange.asset(withdrawal.asset)
      amount =
        DecimalText.text(units: withdrawal.amount.units, decimals: asset?.decimals ?? 0)
        + " " + (asset?.code ?? "")
    }
    return Notice(
      change: change, accountName: exchange.account(change.account)?.name ?? "", contact: contact,
      destination: destination, amount: amount,
      seenAt: record.changesSeen[change.id.raw] ?? now, waitMilliseconds: wait(of: change),
      code: code(of: change))
  }

  private func wait(of change: CredentialChange) -> Int64 {
    switch change.kind {
    case .signingKey: policy.delays.newKey
    case .address, .withdrawal: policy.delays.newAddress
    case .contact: policy.delays.newContact
    }
  }

  func code(of change: CredentialChange) -> NoticeCode {
    let signature: [UInt8]
    do { signature = try NoticeCodeStatement(change).signed(by: key) } catch {
      preconditionFailure("an open key signs: \(error)")
    }
    return NoticeCode(
      account: change.account.raw, change: change.id.raw,
      secret: Array(SHA256.hash(signature).prefix(NoticeCode.secretCount)))
  }

  /// Says to the exchange which notices have gone out, and which codes came back to the guard itself.
  public func noticeOrders() -> [Command] {
    guard isCaughtUp, halted == nil else { return [] }
    return tellings + cancels
  }

  private var tellings: [Command] {
    evidence.changes.untold.filter { record.noticed[$0] != nil }.sorted().compactMap { id in
      guard let change = evidence.changes.changes[id], isOpen(change),
        let noticed = record.noticed[id], !isGiving(.notice(change.id))
      else { return nil }
      return .noticeGiven(
        NoticeGiven(
          account: change.account, change: change.id,
          codeDigest: SHA256.hash(code(of: change).secret),
          cancellableUntil: noticed.advanced(byMilliseconds: wait(of: change))))
    }
  }

  private var cancels: [Command] {
    record.heldAccounts.values.sorted().compactMap { id in
      // The exchange takes a code once it knows its digest.
      guard let change = evidence.changes.changes[id], isOpen(change),
        !evidence.changes.untold.contains(id), !isGiving(.cancel(change.id))
      else { return nil }
      return .cancelChange(
        CancelChange(
          account: change.account, change: change.id, authority: .code(code(of: change).secret)))
    }
  }

  func isOpen(_ change: CredentialChange) -> Bool {
    exchange.openChanges(of: change.account).contains { $0.id == change.id }
  }
}
