import Bitcoin
import Cryptography
import Descriptors
public import Engine
import Journal
import Money
import Statements
import Structures
import Wire

// The guard tells owners of changes itself: whoever has the online server cannot keep a notice back. What
// is still to be told follows from the journal and from the guard's record, so there is no queue that
// could be lost.

extension GuardCore {
  /// The mail system has taken a notice over.
  public func handedOver(_ notice: Notice) throws(GuardError) {
    let (id, contact) = (notice.change.raw, notice.contact.text)
    switch notice.subject {
    case .change:
      guard !record.hasNotice(of: id, to: contact) else { return }
      try remember(.noticeHandedOver(change: id, contact: contact))
      try noteIfTold(id, of: notice.account.raw)
    case .cancelled, .holdEnded:
      let sent = GuardRecord.HoldNotice(
        change: id, hasEnded: notice.subject == .holdEnded, contact: contact)
      guard !record.holdNotices.contains(sent) else { return }
      try remember(.holdNoticeHandedOver(sent))
    }
  }

  /// Where an account's owner is told: at the newest contact, and at those before it until it has cooled off
  /// by the guard's own clock; and which of them gets codes: the one that has cooled off, or the first.
  func contacts(
    of account: UInt64
  ) -> (told: [ContactAddress], mayCancel: ContactAddress?) {
    let known = evidence.changes.contacts[account, default: []]
    var found: [ContactAddress] = []
    for (id, contact) in known.reversed() {
      if !found.contains(contact) { found.append(contact) }
      let seen = record.changesSeen[id] ?? now
      // One that its own notice has not reached has not cooled off either.
      let start = record.noticed[id].map { max($0, seen) }
      if let start, now >= start.advanced(byMilliseconds: policy.delays.newContact) {
        return (found, contact)
      }
    }
    return (found, known.first?.contact)
  }

  func notice(
    of change: CredentialChange, to contact: ContactAddress, mayCancel: Bool
  ) -> Notice {
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
        + " " + (asset?.code == policy.asset ? policy.asset : "of another asset")
    }
    return Notice(
      account: change.account, change: change.id, subject: .change(change.kind), contact: contact,
      destination: destination.map(shown), amount: amount,
      seenAt: record.changesSeen[change.id.raw] ?? now, waitMilliseconds: wait(of: change),
      code: mayCancel ? code(of: change) : nil)
  }

  /// The address, if it is one; else its bytes in hexadecimal: nobody else's words go out as the guard's.
  private func shown(_ address: String) -> String {
    (try? Address.parse(address, network: policy.descriptor.network)) == nil
      ? Hex.text(address.utf8.prefix(128)) : address
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
    evidence.changes.unsaid.sorted().compactMap { id in
      guard let change = evidence.changes.changes[id], isOpen(change) else { return nil }
      let noticed = record.noticed[id]
      // Whoever has the code can use it, even if somebody else cannot be told.
      guard noticed != nil || evidence.changes.uncoded.contains(id) && isCodeOut(change),
        !isGiving(.notice(change.id))
      else { return nil }
      return .noticeGiven(
        NoticeGiven(
          account: change.account, change: change.id,
          codeDigest: SHA256.hash(code(of: change).secret),
          cancellableUntil: noticed?.advanced(byMilliseconds: wait(of: change))))
    }
  }

  private func isCodeOut(_ change: CredentialChange) -> Bool {
    contacts(of: change.account.raw).mayCancel
      .map { record.hasNotice(of: change.id.raw, to: $0.text) } ?? false
  }

  private var cancels: [Command] {
    record.heldAccounts.values.sorted().compactMap { id in
      // The exchange takes a code once it knows its digest.
      guard let change = evidence.changes.changes[id], isOpen(change),
        !evidence.changes.uncoded.contains(id), !isGiving(.cancel(change.id))
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
