import Engine
import Money
import Statements
import Structures

/// The changes that owners are told of, as the journal has them.
struct ChangeEvidence {
  /// By number; only those of accounts whose owner can be told.
  private(set) var changes: [UInt64: CredentialChange] = [:]
  /// Where each account's owner is told, oldest first, with the change that put it there. What was
  /// cancelled is gone, and what is no address never was there.
  private(set) var contacts: [UInt64: [(change: UInt64, contact: ContactAddress)]] = [:]
  /// By account, oldest first: begun, not cancelled, and not told to everybody by the guard's record.
  private(set) var owed: [UInt64: [UInt64]] = [:]
  /// Begun, not cancelled, and the exchange does not know the digest of the code.
  private(set) var uncoded: Set<UInt64> = []
  /// Begun, not cancelled, and not said in the journal to have been told to everybody.
  private(set) var unsaid: Set<UInt64> = []
  private(set) var cancelled: Set<UInt64> = []
  /// The change that brought a key, an entry or a destination, the newest one each.
  private(set) var keys: [GuardRecord.SeenKey: UInt64] = [:]
  private(set) var entries: [AddressEntryID: UInt64] = [:]
  private(set) var destinations: [GuardRecord.Destination: UInt64] = [:]
  /// Keys that an account had until the change was cancelled.
  private(set) var cancelledKeys: Set<GuardRecord.SeenKey> = []

  /// Takes in what happened to a change.
  mutating func take(
    _ change: CredentialChange, _ step: CredentialChange.Step, record: GuardRecord,
    _ exchange: Exchange
  ) {
    let (id, account) = (change.id.raw, change.account.raw)
    switch step {
    case .noticed:
      uncoded.remove(id)
      if change.isTold { unsaid.remove(id) }
    case .begun:
      changes[id] = change
      uncoded.insert(id)
      unsaid.insert(id)
      if record.noticed[id] == nil { owed[account, default: []].append(id) }
      switch change.kind {
      case .signingKey(let key, _, _): keys[.init(account: account, key: key)] = id
      case .address(let entry): entries[entry] = id
      case .contact(let text, _):
        // The gateway lets nothing else in; but this is the journal's word, and mail programs listen.
        if let contact = try? ContactAddress(text) {
          contacts[account, default: []].append((id, contact))
        }
      case .withdrawal(let withdrawal):
        if let address = exchange.withdrawal(withdrawal)?.address {
          destinations[.init(account: account, address: address)] = id
        }
      }
    case .cancelled:
      forget(id, of: account)
      cancelled.insert(id)
      if case .signingKey(let key, _, _) = change.kind {
        cancelledKeys.insert(.init(account: account, key: key))
      }
    }
  }

  /// Everybody has been told of a change.
  mutating func told(_ id: UInt64, of account: UInt64) {
    owed[account]?.removeAll { $0 == id }
    if owed[account]?.isEmpty == true { owed[account] = nil }
  }

  /// Nobody has to be told of a change any more; a contact that it put there is none.
  mutating func forget(_ id: UInt64, of account: UInt64) {
    told(id, of: account)
    uncoded.remove(id)
    unsaid.remove(id)
    contacts[account]?.removeAll { $0.change == id }
  }

  /// The changes that a withdrawal rests on.
  func changes(behind withdrawal: Withdrawal, key: [UInt8]) -> [UInt64] {
    let account = withdrawal.account.raw
    let destination: UInt64? =
      switch withdrawal.authority {
      case .entry(let entry): entries[entry]
      case .intent: destinations[.init(account: account, address: withdrawal.address)]
      }
    return [destination, keys[.init(account: account, key: key)]].compactMap(\.self)
  }
}
