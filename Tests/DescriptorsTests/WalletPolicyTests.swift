import Bitcoin
import Descriptors
import TestVectors
import Testing

@Suite struct WalletPolicyTests {
  @Test func `the BIP's policies are read, and come back from their descriptors`() throws {
    var tally = VectorTally("bip388.json")
    let json = try JSONValue(file: "bip388.json", in: .module)
    for vector in try json.member("valid").list {
      let template = try vector.member("template").string()
      if template.contains("musig(") {
        tally.skip("musig() is not built")
        continue
      }
      let keys = try vector.member("keys").list.map { try $0.string() }
      let descriptor = try Descriptor(
        parsing: try vector.member("descriptor").string(), network: .mainnet)
      let policy = try WalletPolicy(template: template, keys: keys, network: .mainnet)
      tally.record(
        try policy.descriptor == descriptor && policy.template == template
          && policy.keys == keys.map { $0.replacing("'", with: "h") }
          && WalletPolicy(descriptor) == policy, template)
    }
    let key = try json.member("valid").list.flatMap { try $0.member("keys").list }
      .map { try $0.string() }
    for vector in try json.member("invalid").list {
      let template = try vector.member("template").string()
      // The BIP leaves the keys out: as many different ones as the template may ask for.
      let count = template.contains("@2") ? 3 : template.contains("@1") ? 2 : 1
      let error = #expect(throws: WalletPolicyError.self, "\(template)") {
        try WalletPolicy(
          template: template, keys: Array(key[4..<(4 + count)]), network: .mainnet)
      }
      tally.record(error?.description.isEmpty == false, template)
    }
    #expect(tally.report() == [])
    #expect(tally.total == 18)
  }

  private static let keys = [
    "[6738736c/48h/0h/0h/2h]xpub6FC1fXFP1GXLX5TKtcjHGT4q89SDRehkQLtbKJ2PzWcvbBHtyDsJPLtpLtkGqYNYZdVVAjRQ5kug9CsapegmmeRutpP7PW4u4wVF9JfkDhw",
    "[b2b1f0cf/48h/0h/0h/2h]xpub6EWhjpPa6FqrcaPBuGBZRJVjzGJ1ZsMygRF26RwN932Vfkn1gyCiTbECVitBjRCkexEvetLdiqzTcYimmzYxyR1BZ79KNevgt61PDcukmC7",
  ]

  @Test(
    arguments: [
      ("wsh(multi(2,@0/**,@1/**)", keys, "never closed"),
      ("wsh(multi(2,@0/**,@1/**))", [keys[0]], "@1: the vector has only 1 keys"),
      ("wpkh(@0/**)", keys, "key 1: no placeholder names it"),
      ("wsh(multi(2,@0/**,@1/**))", [keys[0], keys[0]], "key 1: the same public key"),
      ("wpkh(@0/**)", [keys[0] + "/0"], "key 0: not an extended public key without"),
      ("wpkh(@0/<0;0>/*)", [keys[0]], "@0: \"/<0;0>/*\" follows"),
      ("wpkh(@0/<0h;1h>/*)", [keys[0]], "@0: \"/<0h;1h>/*\" follows"),
      ("wpkh(@00/**)", [keys[0]], "no key index behind @ at character 5"),
      ("wpkh(@/**)", [keys[0]], "no key index behind @ at character 5"),
      ("wpkh(@99999999999999999999/**)", [keys[0]], "no key index"),
      ("raw(51)", [keys[0]], "it names no key"), ("wpkh(@0/**)", [], "keys: 0; there must be 1"),
    ] as [(String, [String], String)])
  func `a policy that is not one is refused with what and where`(
    template: String, keys: [String], problem: String
  ) {
    let error = #expect(throws: WalletPolicyError.self) {
      try WalletPolicy(template: template, keys: keys, network: .mainnet)
    }
    if problem != "never closed" {
      #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
    }
  }

  @Test func `a descriptor with other derivations than a policy's is none`() throws {
    for text in [
      "wpkh(\(Self.keys[0])/0/*)", "wpkh(\(Self.keys[0])/<0;1;2>/*)",
      "wpkh(0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798)",
    ] {
      let descriptor = try Descriptor(parsing: text, network: .mainnet)
      #expect(throws: WalletPolicyError.self) { try WalletPolicy(descriptor) }
    }
  }
}
