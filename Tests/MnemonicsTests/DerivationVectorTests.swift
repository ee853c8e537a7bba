import Bitcoin
import Cryptography
import Mnemonics
import TestVectors
import Testing
import Wire

/// The derivations that begin at words or a root key: BIP-84, 85 and 86, SLIP-10, 21 and 132.
@Suite struct DerivationVectorTests {
  private func root(_ words: JSONValue) throws -> ExtendedPrivateKey {
    let seed = try Mnemonic.seed(phrase: secret(words.string()), passphrase: nil)
    return try ExtendedPrivateKey(seed: seed, network: .mainnet)
  }

  /// An extended key without its version, which SLIP-132 changes.
  private func unversioned(_ text: String?) -> [UInt8]? {
    text.flatMap(Base58.checkedPayload).map { Array($0.dropFirst(4)) }
  }

  private func path(_ section: String) throws -> DerivationPath {
    guard let mark = section.lastIndex(of: "=") else { return DerivationPath() }
    return try DerivationPath(parsing: section[mark...].dropFirst(2))
  }

  @Test(arguments: ["bip84.json", "bip86.json"])
  func `accounts and addresses are those of BIP-84 and BIP-86`(name: String) throws {
    let sections = try JSONValue(file: name, in: .module).member("sections").list
    let root = try root(sections[0].member("mnemonic"))
    var tally = VectorTally(name)
    for section in sections {
      let key = try root.descendant(path(section.member("section").string()))
      let xprv = (section["rootpriv"] ?? section["xpriv"] ?? section["xprv"])?.text
      let xpub = (section["rootpub"] ?? section["xpub"])?.text
      var isRight = true
      if let xprv { isRight = try unversioned(xprv) == unversioned(key.revealedText()) }
      if let xpub { isRight = isRight && unversioned(xpub) == unversioned(key.publicKey.text) }
      if let wif = section["privkey"]?.text {
        isRight = try isRight && PrivateKeyText.text(key.secret, network: .mainnet) == wif
      }
      if let text = section["pubkey"]?.text {
        isRight = isRight && Hex.text(key.publicKey.publicKey) == text
      }
      if let address = section["address"]?.text {
        let script: Script
        if name == "bip84.json" {
          script = .payToWitnessPublicKeyHash(of: key.publicKey.publicKey)
        } else {
          let internalKey = Array(key.publicKey.publicKey.dropFirst())
          let output = try Taproot.outputKey(internalKey: internalKey, merkleRoot: nil)
          script = .payToTaproot(outputKey: output)
          isRight =
            try isRight && Hex.text(internalKey) == section.member("internal_key").string()
            && Hex.text(script.bytes) == section.member("scriptPubKey").string()
        }
        isRight = isRight && Address.text(for: script, network: .mainnet) == address
      }
      tally.record(isRight, "\(section)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 5)
  }

  @Test func `accounts are those of SLIP-132, but for the version that is not read`() throws {
    let file = try JSONValue(file: "slip132.json", in: .module)
    let root = try root(file.member("mnemonic"))
    var tally = VectorTally("slip132.json")
    for vector in try file.member("vectors").list {
      let account = try root.descendant(DerivationPath(parsing: vector.member("path").string()))
      let own = try root.descendant(
        DerivationPath(parsing: vector.member("first_address_path").string())
      ).publicKey.publicKey
      let scripts: [Script] = [
        .payToPublicKeyHash(Hash160.hash(own)),
        .payToScriptHash(of: .payToWitnessPublicKeyHash(of: own)),
        .payToWitnessPublicKeyHash(of: own),
      ]
      let address = try vector.member("first_address").string()
      let text = try vector.member("public").string()
      let isRead = (try? ExtendedPublicKey(parsing: text)) != nil
      tally.record(
        try unversioned(vector.member("private").string()) == unversioned(account.revealedText())
          && unversioned(text) == unversioned(account.publicKey.text)
          && isRead == text.hasPrefix("xpub")
          && scripts.contains { Address.text(for: $0, network: .mainnet) == address }, "\(vector)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 3)
  }

  @Test func `keys on Bitcoin's curve are those of SLIP-10`() throws {
    var tally = VectorTally("slip10.json")
    for vector in try JSONValue(file: "slip10.json", in: .module).member("vectors").list {
      let curve = try vector.member("curve").string()
      for chain in try vector.member("chains").list {
        guard curve == "secp256k1" else {
          tally.skip("no wallet of ours derives keys on \(curve)")
          continue
        }
        guard let seed = vector["seed"] else {
          tally.skip("no seed is given")
          continue
        }
        let key = try ExtendedPrivateKey(seed: secret(seed.bytes()), network: .mainnet)
          .descendant(DerivationPath(parsing: chain.member("path").string()))
        tally.record(
          try key.publicKey.chainCode == chain.member("chain code").bytes()
            && key.secret.revealed() == chain.member("private").bytes()
            && key.publicKey.publicKey == chain.member("public").bytes()
            && "\(key.publicKey.position.parent)" == chain.member("fingerprint").string(),
          "\(chain)")
      }
    }
    #expect(tally.report() == [])
    #expect(tally.passed >= 10)
  }

  @Test func `symmetric keys are those of SLIP-21`() throws {
    let file = try JSONValue(file: "slip21.json", in: .module)
    var tally = VectorTally("slip21.json")
    for vector in try file.member("keys").list {
      var node = try SymmetricKey(seed: secret(file.member("seed").bytes()))
      for label in try vector.member("path").list { node = try node.child(label.string()) }
      tally.record(try node.key.revealed() == vector.member("key").bytes(), "\(vector)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 4)
  }

  @Test func `secrets from one root are those of BIP-85`() throws {
    var tally = VectorTally("bip85.json")
    for vector in try JSONValue(file: "bip85.json", in: .module).member("vectors").list {
      let root = try ExtendedPrivateKey(parsing: vector.member("master").string())
      let steps = try DerivationPath(parsing: vector.member("path").string()).steps.map(\.index)
      let index = try #require(steps.last)
      let expected = try vector.member("DERIVED ENTROPY").bytes()
      let use = Array(steps.dropFirst().dropLast())
      switch use.first {
      case 39:
        let entropy = try root.entropy(.mnemonic(words: use[2]), index: index)
        tally.record(
          try entropy.revealed() == expected
            && text(Mnemonic.phrase(entropy: entropy))
              == vector.member("DERIVED BIP39 MNEMONIC").string(),
          "\(vector)")
      case 2:
        let key = try root.entropy(.seed, index: index)
        tally.record(
          try key.revealed() == expected
            && PrivateKeyText.text(key, network: .mainnet)
              == vector.member("DERIVED WIF").string(),
          "\(vector)")
      case 32:
        let derived = try root.derivedRoot(index: index)
        tally.record(
          try derived.secret.revealed() == expected
            && derived.revealedText() == vector.member("DERIVED XPRV").string(), "\(vector)")
      case 128_169:
        let bytes = try root.entropy(.bytes(use[1]), index: index)
        tally.record(try bytes.revealed() == expected, "\(vector)")
      default:
        // The bytes from which others make passwords and keys of other systems.
        let entropy = try root.entropy(.path(use), index: index)
        tally.record(try entropy.revealed() == expected, "\(vector)")
      }
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 13)
    let root = try ExtendedPrivateKey(
      seed: secret([UInt8](repeating: 1, count: 32)), network: .mainnet)
    #expect(throws: ExtendedKeyError.badEntropyCount(13)) {
      try root.entropy(.mnemonic(words: 13), index: 0)
    }
    #expect(throws: ExtendedKeyError.badEntropyCount(65)) {
      try root.entropy(.bytes(65), index: 0)
    }
  }
}
