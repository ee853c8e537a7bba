import Bitcoin
import Cryptography
import Foundation
import TestVectors
import Testing
import Wire

/// The vectors of BIP-32, as transcribed in `Vectors/bip32.json`.
private struct BIP32: Decodable {
  struct Vector: Decodable {
    struct Chain: Decodable {
      let path: String
      let xpub: String
      let xprv: String
    }
    let vector: Int
    let seed: String
    let chains: [Chain]
  }
  struct Invalid: Decodable {
    let extended_key: String
    let reason: String
  }
  let vectors: [Vector]
  let invalid_extended_keys: [Invalid]
  var invalid: [Invalid] { invalid_extended_keys }

  static func all() throws -> BIP32 {
    let url = try #require(Bundle.module.url(forResource: "Vectors/bip32", withExtension: "json"))
    return try JSONDecoder().decode(BIP32.self, from: Data(contentsOf: url))
  }
}

@Suite struct ExtendedKeyTests {
  @Test func `every chain of the published vectors is derived from its seed`() throws {
    var tally = VectorTally("bip32.json chains")
    let all = try BIP32.all()
    for vector in all.vectors {
      let seed = try SecretBytes(copying: try #require(Hex.bytes(vector.seed)))
      let root = try ExtendedPrivateKey(seed: seed, network: .mainnet)
      for chain in vector.chains {
        let key = try root.descendant(try DerivationPath(parsing: chain.path))
        tally.record(
          try key.revealedText() == chain.xprv && key.publicKey.text == chain.xpub
            && ExtendedPublicKey(parsing: chain.xpub) == key.publicKey
            && ExtendedPrivateKey(parsing: chain.xprv).publicKey == key.publicKey,
          "\(vector.vector) \(chain.path)")
      }
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 17)
  }

  @Test func `unhardened steps of the published vectors follow from the public key alone`() throws {
    var count = 0
    let all = try BIP32.all()
    for vector in all.vectors {
      for (parent, child) in zip(vector.chains, vector.chains.dropFirst()) {
        let step = try #require(try DerivationPath(parsing: child.path).steps.last)
        let key = try ExtendedPublicKey(parsing: parent.xpub)
        if step.isHardened {
          #expect(throws: ExtendedKeyError.hardenedFromPublic) { try key.child(step) }
        } else {
          #expect(try key.child(step).text == child.xpub)
          count += 1
        }
      }
    }
    #expect(count == 6)
  }

  @Test func `every invalid key of the published vectors is refused`() throws {
    var tally = VectorTally("bip32.json invalid")
    for invalid in try BIP32.all().invalid {
      tally.record(
        (try? ExtendedPublicKey(parsing: invalid.extended_key)) == nil
          && (try? ExtendedPrivateKey(parsing: invalid.extended_key)) == nil, invalid.reason)
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 16)
  }

  @Test func `an invalid key is refused for the reason that the vector gives`() throws {
    func failure(_ text: String) -> ExtendedKeyError? {
      do {
        if text.hasPrefix("xprv") {
          _ = try ExtendedPrivateKey(parsing: text)
        } else {
          _ = try ExtendedPublicKey(parsing: text)
        }
        return nil
      } catch {
        return error
      }
    }
    for invalid in try BIP32.all().invalid {
      let expected: ExtendedKeyError
      if invalid.reason.contains("zero depth") {
        expected = .rootWithParent
      } else if invalid.reason.contains("checksum") {
        expected = .badText
      } else if invalid.reason.contains("unknown extended key version") {
        expected = .unknownVersion(0x0101_0101)
      } else {
        expected = .badKey
      }
      #expect(failure(invalid.extended_key) == expected, "\(invalid.reason)")
    }
  }

  @Test func `a private and a public walk meet in the same key`() throws {
    for seed in UInt8(1)...8 {
      let root = try ExtendedPrivateKey(
        seed: try SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: .regtest)
      let account = try root.descendant(try DerivationPath(parsing: "m/48h/1h/0h/2h"))
      #expect(account.publicKey.text.hasPrefix("tpub"))
      #expect(account.publicKey.position.depth == 4)
      let place = try DerivationPath(parsing: "1/\(UInt32(seed) * 1000)")
      #expect(
        try account.descendant(place).publicKey == account.publicKey.descendant(place))
    }
  }

  @Test(arguments: [
    "", "m//1", "m/", "/1", "1/-1", "1/+1", "2147483648", "1hh", "1H", "h", "m/m", "1/ 2", "0x1",
    "99999999999", "1/*",
  ])
  func `a path that is none is refused`(text: String) {
    #expect(throws: ExtendedKeyError.self) { try DerivationPath(parsing: text) }
  }

  @Test func `a path is printed with h, whatever it was read with`() throws {
    #expect(try DerivationPath(parsing: "m/48'/1h/0/2147483647'").text == "48h/1h/0/2147483647h")
    #expect(try DerivationPath(parsing: "m").steps.isEmpty)
    #expect(try DerivationPath(parsing: "0h").steps.first?.rawValue == 1 << 31)
  }

  @Test(arguments: [15, 65]) func `a seed of a wrong length is refused`(count: Int) throws {
    let seed = try SecretBytes(copying: [UInt8](repeating: 7, count: count))
    #expect(throws: ExtendedKeyError.badSeedLength(count)) {
      try ExtendedPrivateKey(seed: seed, network: .mainnet)
    }
  }

  @Test func `a wiped key derives nothing`() throws {
    let root = try ExtendedPrivateKey(
      seed: try SecretBytes(copying: [UInt8](repeating: 1, count: 32)), network: .mainnet)
    root.secret.wipe()
    #expect(throws: ExtendedKeyError.secretUnavailable(.wiped)) {
      try root.child(ChildNumber(rawValue: 1 << 31))
    }
  }

  @Test func `children derived in numbers are those derived one by one`() throws {
    let seed = try SecretBytes(copying: (0..<32).map(UInt8.init))
    let parent = try ExtendedPrivateKey(seed: seed, network: .mainnet).publicKey
    let children = try ChildPublicKeys(of: parent)
    let indices: [UInt32] = [0, 1, 2, 1000, ChildNumber.limit - 1]
    for index in indices {
      let step = try #require(ChildNumber(index))
      #expect(try children.publicKey(at: step) == parent.child(step).publicKey)
    }
    let hardened = try #require(ChildNumber(0, hardened: true))
    #expect(throws: ExtendedKeyError.hardenedFromPublic) { try children.publicKey(at: hardened) }
  }

  /// BIP-89 adds the derivation's tweaks up for a signer who has no chain code.
  @Test func `tweaks of a path lead to the keys of BIP-89`() throws {
    let file = try JSONValue(file: "bip89_compute_bip32_tweak.json", in: .module)
    var tally = VectorTally("bip89_compute_bip32_tweak.json")
    let text = try file.member("xpub")
    let header: [UInt8] = [0x04, 0x88, 0xB2, 0x1E, 0] + [UInt8](repeating: 0, count: 8)
    let root = try ExtendedPublicKey(
      parsing: Base58.checkText(
        header + text.member("chain_code").bytes() + text.member("compressed").bytes()))
    for test in try file.member("valid_test_cases").list {
      let path = try test.member("path").list.map { try $0.string() }.joined(separator: "/")
      let expected = try test.member("expected")
      let derived = try root.descendant(DerivationPath(parsing: path))
      let moved = try Secp256k1.tweakAdd(
        publicKey: root.publicKey, tweak: expected.member("tweak").bytes())
      let child = try expected.member("derived_xpub")
      tally.record(
        try derived.publicKey == child.member("compressed").bytes() && moved == derived.publicKey
          && derived.chainCode == child.member("chain_code").bytes(), "\(test)")
    }
    for test in try file.member("error_test_cases").list {
      var isRefused = false
      do {
        _ = try root.descendant(
          DerivationPath(
            test.member("path").list.map { ChildNumber(rawValue: UInt32(try $0.string()) ?? 0) }))
      } catch ExtendedKeyError.hardenedFromPublic {
        isRefused = true
      }
      tally.record(isRefused, "\(test)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 2)
  }
}
