import Bitcoin
import Cryptography
import Descriptors
import Testing
import Wire

/// Holders whose key has no children, such as one in an HSM.
@Suite struct FixedKeyTests {
  private static func fixed(_ seed: UInt8) throws -> [UInt8] {
    try Secp256k1.publicKey(from: SecretBytes(copying: [UInt8](repeating: seed, count: 32)))
  }

  private static func account(_ seed: UInt8) throws -> DecayingPolicy.Key {
    let root = try ExtendedPrivateKey(
      seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: .regtest)
    return DecayingPolicy.Key(
      origin: KeyOrigin(fingerprint: root.fingerprint, path: DerivationPath()),
      account: root.publicKey)
  }

  private static func wallet(_ form: DecayingPolicy.Form) throws -> Descriptor {
    try DecayingPolicy(
      keys: [
        .holder: (1...3).map(account), .backup: (11...13).map(account),
        .council: (21...25).map(account),
      ], tiers: DecayingPolicy.hotTiers(threshold: 2, councilThreshold: 3)
    ).descriptor(form: form, network: .regtest)
  }

  private static func multisig() throws -> Descriptor {
    let keys = try (UInt8(1)...3).map { try account($0).account.text + "/<0;1>/*" }
    return try Descriptor(
      parsing: "wsh(sortedmulti(2,\(keys.joined(separator: ","))))", network: .regtest)
  }

  @Test(arguments: 1...3)
  func `any holder of a multisig and of a wallet that decays can have fixed keys`(holder: Int)
    throws
  {
    let (a, b) = (try Self.fixed(7), try Self.fixed(8))
    for (wallet, keys) in [(try Self.multisig(), [a]), (try Self.wallet(.wsh), [a, b])] {
      let changed = try wallet.replacing(holder: holder, withFixed: keys)
      let quorum = try changed.quorum
      #expect(quorum.threshold == 2 && quorum.keys.count == 3)
      #expect(quorum.keys[holder - 1].key == .single(a))
      #expect(changed.isRanged && changed.branchCount == 2)
      #expect(changed.policyID != wallet.policyID)
      // The text alone gives the same wallet.
      #expect(try Descriptor(parsing: changed.text, network: .regtest) == changed)
      var scripts: Set<[UInt8]> = []
      for branch in 0...1 {
        for index in UInt32(0)..<50 {
          let script = try changed.script(branch: branch, index: index)
          scripts.insert(script.scriptPubKey.bytes)
          let place = try #require(
            try script.spendingPath().quorum.keys.first { $0.publicKey == a })
          #expect(place.origin.fingerprint == KeyFingerprint(ofPublicKey: a))
        }
      }
      #expect(scripts.count == 100, "the others' children keep the addresses apart")
    }
  }

  @Test func `the places that name one holder have one fingerprint`() throws {
    let keys = [try Self.fixed(7), try Self.fixed(8)]
    let changed = try Self.wallet(.wsh).replacing(holder: 2, withFixed: keys)
    let name = KeyFingerprint(ofPublicKey: keys[0]).description
    #expect(changed.text.contains("[\(name)]\(Hex.text(keys[0]))"))
    #expect(changed.text.contains("[\(name)/1]\(Hex.text(keys[1]))"))
  }

  @Test func `what makes no such wallet is refused by name`() throws {
    let (a, b) = (try Self.fixed(7), try Self.fixed(8))
    let multisig = try Self.multisig()
    func refusal(_ wallet: Descriptor, _ holder: Int, _ keys: [[UInt8]]) -> FixedKeyError? {
      do {
        _ = try wallet.replacing(holder: holder, withFixed: keys)
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal(try Self.wallet(.tr), 1, [a, b]) == .taproot)
    for holder in [-1, 0, 4, Int.max] {
      #expect(refusal(multisig, holder, [a]) == .noHolder(holder, of: 3))
    }
    #expect(refusal(multisig, 1, []) == .keyCount(0, needed: 1))
    #expect(refusal(multisig, 1, [a, b]) == .keyCount(2, needed: 1))
    #expect(refusal(try Self.wallet(.wsh), 1, [a]) == .keyCount(1, needed: 2))
    #expect(refusal(try Self.wallet(.wsh), 1, [a, a]) == .repeatedKey(Hex.text(a)))
    let long = try Secp256k1.reencode(publicKey: a, compressed: false)
    for bad in [long, Array(a.dropFirst()), [UInt8](repeating: 5, count: 33), []] {
      #expect(refusal(multisig, 1, [bad]) == .badKey(Hex.text(bad)))
    }
    let once = try multisig.replacing(holder: 1, withFixed: [a])
    #expect(refusal(once, 1, [b]) == .fixedAlready(1))
    #expect(refusal(once, 2, [a]) == .repeatedKey(Hex.text(a)))
    let twice = try once.replacing(holder: 2, withFixed: [b])
    #expect(refusal(twice, 3, [try Self.fixed(9)]) == .notRanged)
  }
}
