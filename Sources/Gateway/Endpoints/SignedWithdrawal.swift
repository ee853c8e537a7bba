import Engine
import Money
import Statements
import Structures

/// A withdrawal that carries the customer's own signature: `nonce`, `validUntil`, `maxFee` and the
/// signature beside OKX's parameters. See docs/operations/signed-withdrawals.md.
enum SignedWithdrawal {
  private static let names = ["nonce", "validUntil", "maxFee"]

  /// Returns the intent, or `nil` when the request has none and goes to the address book.
  static func intent(
    of call: Call, asset: Asset, address: String, amount: Amount, frontend: Frontend
  ) async throws(Rejection) -> RequestWithdrawal.Intent? {
    let parameters = call.parameters
    guard parameters.hasCustomerSignature else {
      if let name = names.first(where: { !parameters.isBlank($0) }) {
        throw Rejection(
          .parameterInvalid, name: name,
          problem: "belongs to a signed withdrawal; signature or assertion is missing")
      }
      return nil
    }
    guard let nonce = try parameters.number("nonce") else {
      throw Rejection(.parameterEmpty, name: "nonce")
    }
    guard let expiresAt = try parameters.time("validUntil") else {
      throw Rejection(.parameterEmpty, name: "validUntil")
    }
    let maximumFee = try call.catalog.amount(
      try parameters.required("maxFee"), name: "maxFee", of: asset)
    let account = call.account
    guard let key = try await frontend.read({ $0.account(account)?.signingKey }) else {
      throw RefusalTable(catalog: call.catalog).rejection(for: .signingKeyMissing, in: .withdraw)
    }
    let statement = WithdrawalStatement(
      account: account.raw, asset: asset.code, chain: asset.chain, address: address,
      amountUnits: amount.units, maximumFeeUnits: maximumFee.units, nonce: UInt64(nonce),
      expiresAtMilliseconds: expiresAt.milliseconds)
    return RequestWithdrawal.Intent(
      chain: asset.chain, maximumFee: maximumFee, nonce: UInt64(nonce), expiresAt: expiresAt,
      signature: try parameters.signature(over: statement, by: key))
  }
}
