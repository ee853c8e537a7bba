import Bitcoin
import Cryptography
import Descriptors
import TestVectors
import Testing
import Wire
import Structures

@Suite struct DescriptorTests {
  private let point = "03a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd"
  private let uncompressed =
    "04a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd"
    + "5b8dec5235a0fa8722476c7709c02559e3aa73aa03918ba2d492eea75abea235"
  private let wif = "L4rK1yDtCWekvXuE6oXD9jCYfFNV2cWRpVuPLBcCU2z8TrisoyY1"

  /// The account keys of `count` holders on regtest.
  private func holders(_ count: Int) throws -> [(origin: KeyOrigin, account: ExtendedPrivateKey)] {
    try (0..<count).map { index in
      let root = try ExtendedPrivateKey(
        seed: try SecretBytes(copying: [UInt8](repeating: UInt8(index + 1), count: 32)),
        network: .regtest)
      let path = try DerivationPath(parsing: "48h/1h/0h/2h")
      return (KeyOrigin(fingerprint: root.fingerprint, path: path), try root.descendant(path))
    }
  }

  private func wallet(_ threshold: Int, of count: Int) throws -> Descriptor {
    let keys = try holders(count).map { holder in
      try KeyExpression(
        origin: holder.origin, account: holder.account.publicKey,
        branches: [0, 1].map(ChildNumber.init(rawValue:)))
    }
    return try Descriptor(multisigOf: threshold, keys: keys, network: .regtest)
  }

  @Test func `a wallet's text is read back as the same wallet`() throws {
    let made = try wallet(2, of: 3)
    let read = try Descriptor(parsing: made.text, network: .regtest, requiringChecksum: true)
    #expect(read == made)
    #expect(read.policyID == SHA256.hash(Array(made.text.utf8)))
    #expect(read.threshold == 2 && read.keys.count == 3)
    #expect(read.branchCount == 2 && read.isRanged)
    #expect(made.text.hasPrefix("wsh(sortedmulti(2,["))
  }

  @Test func `both hardened marks give one canonical text`() throws {
    let made = try wallet(2, of: 2)
    let body = String(try #require(made.text.split(separator: "#").first))
    let other = body.replacing("48h/1h/0h/2h", with: "48'/1'/0h/2'")
    #expect(other != body)
    #expect(try Descriptor(parsing: other, network: .regtest).text == made.text)
  }

  @Test(arguments: UInt32(0)..<8)
  func `every key of a place is the one that its holder derives`(index: UInt32) throws {
    let wallet = try wallet(2, of: 3)
    for branch in 0..<2 {
      let derived = try wallet.script(branch: branch, index: index)
      let place = try DerivationPath(parsing: "\(branch)/\(index)")
      var expected: [[UInt8]] = []
      for holder in try holders(3) {
        let key = try holder.account.descendant(place)
        expected.append(key.publicKey.publicKey)
        let origin = KeyOrigin(
          fingerprint: holder.origin.fingerprint, path: holder.origin.path.appending(place))
        #expect(derived.keys.contains { $0.publicKey == expected.last && $0.origin == origin })
      }
      expected.sort { $0.lexicographicallyPrecedes($1) }
      #expect(derived.keys.map(\.publicKey) == expected)
      #expect(derived.witnessScript == .multisig(threshold: 2, publicKeys: expected))
      let script = try #require(derived.witnessScript)
      #expect(derived.scriptPubKey == .payToWitnessScriptHash(of: script))
      #expect(derived.redeemScript == nil)
    }
  }

  @Test func `places outside the wallet are refused`() throws {
    let wallet = try wallet(2, of: 3)
    #expect(throws: DescriptorError.noSuchBranch(2, branches: 2)) {
      try wallet.script(branch: 2, index: 0)
    }
    #expect(throws: DescriptorError.noSuchBranch(-1, branches: 2)) {
      try wallet.script(branch: -1, index: 0)
    }
    #expect(throws: DescriptorError.indexOutOfRange(1 << 31)) {
      try wallet.script(branch: 0, index: 1 << 31)
    }
    _ = try wallet.script(branch: 1, index: (1 << 31) - 1)
  }

  @Test func `any single changed character of a wallet's text is refused`() throws {
    let text = Array(try wallet(2, of: 3).text.utf8)
    for index in text.indices {
      var changed = text
      changed[index] = changed[index] == UInt8(ascii: "q") ? UInt8(ascii: "p") : UInt8(ascii: "q")
      #expect(throws: DescriptorError.self) {
        try Descriptor(
          parsing: String(decoding: changed, as: UTF8.self), network: .regtest,
          requiringChecksum: true)
      }
    }
  }

  @Test func `a private key is refused unless it may be made public, and is not kept`() throws {
    #expect(throws: DescriptorError.privateKey) {
      try Descriptor(parsing: "pkh(\(wif))", network: .mainnet)
    }
    let xprv =
      "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
    #expect(throws: DescriptorError.privateKey) {
      try Descriptor(parsing: "wpkh(\(xprv)/0h/*)", network: .mainnet)
    }
    let made = try parseVector("wpkh(\(xprv)/0h/1/*)")
    let origin = "[3442193e/0h]"
    let xpub =
      "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw"
    #expect(made.text.hasPrefix("wpkh(\(origin)\(xpub)/1/*)#"))
    #expect(try !parseVector("pkh(\(wif))").text.contains(wif))
  }

  @Test func `every refusal names its reason`() throws {
    let cases: [(String, DescriptorError)] = [
      ("pk(\(point)", .malformed("pk(\(point.prefix(37))…")),
      ("nothing(\(point))", .unknownFunction("nothing")),
      ("wsh(older(10))", .unsafeMiniscript("older(10)", .needsNoSignature)),
      ("sh(older(10))", .notAllowed(function: "older", inside: "sh")),
      ("wsh(and_v(pk(\(point)),older(10)))", .untyped("and_v(pk(\(point)),older(10))")),
      ("wsh(wpkh(\(point)))", .notAllowed(function: "wpkh", inside: "wsh")),
      ("sh(sh(pk(\(point))))", .notAllowed(function: "sh", inside: "sh")),
      ("wpkh(\(uncompressed))", .uncompressedKey(inside: "wpkh")),
      ("wsh(multi(1,\(uncompressed)))", .uncompressedKey(inside: "wsh")),
      ("tr(\(uncompressed))", .uncompressedKey(inside: "tr")),
      ("wsh(pk(\(point.dropFirst(2))))", .xOnlyKey(inside: "wsh")),
      ("multi(0,\(point))", .badThreshold("0", keys: 1)),
      ("multi(+1,\(point))", .badThreshold("+1", keys: 1)),
      ("multi(2,\(point))", .badThreshold("2", keys: 1)),
      ("multi(1)", .badThreshold("1", keys: 0)),
      (
        "multi(1,\([point, point, point, point].joined(separator: ",")))", .tooManyKeys(4, limit: 3)
      ),
      (
        "wsh(multi(1,\([String](repeating: point, count: 21).joined(separator: ","))))",
        .tooManyKeys(21, limit: 20)
      ),
      (
        "sh(multi(1,\([String](repeating: point, count: 16).joined(separator: ","))))",
        .redeemScriptTooLong(547)
      ),
      ("addr(bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080)", .badAddress),
      ("raw()", .malformed("raw()")),
      ("", .malformed("")),
      (")", .malformed(")")),
      ("pk([zz]\(point))", .badKey("the fingerprint of an origin is eight hexadecimal digits")),
    ]
    for (text, error) in cases { #expect(refusal(text) == error, "\(text)") }
  }

  @Test func `a wallet in which one holder stands for two is refused`() throws {
    let key = try #require(try wallet(1, of: 1).keys.first)
    #expect(throws: DescriptorError.repeatedKey) {
      try Descriptor(multisigOf: 2, keys: [key, key], network: .regtest)
    }
    let text = "wsh(sortedmulti(2,\(key.text),\(key.text)))"
    let file = DescriptorFile(try Descriptor(parsing: text, network: .regtest)).text
    #expect(throws: DescriptorFile.Failure.descriptor(.repeatedKey)) {
      try DescriptorFile(parsing: file)
    }
  }

  @Test func `a key of another network is refused`() throws {
    let text = try wallet(1, of: 1).text
    #expect(throws: DescriptorError.wrongNetwork) {
      try Descriptor(parsing: text, network: .mainnet)
    }
    _ = try Descriptor(parsing: text, network: .signet)
  }

  @Test(arguments: UInt64(0)..<8) func `random pieces never stop the parser`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let pieces = [
      "wsh(", "sh(", "multi(", "sortedmulti(", "pk(", "tr(", "addr(", "raw(", ")", ",", "1", "/",
      "<0;1>", "*", "[", "]", "h", "#", point, "deadbeef", wif, "é", "\u{0}", " ",
      "and_v(", "or_d(", "thresh(", "older(", "sha256(", "v:", "a:", "{", "}", "combo(", "rawtr(",
    ]
    for _ in 0..<500 {
      let text = (0..<Int.random(in: 0..<12, using: &random))
        .map { _ in pieces.randomElement(using: &random)! }.joined()
      if let descriptor = try? parseVector(text) {
        #expect(throws: Never.self) { try Descriptor(parsing: descriptor.text, network: .mainnet) }
      }
    }
  }

  @Test func `a descriptor file is read back, and each damage is named`() throws {
    let wallet = try wallet(2, of: 3)
    let text = DescriptorFile(wallet).text
    #expect(try DescriptorFile(parsing: text).descriptor == wallet)
    #expect(throws: DescriptorFile.Failure.noNetwork) {
      try DescriptorFile(parsing: text.replacing("regtest", with: "moon"))
    }
    #expect(throws: DescriptorFile.Failure.noPolicy) {
      try DescriptorFile(parsing: text.replacing("# policy: ", with: "# "))
    }
    let policy = Hex.text(wallet.policyID)
    #expect(throws: DescriptorFile.Failure.wrongPolicy(expected: policy, found: "00")) {
      try DescriptorFile(parsing: text.replacing(policy, with: "00"))
    }
    #expect(throws: DescriptorFile.Failure.descriptorLines(2)) {
      try DescriptorFile(parsing: text + wallet.text)
    }
    #expect(throws: DescriptorFile.Failure.descriptorLines(0)) {
      try DescriptorFile(parsing: "# network: regtest\n# policy: \(policy)\n")
    }
    #expect(throws: DescriptorFile.Failure.descriptor(.wrongNetwork)) {
      try DescriptorFile(parsing: text.replacing("regtest", with: "mainnet"))
    }
  }
}
