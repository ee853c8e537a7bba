import Bitcoin
import Descriptors
import Engine
import Statements
import Structures

/// The customer himself put the destination into his book: his own signature over it, with a key that
/// he proved to hold.
enum AddressCheck {
  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    guard let asset = view.exchange.asset(withdrawal.asset), asset.code == view.policy.asset,
      asset.rail == .bitcoin
    else { return .refuse(reason: "the guard releases \(view.policy.asset) only") }
    guard let entry = view.evidence.entries[withdrawal.entry],
      entry.account == withdrawal.account, entry.asset == withdrawal.asset,
      entry.address == withdrawal.address
    else { return .refuse(reason: "the address is not in the customer's address book") }
    let statement = AddressStatement(
      account: entry.account.raw, asset: asset.code, chain: entry.chain, address: entry.address,
      nonce: entry.nonce)
    guard entry.chain == asset.chain, view.proofs.has(statement, of: entry) else {
      return .refuse(reason: "the address-book entry does not carry the customer's signature")
    }
    guard
      view.evidence.provedKeys.contains(
        .init(account: entry.account.raw, key: entry.signingKey))
    else {
      return .refuse(reason: "the key that signed the address was not enrolled by its holder")
    }
    guard (try? Address.parse(entry.address, network: view.policy.descriptor.network)) != nil else {
      return .refuse(reason: "the address is not one of this network")
    }
    return .release
  }
}
