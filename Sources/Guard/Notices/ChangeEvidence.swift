import Engine
import Money
import Structures

/// The changes that owners are told of, as the journal has them.
struct ChangeEvidence {
  /// By number; only those of accounts whose owner can be told.
  private(set) var changes: [UInt64: CredentialChange] = [:]
  /// Where each account's owner is told, oldest first, with the change that put it there. What was
  /// cancelled is gone.
  private(set) var contacts: [UInt64: [(change: UInt64, contact: String)]] = [:]
  /// Begun, not cancelled, and not said in the journal to have been told.
  private(set) var untold: Set<UInt64> = []
  private(set) var cancelled: Set<UInt64> = []
  /// The change that brought a key, an entry or a destination, the newest one each.
  private(set) var keys: [GuardRecord.SeenKey: UInt64] = [:]
  private(set) var entries: [AddressEntryID: UInt64] = [:]
  private(set) var destinations: [GuardRecord.Destination: UInt64] = [:]
  /// Keys that an account had until the change was cancelled.
  private(set) var cancelledKeys: Set<GuardRecord.SeenKey> = []

  /// Takes in what happened to a change.
  mutating func take(
    _ change: CredentialChange, _ step: CredentialChange.Step, _ exchange: Exchange
  ) {
    let (id, account) = (change.id.raw, change.account.raw)
    switch step {
    case .noticed: untold.remove(id)
    case .begun:
      changes[id] = change
      untold.insert(id)
      switch change.kind {
      case .signingKey(let key, _, _): keys[.init(account: account, key: key)] = id
      case .address(let entry): entries[entry] = id
      case .contact(let contact, _):
        contacts[account, default: []].append((id, contact))
      case .withdrawal(let withdrawal):
        if let address = exchange.withdrawal(withdrawal)?.address {
          destinations[.init(account: account, address: address)] = id
        }
      }
    case .cancelled:
      untold.remove(id)
      cancelled.insert(id)
      switch change.kind {
      case .signingKey(let key, _, _): cancelledKeys.insert(.init(account: account, key: key))
      case .contact: contacts[account]?.removeAll { $0.change == id }
      case .address, .withdrawal: break
      }
    }
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
