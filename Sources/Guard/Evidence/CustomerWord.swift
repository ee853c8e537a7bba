import Engine
import Money
import SignerProtocol
import Statements
import Structures

/// The customer's signature that a withdrawal stands on, with what it is over.
struct CustomerWord: Equatable {
  /// The bytes that are signed.
  enum Statement: Equatable {
    case address(AddressStatement)
    case withdrawal(WithdrawalStatement)
  }

  var statement: Statement
  /// What signers are told of it beside the release.
  var authority: SigningRequest.Payment.Authority
  /// As the statement names it.
  var chain: String
  var key: [UInt8]
  var signature: [UInt8]

  /// Whether the signature is by the key over the statement.
  var isSigned: Bool {
    switch statement {
    case .address(let statement): statement.isSigned(byCustomer: key, signature)
    case .withdrawal(let statement): statement.isSigned(byCustomer: key, signature)
    }
  }
}

extension JournalEvidence {
  /// Returns the word that `withdrawal` stands on; `nil` when its address-book entry is not one for this
  /// account, asset and address.
  func word(for withdrawal: Withdrawal, _ exchange: Exchange) -> CustomerWord? {
    guard let asset = exchange.asset(withdrawal.asset) else { return nil }
    switch withdrawal.authority {
    case .entry(let id):
      guard let entry = entries[id], entry.account == withdrawal.account,
        entry.asset == withdrawal.asset, entry.address == withdrawal.address
      else { return nil }
      return CustomerWord(
        statement: .address(
          AddressStatement(
            account: entry.account.raw, asset: asset.code, chain: entry.chain,
            address: entry.address, nonce: entry.nonce)),
        authority: .address(nonce: entry.nonce), chain: entry.chain, key: entry.signingKey,
        signature: entry.signature)
    case .intent(let intent):
      return CustomerWord(
        statement: .withdrawal(
          WithdrawalStatement(
            account: withdrawal.account.raw, asset: asset.code, chain: intent.chain,
            address: withdrawal.address, amountUnits: withdrawal.amount.units,
            maximumFeeUnits: intent.maximumFee.units, nonce: intent.nonce,
            expiresAtMilliseconds: intent.expiresAt.milliseconds)),
        authority: .withdrawal(
          maximumFee: intent.maximumFee.units, nonce: intent.nonce,
          expiresAt: intent.expiresAt.milliseconds),
        chain: intent.chain, key: intent.signingKey, signature: intent.signature)
    }
  }
}
