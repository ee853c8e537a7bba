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

  static func addressSeen(_ withdrawal: Withdrawal, in record: GuardRecord) -> Timestamp? {
    switch withdrawal.authority {
    case .entry(let entry): record.addressesSeen[entry.raw]
    case .intent:
      record.destinationsSeen[
        .init(account: withdrawal.account.raw, address: withdrawal.address)]
    }
  }
}
