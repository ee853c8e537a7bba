import Bitcoin
import ColdAddresses
import Cryptography
import Descriptors
import Statements
import Testing

@Suite struct ColdAddressBatchTests {
  private static func key(_ seed: UInt8) throws -> Ed25519.PrivateKey {
    try Ed25519.PrivateKey(
      seed: try SecretBytes(copying: [UInt8](repeating: seed, count: 32)))
  }

  /// Any two of three.
  private static func wallet(_ seeds: ClosedRange<UInt8> = 1...3) throws -> Descriptor {
    let path = try DerivationPath(parsing: "48h/1h/0h/2h")
    let keys = try seeds.map { seed in
      let root = try ExtendedPrivateKey(
        seed: try SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: .regtest)
      let origin = KeyOrigin(fingerprint: root.fingerprint, path: path)
      return "[\(origin.text)]\(try root.descendant(path).publicKey.text)/<0;1>/*"
    }
    return try Descriptor(
      parsing: "wsh(sortedmulti(2,\(keys.joined(separator: ","))))", network: .regtest)
  }

  private static func batch(
    _ wallet: Descriptor, following previous: ColdAddressBatch? = nil, count: Int = 5,
    cap: Int64 = 1_000, epoch: UInt32 = 1, epochCap: Int64 = 2_500
  ) throws -> ColdAddressBatch {
    try ColdAddressBatch(
      following: previous, of: wallet, count: count, addressCap: cap, epoch: epoch,
      epochCap: epochCap)
  }

  @Test func `batches follow each other and are derived again from the descriptor alone`() throws {
    let wallet = try Self.wallet()
    let key = try Self.key(1)
    let first = try Self.batch(wallet)
    let second = try Self.batch(wallet, following: first, count: 3)
    #expect(first.number == 1 && first.firstIndex == 0 && second.number == 2)
    #expect(second.firstIndex == 5 && first.scriptsDigest != second.scriptsDigest)
    let signed = try Signed(second, by: key)
    let received = try Signed<ColdAddressBatch>(bytes: signed.bytes)
    #expect(
      try ColdAddressBatch.verify(
        received, issuedBy: key.publicKey.bytes, of: wallet, following: first) == second)
    #expect(throws: ColdAddressError.badSignature) {
      try ColdAddressBatch.verify(
        received, issuedBy: Self.key(2).publicKey.bytes, of: wallet, following: first)
    }
    // Left out, or put in the wrong place.
    #expect(throws: ColdAddressError.batchDiffers("number")) {
      try ColdAddressBatch.verify(
        received, issuedBy: key.publicKey.bytes, of: wallet, following: nil)
    }
    // Another wallet's, though signed by the right key.
    let other = try Self.wallet(4...6)
    #expect(throws: ColdAddressError.batchDiffers("wallet")) {
      try ColdAddressBatch.verify(
        try Signed(first, by: key), issuedBy: key.publicKey.bytes, of: other, following: nil)
    }
    for length in signed.bytes.indices {
      #expect(throws: (any Error).self) {
        try Signed<ColdAddressBatch>(bytes: Array(signed.bytes[..<length]))
      }
    }
    #expect(throws: (any Error).self) {
      try Signed<ColdAddressBatch>(bytes: signed.bytes + [0])
    }
  }

  @Test func `counts, caps and epochs out of range are refused`() throws {
    let wallet = try Self.wallet()
    let first = try Self.batch(wallet)
    #expect(throws: ColdAddressError.badCount(0, limit: 10_000)) {
      try Self.batch(wallet, count: 0)
    }
    #expect(throws: ColdAddressError.badCount(10_001, limit: 10_000)) {
      try Self.batch(wallet, count: 10_001)
    }
    // Less than 330 satoshis reach no P2WSH address: nodes do not relay them.
    #expect(try Self.batch(wallet, cap: 330).addressCap == 330)
    for (cap, epochCap) in [
      (Int64(0), Int64(1)), (329, 2_500), (500, 400), (1_000, 2_100_000_000_000_001),
    ] {
      #expect(throws: ColdAddressError.self) {
        try Self.batch(wallet, cap: cap, epochCap: epochCap)
      }
    }
    #expect(throws: ColdAddressError.outOfSequence("epoch 0 is before epoch 1")) {
      try Self.batch(wallet, following: first, epoch: 0)
    }
    #expect(throws: ColdAddressError.badCap("epoch 1 was given 2500 satoshis already")) {
      try Self.batch(wallet, following: first, epochCap: 2_510)
    }
    #expect(try Self.batch(wallet, following: first, epoch: 2, epochCap: 2_510).epochCap == 2_510)
  }
}
