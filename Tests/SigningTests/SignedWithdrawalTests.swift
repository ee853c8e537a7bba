import Cryptography
import Foundation
import Money
import Passkeys
import SignerProtocol
import Signing
import Statements
import TestPasskeys
import Testing

/// What a signer makes of a customer's signature over one withdrawal, when guard and server are the
/// attacker's.
@Suite struct SignedWithdrawalTests {
  typealias F = SigningFixture
  private static let day: Int64 = 86_400_000

  private func payment(
    _ withdrawal: UInt64 = 11, nonce: UInt64 = 7, maximumFee: Int64 = 10_000,
    validFor: Int64 = day, passkey: SoftPasskey? = nil, amount: Int64 = 200_000
  ) throws -> SigningRequest.Payment {
    let release = F.release(withdrawal, account: 7, amount: amount, to: F.address(3))
    let expiresAt = F.now.milliseconds + validFor
    let statement = WithdrawalStatement(
      account: 7, asset: "BTC", chain: "BTC-Bitcoin", address: release.address,
      amountUnits: release.amountUnits, maximumFeeUnits: maximumFee, nonce: nonce,
      expiresAtMilliseconds: expiresAt)
    return SigningRequest.Payment(
      release: try Signed(release, by: F.guardKey),
      authority: .withdrawal(maximumFee: maximumFee, nonce: nonce, expiresAt: expiresAt),
      customerKey: passkey?.passkey.bytes ?? F.alice.publicKey.bytes,
      customerSignature: try passkey?.sign(statement) ?? statement.signed(by: F.alice))
  }

  private func signer(_ body: (Signer) throws -> Void) throws {
    try withRecord { path in try body(try open(path)) }
  }

  /// Gives each request to a signer that has just been started on the same record.
  private func restarting(
    _ body: ((SigningRequest) throws -> SignerRefusal.Code?) throws -> Void
  ) throws {
    try withRecord { path in try body { code(try open(path).answer(.sign($0))) } }
  }

  private func open(_ path: String) throws -> Signer {
    let now = F.now
    return try opened {
      try Signer(policy: F.policy, key: F.openHolder(0), recordPath: path, clock: { now })
    }
  }

  private func withRecord(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/intent-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder + "/record")
  }

  private func code(_ answer: SignerAnswer) -> SignerRefusal.Code? {
    if case .refused(let refusal) = answer { refusal.code } else { nil }
  }

  @Test func `it signs what the customer signed, with either kind of key`() throws {
    for passkey in [nil, SoftPasskey(seed: 41)] {
      try signer { signer in
        let answer = signer.answer(.sign(F.request([try payment(passkey: passkey)])))
        #expect(code(answer) == nil, "\(answer)")
      }
    }
  }

  @Test func `every part of it must be as it was signed`() throws {
    let changes: [(inout SigningRequest.Payment) -> Void] = [
      { $0.authority = .withdrawal(maximumFee: 10_001, nonce: 7, expiresAt: 0) },
      { $0.customerSignature[5] ^= 1 },
      { $0.customerKey = F.bob.publicKey.bytes },
      { $0.customerKey = [] },
      { $0.authority = .address(nonce: 7) },
    ]
    for change in changes {
      try signer { signer in
        var payment = try payment()
        change(&payment)
        #expect(code(signer.answer(.sign(F.request([payment])))) == .customerSignature)
      }
    }
  }

  @Test func `a fee above what the customer allowed is not signed for`() throws {
    try signer { signer in
      let request = F.request([try payment(maximumFee: 9_999)])
      #expect(code(signer.answer(.sign(request))) == .customerSignature)
    }
  }

  @Test func `a signature that expired long ago pays nothing, one that just did may`() throws {
    try signer { signer in
      let request = F.request([try payment(validFor: -14 * Self.day)])
      #expect(code(signer.answer(.sign(request))) == .customerSignature)
    }
    try signer { signer in
      let request = F.request([try payment(validFor: -14 * Self.day + 1)])
      #expect(code(signer.answer(.sign(request))) == nil)
    }
  }

  @Test func `one signature pays one withdrawal, also after a restart`() throws {
    try restarting { sign in
      #expect(try sign(F.request([try payment(11)])) == nil)
      let again = F.request([try payment(12)], coins: [1])
      #expect(try sign(again) == .alreadyPaid)
      let next = F.request([try payment(12, nonce: 8)], coins: [1])
      #expect(try sign(next) == nil)
    }
    try signer { signer in
      let both = F.request([try payment(11), try payment(12)])
      #expect(code(signer.answer(.sign(both))) == .alreadyPaid)
    }
  }

  @Test func `a passkey that was paid before is the only key, also after a restart`() throws {
    try restarting { sign in
      let first = F.request([try payment(11, passkey: SoftPasskey(seed: 41))])
      #expect(try sign(first) == nil)
      for passkey in [nil, SoftPasskey(seed: 42)] {
        let other = F.request([try payment(12, nonce: 8, passkey: passkey)], coins: [1])
        #expect(try sign(other) == .customerKeyChanged)
      }
      let same = F.request(
        [try payment(12, nonce: 8, passkey: SoftPasskey(seed: 41))], coins: [1])
      #expect(try sign(same) == nil)
    }
  }
}
