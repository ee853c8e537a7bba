import Bitcoin
import Cryptography
import Descriptors
import Foundation
import TestVectors
import Testing
import Wire

@Suite struct JointKeyTests {
  @Test func `extended keys of joint keys are those of BIP-328`() throws {
    var tally = VectorTally("bip328.json")
    for vector in try JSONValue(file: "bip328.json", in: .module).list {
      let joint = try MuSig2Keys(vector.member("keys").list.map { try $0.bytes() }).publicKey
      let root = try ExtendedPublicKey(synthetic: joint, family: .mainnet)
      tally.record(
        try joint == vector.member("aggregate_pubkey").bytes()
          && root.text == vector.member("xpub").string(), "\(vector)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 3)
    #expect(throws: ExtendedKeyError.badKey) {
      try ExtendedPublicKey(synthetic: [UInt8](repeating: 2, count: 32), family: .mainnet)
    }
  }

  @Test func `descriptors of joint keys are those of BIP-390`() throws {
    let vectors = try PublishedVectors("bip390")
    var tally = VectorTally("bip390.json")
    for vector in vectors.valid {
      let text = try #require(vector.descriptor)
      let descriptor = try parseVector(text)
      let expected = try #require(vector.results)
      let found = try expected.indices.map {
        Hex.text(try descriptor.script(index: UInt32($0)).scriptPubKey.bytes)
      }
      let same = try Descriptor(parsing: descriptor.text, network: .mainnet)
      tally.record(found == expected && same == descriptor, "\(text): \(found)")
    }
    for vector in vectors.invalid {
      tally.record(refusal(vector.expression) != nil, vector.reason)
    }
    #expect(tally.report() == [])
    #expect(tally.passed == vectors.valid.count + vectors.invalid.count)
  }

  @Test func `the order in which signers are written does not matter`() throws {
    let file = try JSONValue(file: "bip388.json", in: .module)
    let vector = try #require(file.member("valid").list.last)
    let keys = try vector.member("keys").list.map { try $0.string() }
    func wallet(_ list: [String]) throws -> Descriptor {
      try parseVector("tr(musig(\(list.joined(separator: ",")))/<0;1>/*)")
    }
    let (a, b) = (try wallet(keys), try wallet(keys.reversed()))
    #expect(a.branchCount == 2 && a.isRanged && a != b)
    for branch in 0..<2 {
      let place = try a.script(branch: branch, index: 7)
      #expect(try place == b.script(branch: branch, index: 7))
      #expect(try place == a.branches[branch].script(index: 7))
      let joint = try #require(place.taproot?.internalKey.musig)
      #expect(joint.participants.count == 3)
    }
    let inside = try parseVector(
      "tr(musig(\(keys.map { $0 + "/<0;1>/*" }.joined(separator: ","))))")
    #expect(inside.branchCount == 2 && inside.isRanged)
    #expect(try inside.script(branch: 1).scriptPubKey == inside.branches[1].script().scriptPubKey)
  }
}
