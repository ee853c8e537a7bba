import Bitcoin
import ColdAddresses
import Cryptography
import Descriptors
import Statements
import Testing

@Suite struct ColdAddressSeriesTests {
  private let wallet: Descriptor
  private let key: Ed25519.PrivateKey

  init() throws {
    let keys = try (UInt8(1)...2).map { seed in
      try ExtendedPrivateKey(
        seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: .regtest
      ).publicKey.text
    }
    wallet = try Descriptor(
      parsing: "wsh(multi(2,\(keys[0])/<0;1>/*,\(keys[1])/<0;1>/*))", network: .regtest)
    key = try Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: 5, count: 32)))
  }

  /// Batches of 3, 2 and 4 addresses.
  private func batches() throws -> [Signed<ColdAddressBatch>] {
    var batches: [Signed<ColdAddressBatch>] = []
    for (epoch, count) in [3, 2, 4].enumerated() {
      let batch = try ColdAddressBatch(
        following: batches.last?.statement, of: wallet, count: count,
        addressCap: Int64(1_000 * (epoch + 1)), epoch: UInt32(epoch), epochCap: 10_000)
      batches.append(try Signed(batch, by: key))
    }
    return batches
  }

  private func series(_ batches: [Signed<ColdAddressBatch>]) throws -> ColdAddressSeries {
    var series = ColdAddressSeries(of: wallet, issuedBy: key.publicKey.bytes)
    for batch in batches { try series.add(batch) }
    return series
  }

  @Test func `every address that was issued is found in its batch, and no other`() throws {
    let series = try series(batches())
    for index in UInt32(0)..<9 {
      let script = try wallet.script(branch: 0, index: index).scriptPubKey
      let place = try #require(try series.place(of: script))
      #expect(place.index == index)
      #expect(place.batch.number == (index < 3 ? 1 : index < 5 ? 2 : 3))
      #expect(place.batch.addressCap == Int64(place.batch.number) * 1_000)
    }
    let next = try wallet.script(branch: 0, index: 9).scriptPubKey
    #expect(try series.place(of: next) == nil)
    // Change goes to the other branch, which nobody issues.
    let change = try wallet.script(branch: 1, index: 0).scriptPubKey
    #expect(try series.place(of: change) == nil)
  }

  @Test func `a batch left out, taken twice or signed by another is refused and changes nothing`()
    throws
  {
    let batches = try batches()
    var series = try series([batches[0]])
    #expect(throws: ColdAddressError.batchDiffers("number")) { try series.add(batches[2]) }
    #expect(throws: ColdAddressError.batchDiffers("number")) { try series.add(batches[0]) }
    let stranger = try Ed25519.PrivateKey(
      seed: SecretBytes(copying: [UInt8](repeating: 6, count: 32)))
    #expect(throws: ColdAddressError.badSignature) {
      try series.add(Signed(batches[1].statement, by: stranger))
    }
    #expect(series.batches == [batches[0].statement])
    try series.add(batches[1])
    #expect(series.batches.count == 2)
  }
}
