import Engine
import Logbook
import Money
import Policies
import SignerProtocol
import Structures

/// What the guard remembers across restarts, independent of the journal.
final class GuardRecord {
  /// A release that may have left.
  struct Released: Equatable {
    var account: UInt64
    var amount: Int64
    var address: String
    var time: Timestamp
  }

  /// An account's signing key as the guard saw it appear.
  struct SeenKey: Hashable {
    var account: UInt64
    var key: [UInt8]
  }

  /// An address that an account was paid at, or wants to be.
  struct Destination: Hashable {
    var account: UInt64
    var address: String
  }

  /// News of a hold that were handed over.
  struct HoldNotice: Hashable {
    /// The change whose cancel began the hold.
    var change: UInt64
    var hasEnded: Bool
    var contact: String
  }

  private(set) var identity: (policyID: [UInt8], guardKey: [UInt8])?
  private(set) var addressesSeen: [UInt64: Timestamp] = [:]
  /// Withdrawals whose customers signed them, that were seen.
  private(set) var intentsSeen: Set<UInt64> = []
  /// When a customer first signed for an address, in whatever form.
  private(set) var destinationsSeen: [Destination: Timestamp] = [:]
  private(set) var keysSeen: [SeenKey: Timestamp] = [:]
  /// How many keys of each account were seen, changes back to an earlier one included.
  private(set) var enrolments: [UInt64: Int] = [:]
  private(set) var released: [UInt64: Released] = [:]
  private(set) var ordersReserved: UInt64 = 1
  private(set) var signers: [[UInt8]: LogPosition] = [:]
  private(set) var depositsVerified: Set<UInt64> = []
  private(set) var halted: String?
  private(set) var customerKeys: [UInt64: [UInt8]] = [:]
  /// When changes of what guards an account were first seen.
  private(set) var changesSeen: [UInt64: Timestamp] = [:]
  /// Who was told of changes that others have still to be told of.
  private var handedOver: [UInt64: Set<String>] = [:]
  /// When everybody who is told of a change had been.
  private(set) var noticed: [UInt64: Timestamp] = [:]
  private(set) var holdNotices: Set<HoldNotice> = []
  /// Accounts that are held by an answer to the guard's own notice, and the change that was taken back.
  private(set) var heldAccounts: [UInt64: UInt64] = [:]
  /// The changes whose holds are over.
  private(set) var holdsEnded: Set<UInt64> = []
  /// Time of the newest entry: the clock never counts as earlier.
  private(set) var time = Timestamp(milliseconds: 0)
  /// Releases of the last day, oldest first.
  private(set) var recent: [(time: Timestamp, withdrawal: UInt64, amount: Int64)] = []
  /// The signed policies, of which the last may wait.
  private(set) var policies: PolicyChain
  private let logbook: Logbook
  /// What counts already and is not on disk.
  private var unwritten: [[UInt8]] = []

  private static let domain = "holdfast/guard-record/v1"

  /// - Parameter configured: What decides while no policy is signed.
  init(path: String, configured: PolicyStatement) throws(LogbookError) {
    policies = PolicyChain(configured: configured)
    var entries: [(Timestamp, GuardEntry)] = []
    var number: UInt64 = 0
    logbook = try Logbook(path: path, domain: Self.domain) {
      bytes throws(LogbookError) in
      number += 1
      guard let entry = try? GuardEntry.read(bytes) else {
        throw .damaged(record: number, problem: "an entry that this program does not know")
      }
      entries.append(entry)
    }
    for (time, entry) in entries { apply(entry, at: time) }
  }

  /// Returns the policies in the record at `path`, whether or not a guard has it open.
  static func policies(
    at path: String, configured: PolicyStatement
  ) throws(LogbookError) -> PolicyChain {
    var policies = PolicyChain(configured: configured)
    try Logbook.read(path: path, domain: domain) { bytes in
      guard let (time, entry) = try? GuardEntry.read(bytes) else { return }
      Self.apply(entry, at: time, to: &policies)
    }
    return policies
  }

  private static func apply(
    _ entry: GuardEntry, at time: Timestamp, to policies: inout PolicyChain
  ) {
    switch entry {
    case .policyTaken(let document, let wait):
      policies.take(document, wait: wait, at: PolicyMoment(clock: time.milliseconds))
    case .policyEnforced: policies.enforce()
    default: break
    }
  }

  /// Takes `entry` in and writes it; when this returns, it is on disk.
  func append(_ entry: GuardEntry, at time: Timestamp) throws(LogbookError) {
    gather(entry, at: time)
    try flush()
  }

  /// Takes `entry` in; nothing that depends on it may leave before ``flush()``.
  func gather(_ entry: GuardEntry, at time: Timestamp) {
    let time = max(time, self.time)
    unwritten.append(entry.bytes(at: time))
    apply(entry, at: time)
  }

  /// Writes what was gathered; when this returns, it is on disk. After an error the record cannot be
  /// used any more: it counts what is nowhere.
  func flush() throws(LogbookError) {
    try logbook.append(all: unwritten)
    unwritten = []
  }

  private func apply(_ entry: GuardEntry, at time: Timestamp) {
    self.time = max(self.time, time)
    switch entry {
    case .begun(let policyID, let guardKey): identity = (policyID, guardKey)
    case .addressSeen(let entry): addressesSeen[entry] = time
    case .keySeen(let account, let key):
      keysSeen[SeenKey(account: account, key: key)] = time
      enrolments[account, default: 0] += 1
    case .released(let withdrawal, let account, let amount, let address):
      released[withdrawal] = Released(
        account: account, amount: amount, address: address, time: time)
      recent.append((time, withdrawal, amount))
      let gone = time.advanced(byMilliseconds: -LimitCheck.day)
      let kept = recent.firstIndex { $0.time > gone } ?? recent.count
      recent.removeFirst(kept)
    case .ordersReserved(let below): ordersReserved = max(ordersReserved, below)
    case .signerSeen(let fingerprint, let sequence, let hash):
      signers[fingerprint] = LogPosition(sequence: sequence, hash: hash)
    case .depositVerified(let deposit): depositsVerified.insert(deposit)
    case .halted(let reason): halted = reason
    case .resumed: halted = nil
    case .customerKey(let account, let key): customerKeys[account] = key
    case .customerKeyForgotten(let account): customerKeys[account] = nil
    case .intentSeen(let withdrawal, let account, let address):
      intentsSeen.insert(withdrawal)
      let destination = Destination(account: account, address: address)
      if destinationsSeen[destination] == nil { destinationsSeen[destination] = time }
    case .changeSeen(let change): changesSeen[change] = time
    case .noticeHandedOver(let change, let contact):
      handedOver[change, default: []].insert(contact)
    case .noticed(let change):
      noticed[change] = time
      handedOver[change] = nil
    case .holdNoticeHandedOver(let sent): holdNotices.insert(sent)
    case .changeCancelled(let account, let change): heldAccounts[account] = change
    case .holdEnded(let account, let change):
      holdsEnded.insert(change)
      if heldAccounts[account] == change { heldAccounts[account] = nil }
    case .policyTaken, .policyEnforced: Self.apply(entry, at: time, to: &policies)
    }
  }

  /// Whether the mail system took over the notice of `change` to `contact`.
  func hasNotice(of change: UInt64, to contact: String) -> Bool {
    noticed[change] != nil || handedOver[change]?.contains(contact) == true
  }
}
