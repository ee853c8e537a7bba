import Bitcoin
import Descriptors
import Engine
import Money
import Statements
import Structures

/// The customer himself wants the payment: his own signature over it or over its destination, with a key
/// that he proved to hold.
enum IntentCheck {
  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    guard let asset = view.exchange.asset(withdrawal.asset), asset.code == view.policy.asset,
      asset.rail == .bitcoin
    else { return .refuse(reason: "the guard releases \(view.policy.asset) only") }
    guard let word = view.evidence.word(for: withdrawal, view.exchange) else {
      return .refuse(reason: "the address is not in the customer's address book")
    }
    guard word.chain == asset.chain, view.proofs.has(word) else {
      switch withdrawal.authority {
      case .entry:
        return .refuse(reason: "the address-book entry does not carry the customer's signature")
      case .intent:
        return .refuse(reason: "the withdrawal does not carry the customer's signature")
      }
    }
    guard
      view.evidence.provedKeys.contains(
        .init(account: withdrawal.account.raw, key: word.key))
    else {
      return .refuse(reason: "the key that signed the address was not enrolled by its holder")
    }
    guard (try? Address.parse(withdrawal.address, network: view.policy.descriptor.network)) != nil
    else {
      return .refuse(reason: "the address is not one of this network")
    }
    guard case .intent(let intent) = withdrawal.authority else { return .release }
    guard withdrawal.fee <= intent.maximumFee else {
      return .refuse(reason: "the fee is above what the customer signed for")
    }
    // What was released in time is paid, and may be released anew.
    guard view.now < intent.expiresAt || view.record.released[withdrawal.id.raw] != nil,
      !isTooLate(withdrawal, in: view)
    else { return .refuse(reason: "the customer's signature has expired") }
    return .release
  }

  /// Whether the signature expired so long ago that signers will not take it any more, a day before they
  /// do not.
  static func isTooLate(_ withdrawal: Withdrawal, in view: GuardView) -> Bool {
    guard case .intent(let intent) = withdrawal.authority else { return false }
    let day: Int64 = 86_400_000
    return view.now
      >= intent.expiresAt.advanced(byMilliseconds: WithdrawalStatement.grace - day)
  }
}
