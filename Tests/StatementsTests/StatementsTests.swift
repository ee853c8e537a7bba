import Cryptography
import Statements
import Testing
import Wire

@Suite struct StatementsTests {
  static func key(_ seed: UInt8) throws -> Ed25519.PrivateKey {
    try Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)))
  }

  static let address = AddressStatement(
    account: 7, asset: "BTC", chain: "BTC-Bitcoin", address: "bcrt1qexample", nonce: 3)
  static let release = Release(
    withdrawal: 11, account: 7, asset: "BTC", chain: "BTC-Bitcoin", address: "bcrt1qexample",
    amountUnits: 150_000, maximumNetworkFeeUnits: 2_000, releasedAtMilliseconds: 1_700_000_000_000,
    expiresAtMilliseconds: 1_700_000_600_000)

  @Test func `the signed bytes of an address are fixed for ever`() {
    #expect(
      Hex.text(Self.address.bytes)
        == "13000000" + Hex.text("holdfast/address/v1".utf8) + "0700000000000000"
        + "03000000" + Hex.text("BTC".utf8) + "0b000000" + Hex.text("BTC-Bitcoin".utf8)
        + "0d000000" + Hex.text("bcrt1qexample".utf8) + "0300000000000000")
  }

  @Test func `every statement reads back what it wrote`() throws {
    #expect(try AddressStatement(bytes: Self.address.bytes) == Self.address)
    #expect(try Release(bytes: Self.release.bytes) == Self.release)
    let enrolment = EnrolmentStatement(account: 7, publicKey: [UInt8](repeating: 9, count: 32))
    #expect(try EnrolmentStatement(bytes: enrolment.bytes) == enrolment)
    let receipt = ReceiptStatement(
      operatorName: "dave", account: 7, asset: "USDT", amountUnits: 5_000_000, reference: "R-1")
    #expect(try ReceiptStatement(bytes: receipt.bytes) == receipt)
    let review = ReviewStatement(
      operatorName: "erin", withdrawal: 4, approves: false, reason: "not you")
    #expect(try ReviewStatement(bytes: review.bytes) == review)
    for step in [AdjustmentStatement.Step.propose, .approve, .decline] {
      let adjustment = AdjustmentStatement(
        operatorName: "dave", step: step, adjustment: 3, isReward: step == .approve, account: 7,
        asset: "USDT", wallet: 18, amountUnits: -25, reason: "charged twice")
      #expect(try AdjustmentStatement(bytes: adjustment.bytes) == adjustment)
    }
    let order = GuardOrder(counter: 5, command: [1, 2, 3])
    #expect(try GuardOrder(bytes: order.bytes) == order)
  }

  @Test func `a signature holds for its statement and no other`() throws {
    let key = try Self.key(1)
    let signed = try Signed(Self.address, by: key)
    #expect(signed.isSigned(by: key.publicKey.bytes))
    #expect(!signed.isSigned(by: try Self.key(2).publicKey.bytes))
    for change: (inout AddressStatement) -> Void in [
      { $0.account += 1 }, { $0.asset = "BTX" }, { $0.chain += " " }, { $0.address += "q" },
      { $0.nonce += 1 },
    ] {
      var other = Self.address
      change(&other)
      #expect(!other.verify(signature: signed.signature, key: key.publicKey.bytes))
    }
  }

  @Test func `a signature over one kind never passes for another kind`() throws {
    let key = try Self.key(1)
    let enrolment = EnrolmentStatement(account: 1, publicKey: key.publicKey.bytes)
    #expect(enrolment.isProved(by: try enrolment.signed(by: key)))
    #expect(throws: WireError.malformed(at: 0)) { try Release(bytes: enrolment.bytes) }
    #expect(!enrolment.isProved(by: try Self.address.signed(by: key)))
  }

  @Test func `a signed statement travels and wrong lengths are refused`() throws {
    let key = try Self.key(3)
    let signed = try Signed(Self.release, by: key)
    #expect(try Signed<Release>(bytes: signed.bytes) == signed)
    #expect(throws: WireError.self) { try Signed<Release>(bytes: signed.bytes + [0]) }
    #expect(throws: WireError.self) { try Signed<Release>(bytes: Array(signed.bytes.dropLast())) }
    #expect(!Self.release.verify(signature: [1, 2], key: key.publicKey.bytes))
    #expect(!Self.release.verify(signature: signed.signature, key: [1]))
  }
}
