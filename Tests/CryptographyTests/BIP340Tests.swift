import Cryptography
import Foundation
import TestVectors
import Testing
import Wire

@Suite struct BIP340Tests {
  @Test func `signing and verifying agree with the published table`() throws {
    let url = Bundle.module.bundleURL.appendingPathComponent("Vectors/bip340.csv")
    let rows = try String(contentsOf: url, encoding: .utf8).split(whereSeparator: \.isNewline)
    var tally = VectorTally("bip340.csv")
    for row in rows.dropFirst() {
      let fields = row.split(separator: ",", omittingEmptySubsequences: false)
      let values = try fields[1...5].map { try #require(Hex.bytes($0)) }
      let isValid = Secp256k1.verifySchnorr(values[4], message: values[3], publicKey: values[1])
      var isAsPublished = isValid == (fields[6] == "TRUE")
      if !values[0].isEmpty {
        let key = try SecretBytes(copying: values[0])
        let made = try Secp256k1.signSchnorr(values[3], with: key, auxiliary: values[2])
        isAsPublished = isAsPublished && made == values[4]
        isAsPublished = try isAsPublished && Secp256k1.xOnlyPublicKey(from: key) == values[1]
      }
      tally.record(isAsPublished, String(row))
    }
    #expect(tally.report() == [])
    #expect(tally.total == 19)
  }
}
