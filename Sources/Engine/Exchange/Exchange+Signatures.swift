import Money
import Structures
import Wire

// What customers sign: once each, in their order, in time. That the signatures are theirs is judged
// around the core.

extension Exchange {
  /// Bytes of a customer's key: 32 of Ed25519, or a passkey's longer form.
  static var signingKeyLengths: ClosedRange<Int> { 32...384 }
  /// Bytes of a customer's signature: 64 of Ed25519, or a passkey's assertion.
  static var signatureLengths: ClosedRange<Int> { 64...1024 }
  /// How far ahead a signed withdrawal may expire, in milliseconds.
  static var longestIntent: Int64 { 30 * 86_400_000 }

  /// What lets a withdrawal go to its address.
  struct WithdrawalBasis {
    var authority: Withdrawal.Authority
    /// Whether the customer was paid there before.
    var isUsed: Bool
    /// What his passkey counts now, if it is one.
    var counter: UInt32?
  }

  func basis(
    of request: RequestWithdrawal, _ account: Account, _ asset: Asset
  ) throws(Refusal) -> WithdrawalBasis {
    guard let intent = request.intent else {
      guard let entry = customers.entry(of: account.id, request.asset, to: request.address) else {
        throw .unknownAddressEntry
      }
      guard entry.usableAt <= time else { throw .addressCoolingOff(until: entry.usableAt) }
      return WithdrawalBasis(
        authority: .entry(entry.id), isUsed: entry.firstUsedAt != nil, counter: nil)
    }
    try request.address.require(1...128, bytesFor: "address")
    guard intent.chain == asset.chain else { throw .railMismatch }
    guard let signingKey = account.signingKey else { throw .signingKeyMissing }
    let latest = time.advanced(byMilliseconds: Self.longestIntent)
    guard intent.expiresAt > time, intent.expiresAt <= latest else {
      throw .intentExpiry(earliest: time, latest: latest)
    }
    guard asset.withdrawalFee <= intent.maximumFee else {
      throw .feeAboveMaximum(fee: asset.withdrawalFee)
    }
    try requireNew(intent.nonce, of: account.id)
    return WithdrawalBasis(
      authority: .intent(
        WithdrawalIntent(
          chain: intent.chain, maximumFee: intent.maximumFee, nonce: intent.nonce,
          expiresAt: intent.expiresAt, signingKey: signingKey, signature: intent.signature)),
      isUsed: withdrawals.hasPaid(account.id, request.asset, request.address),
      counter: try newCounter(of: intent.signature, by: account))
  }

  /// Refuses a nonce that is not above that of everything that the account signed before.
  func requireNew(_ nonce: UInt64, of account: AccountID) throws(Refusal) {
    let last = lastNonce(of: account)
    guard nonce > last else { throw .nonceNotGrowing(last: last) }
  }

  /// Returns what the passkey counted with `signature`, refusing one that does not count upwards; `nil`
  /// for other keys. See WebAuthn Level 3, section 6.1.1.
  func newCounter(of signature: [UInt8], by account: Account) throws(Refusal) -> UInt32? {
    let counter = try signatureCounter(
      of: signature, by: account.signingKey ?? [], field: "signature")
    guard let counter else { return nil }
    let last = customers.details(Int(account.id.raw) - 1).signatureCounter
    // One that does not count says 0 for ever.
    guard counter > last || (counter == 0 && last == 0) else {
      throw .signatureCounterNotGrowing(last: last)
    }
    return counter
  }

  /// Returns the counter inside a passkey's assertion: after the 32 bytes of the site and the flags, big
  /// end first; `nil` when `key` is no passkey.
  func signatureCounter(
    of signature: [UInt8], by key: [UInt8], field: String
  ) throws(Refusal) -> UInt32? {
    guard key.count != 32 else {
      try signature.require(64...64, bytesFor: field)
      return nil
    }
    try signature.require(Self.signatureLengths, bytesFor: field)
    var reader = ByteReader(signature)
    guard let data = try? reader.read([UInt8].self, limit: 256), data.count >= 37 else {
      throw .malformed(field: field, problem: "is not a passkey's assertion")
    }
    return data[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
  }

  mutating func noteSignature(of account: AccountID, nonce: UInt64, counter: UInt32?) {
    customers.change(Int(account.raw) - 1) {
      $0.lastNonce = nonce
      if let counter { $0.signatureCounter = counter }
    }
  }
}
