import Bitcoin
import Cryptography
import Descriptors
import TestVectors
import Testing
import Wire

@Suite struct BSMSTests {
  private static let key = try? SecretBytes(copying: [UInt8](repeating: 0, count: 31) + [7])

  @Test func `the BIP's four sessions are read, made again, encrypted and decrypted`() throws {
    var tally = VectorTally("bip129.json")
    for mode in try JSONValue(file: "bip129.json", in: .module).member("modes").list {
      let name = try mode.member("mode").string()
      // Either one for all signers, or each his own.
      var tokens: [Character: BSMSToken] = [:]
      var common = BSMSToken.none
      var keys: [BSMSKeyRecord] = []
      var privateKey: SecretBytes?
      var plain = ""
      for record in try mode.member("records").list {
        let signer = try record.member("actor").string().first(where: \.isNumber)
        let token = signer.flatMap { tokens[$0] } ?? common
        for field in try record.member("fields").list {
          let label = try field.list[0].string()
          let value = try field.list[1].string()
          switch label {
          case "TOKEN (hex)": common = try BSMSToken(parsing: value)
          case let label where label.hasPrefix("TOKEN for Signer"):
            tokens[label.first(where: \.isNumber) ?? "0"] = try BSMSToken(parsing: value)
          case let label where label.hasPrefix("PRIVATE_KEY"):
            privateKey = try #require(PrivateKeyText.parse(value, network: .mainnet)).key
          case let label where label.hasSuffix("_key.bsms"):
            plain = value
            let read = try BSMSKeyRecord(parsing: value, token: token, network: .mainnet)
            keys.append(read)
            let made = try BSMSKeyRecord(
              token: token, key: read.key, description: read.description, network: .mainnet,
              signedWith: try #require(privateKey))
            tally.record(made == read && made.text == value, "\(name) \(label)")
          case "my_multisig_wallet.bsms":
            plain = value
            let read = try BSMSDescriptorRecord(parsing: value, network: .mainnet)
            let made = try BSMSDescriptorRecord(
              template: read.template, paths: read.paths, network: .mainnet)
            let positions = try keys.map { try read.positions(of: $0) }
            tally.record(
              made == read && made.text == value && positions == keys.indices.map { [$0] },
              "\(name) \(label)")
          case let label where label.hasSuffix(".dat"):
            tally.record(
              try token.open(value) == plain && token.seal(plain) == value, "\(name) \(label)")
          default: break
          }
        }
      }
    }
    #expect(tally.report() == [])
    #expect(tally.total >= 18)
  }

  private static let origin = "[59865f44/48h/0h/0h/2h]"

  private func record(_ token: BSMSToken = .none) throws -> BSMSKeyRecord {
    let key = try #require(Self.key)
    return try BSMSKeyRecord(
      token: token, key: Self.origin + Hex.text(try Secp256k1.publicKey(from: key)),
      description: "alice", network: .mainnet, signedWith: key)
  }

  @Test func `every change of a record is refused, and so is another session's`() throws {
    let token = try BSMSToken.random(.extended)
    let text = try record(token).text
    #expect(throws: BSMSError.otherToken) {
      try BSMSKeyRecord(parsing: text, token: .random(.standard), network: .mainnet)
    }
    let bytes = Array(text.utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: BSMSError.self, "byte \(index)") {
        try BSMSKeyRecord(
          parsing: String(decoding: changed, as: UTF8.self), token: token, network: .mainnet)
      }
    }
    #expect(throws: BSMSError.lines(6, expected: 5)) {
      try BSMSKeyRecord(parsing: text + "\n", token: token, network: .mainnet)
    }
    let sealed = try token.seal(text)
    #expect(throws: BSMSError.notAuthentic) { try BSMSToken.random(.extended).open(sealed) }
    #expect(throws: BSMSError.notAuthentic) {
      try token.open(String(sealed.dropLast(2)) + (sealed.hasSuffix("00") ? "01" : "00"))
    }
    #expect(throws: BSMSError.envelope("not hexadecimal")) { try token.open("zz") }
    #expect(throws: BSMSError.envelope("32 bytes; it has more than 32")) {
      try token.open(String(sealed.prefix(64)))
    }
  }

  @Test func `a coordinator who changes the wallet is found out`() throws {
    let own = try record()
    let other = "[b7044ca6]030baf0497ab406ff50cb48b4013abac8a0338758d2fd54cd934927afa57cc2062"
    let honest = try BSMSDescriptorRecord(
      template: "wsh(sortedmulti(2,\(own.key),\(other)))", paths: [], network: .mainnet)
    #expect(try honest.positions(of: own) == [0])
    let inserted = honest.text.replacing("sortedmulti(2,", with: "sortedmulti(1,")
    #expect(throws: BSMSError.self) {
      try BSMSDescriptorRecord(parsing: inserted, network: .mainnet)
    }
    let without = try BSMSDescriptorRecord(
      template: "wsh(pk(\(other)))", paths: [], network: .mainnet)
    #expect(throws: BSMSError.keyMissing(own.key)) { try without.positions(of: own) }
    for paths in [["/0/*"], ["0/*"], ["/0h/*"]] {
      #expect(throws: BSMSError.self) {
        try BSMSDescriptorRecord(
          template: "wsh(pk(\(other)))", paths: paths, network: .mainnet)
      }
    }
  }
}
