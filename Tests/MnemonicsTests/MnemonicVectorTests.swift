import Bitcoin
import Cryptography
import Mnemonics
import TestVectors
import Testing
import Wire

func secret(_ text: String) throws -> SecretBytes { try SecretBytes(copying: Array(text.utf8)) }
func secret(_ bytes: [UInt8]) throws -> SecretBytes { try SecretBytes(copying: bytes) }
func text(_ secret: SecretBytes) throws -> String {
  String(decoding: try secret.revealed(), as: UTF8.self)
}

@Suite struct MnemonicVectorTests {
  @Test func `words, entropy and seeds are those of BIP-39`() throws {
    let file = try JSONValue(file: "bip39.json", in: .module)
    var tally = VectorTally("bip39.json")
    for vector in try file.member("english").list.map(\.list) {
      let entropy = try secret(vector[0].bytes())
      let phrase = try Mnemonic.phrase(entropy: entropy)
      let seed = try Mnemonic.seed(phrase: phrase, passphrase: secret("TREZOR"))
      let key = try ExtendedPrivateKey(seed: seed, network: .mainnet)
      let parsed = try ExtendedPrivateKey(parsing: vector[3].string())
      tally.record(
        try text(phrase) == vector[1].string() && Hex.text(seed.revealed()) == vector[2].string()
          && Mnemonic.entropy(phrase: phrase).revealed() == entropy.revealed()
          && key.publicKey == parsed.publicKey, "\(vector[1])")
    }
    for language in [
      "chinese_simplified", "chinese_traditional", "czech", "french", "italian", "japanese",
      "korean", "portuguese", "spanish", "russian", "turkish",
    ] {
      for _ in file[language]?.list ?? [] {
        tally.skip("word lists other than English are not ours")
      }
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 24)
  }

  @Test(arguments: [
    ("abandon abandon abandon", MnemonicError.wrongLength(words: 3)),
    ("abandon", .wrongLength(words: 1)),
    (String(repeating: "abandon ", count: 12), .wrongChecksum),
    (String(repeating: "abandon ", count: 11) + "abuot", .unknownWord(12)),
    (String(repeating: "abandon ", count: 70), .wrongLength(words: 65)),
    (String(repeating: "abandon ", count: 11) + "About", .unknownWord(12)),
  ])
  func `a phrase that is none says why`(phrase: String, error: MnemonicError) throws {
    #expect(throws: error) { try Mnemonic.entropy(phrase: secret(phrase)) }
  }

  @Test func `shares are judged as SLIP-0039 publishes them`() throws {
    var tally = VectorTally("slip39.json")
    for vector in try JSONValue(file: "slip39.json", in: .module).list.map(\.list) {
      let expected = try vector[2].string()
      let found: String?
      do {
        let shares = try vector[1].list.map { try ShamirShare(phrase: secret($0.string())) }
        for (share, words) in zip(shares, vector[1].list) {
          #expect(try text(share.phrase()) == words.string())
        }
        let whole = try ShamirSecret.combine(shares, passphrase: secret("TREZOR"))
        let key = try ExtendedPrivateKey(seed: whole, network: .mainnet)
        #expect(
          try key.publicKey == ExtendedPrivateKey(parsing: vector[3].string()).publicKey)
        found = Hex.text(try whole.revealed())
      } catch is MnemonicError {
        found = nil
      }
      tally.record(found ?? "" == expected, "\(vector[0])")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 45)
  }

  @Test func `seeds and shares of BIP-93 are read, derived and written`() throws {
    let file = try JSONValue(file: "codex32.json", in: .module)
    var tally = VectorTally("codex32.json")
    for vector in try file.member("vectors").list {
      var shares: [Codex32] = []
      var seed: String?
      for field in try vector.member("fields").list.map(\.list) {
        let (name, value) = (try field[0].string(), try field[1].string())
        if value.lowercased().hasPrefix("ms1") {
          let read = try Codex32(text: secret(value))
          #expect(try text(read.text()) == value.lowercased())
          if name.hasPrefix("Share") || name.hasPrefix("codex32-encoded") { shares.append(read) }
          if read.header.index == "s" {
            let own = Hex.text(try read.seed().revealed())
            #expect(own == seed ?? own, "\(value)")
            seed = seed ?? own
          }
          if name.hasPrefix("Derived") || name.hasPrefix("Recovered") {
            let derived = try Codex32.derive(read.header.index, from: shares)
            tally.record(try text(derived.text()) == value.lowercased(), value)
          }
        } else if name.contains("Master seed") {
          #expect(value == seed ?? value)
          seed = value
        } else if name.contains("xprv") {
          let bytes = try #require(Hex.bytes(seed ?? ""))
          let key = try ExtendedPrivateKey(seed: secret(bytes), network: .mainnet)
          tally.record(
            try key.publicKey == ExtendedPrivateKey(parsing: value).publicKey, value)
        }
      }
    }
    for vector in try file.member("invalid").list {
      let string = try vector.member("string").string()
      tally.record((try? Codex32(text: secret(string))) == nil, string)
    }
    #expect(tally.report() == [])
    #expect(tally.total > 70)
  }
}
