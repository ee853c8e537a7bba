import Engine
import Money
import Structures

/// The guard's own waiting times have passed by its own clock, since it saw the address and the key
/// itself.
enum DelayCheck {
  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    guard let word = view.evidence.word(for: withdrawal, view.exchange),
      let addressSeen = addressSeen(withdrawal, in: view.record),
      let keySeen = view.record.keysSeen[.init(account: withdrawal.account.raw, key: word.key)]
    else { return .wait(reason: "the guard has not seen the address or its key") }
    if let verdict = verdictWithoutNotice(on: withdrawal, key: word.key, in: view) {
      return verdict
    }
    var verdict = GuardVerdict.release
    let addressReady = addressSeen.advanced(byMilliseconds: view.policy.delays.newAddress)
    if view.now < addressReady {
      verdict = verdict.joined(
        with: .hold(until: addressReady, reason: "the address is new to the guard"))
    }
    let keyReady = keySeen.advanced(byMilliseconds: view.policy.delays.newKey)
    if view.now < keyReady {
      verdict = verdict.joined(
        with: .hold(until: keyReady, reason: "the customer's signing key is new to the guard"))
    }
    return verdict
  }

  /// Where a notice is given, the wait begins when it has gone out; `nil` when that is over.
  private static func verdictWithoutNotice(
    on withdrawal: Withdrawal, key: [UInt8], in view: GuardView
  ) -> GuardVerdict? {
    guard view.policy.givesNotices else { return nil }
    let wait = max(view.policy.delays.newAddress, view.policy.delays.newKey)
    var verdict: GuardVerdict?
    for id in view.evidence.changes.changes(behind: withdrawal, key: key) {
      guard let noticed = view.record.noticed[id] else {
        return .hold(
          until: view.now.advanced(byMilliseconds: wait),
          reason: "the notice of the change to your contact has not gone out yet")
      }
      guard let change = view.evidence.changes.changes[id] else { continue }
      let ready: Timestamp
      let reason: HoldReason
      if case .signingKey = change.kind {
        ready = noticed.advanced(byMilliseconds: view.policy.delays.newKey)
        reason = "the customer's signing key is new to the guard"
      } else {
        ready = noticed.advanced(byMilliseconds: view.policy.delays.newAddress)
        reason = "the address is new to the guard"
      }
      guard view.now < ready else { continue }
      let hold = GuardVerdict.hold(until: ready, reason: reason)
      verdict = verdict?.joined(with: hold) ?? hold
    }
    return verdict
  }

  static func addressSeen(_ withdrawal: Withdrawal, in record: GuardRecord) -> Timestamp? {
    switch withdrawal.authority {
    case .entry(let entry): record.addressesSeen[entry.raw]
    case .intent:
      record.destinationsSeen[
        .init(account: withdrawal.account.raw, address: withdrawal.address)]
    }
  }
}
