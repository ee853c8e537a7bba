import Bitcoin
import Cryptography
import Descriptors
import TestVectors
import Testing
import WalletFiles
import Wire

/// One record of the vectors: its fields by name.
private struct PublishedRecord {
  let fields: [(name: String, value: String)]

  init(_ record: JSONValue) throws {
    fields = try record.member("fields").list.map { field in
      (try field.list[0].string(), try field.list[1].string())
    }
  }

  func field(_ names: String...) -> String? {
    fields.first { field in names.contains { field.name.hasPrefix($0) } }?.value
  }

  func file(_ suffix: String) -> String? { fields.first { $0.name.hasSuffix(suffix) }?.value }
}

@Suite struct SetupRecordTests {
  @Test func `all records of BIP-129 are read, signed, sealed and opened as published`() throws {
    let file = try JSONValue(file: "bip129.json", in: .module)
    var tally = VectorTally("bip129.json")
    for mode in try file.member("modes").list {
      let name = try mode.member("mode").string()
      let records = try mode.member("records").list.map(PublishedRecord.init)
      let fields = records.flatMap(\.fields)
      let tokens = fields.filter {
        $0.name == "TOKEN" || $0.name.hasPrefix("TOKEN") && $0.name.hasSuffix("(hex)")
      }.map { $0.value.replacing("0x", with: "") }
      let keys = fields.filter { $0.name == "ENCRYPTION_KEY (hex)" }.map(\.value)
      for (token, key) in zip(tokens, keys) {
        tally.record(
          try Hex.text(SetupToken(parsing: token).encryptionKey.revealed()) == key,
          "\(name): key of \(token)")
      }
      var keyRecords: [KeyRecord] = []
      for record in records {
        guard let text = record.file("_key.bsms") else { continue }
        let read = try KeyRecord(parsing: text)
        let secret = try #require(
          PrivateKeyText.parse(
            record.field("PRIVATE_KEY") ?? "", network: .mainnet))
        let signed = String(text.split(separator: "\n").dropLast().joined(separator: "\n"))
        let own = MessageSignature.legacy(
          try LegacyMessageSignature(signing: Array(signed.utf8), with: secret.key))
        tally.record(read.text == text && own == read.signature, "\(name): \(text)")
        keyRecords.append(read)
      }
      let wallets = records.compactMap { $0.file("wallet.bsms") }
      for text in wallets {
        let record = try DescriptorRecord(parsing: text, network: .mainnet)
        let places = try keyRecords.map { try record.positions(of: $0) }
        tally.record(
          record.text == text && places == keyRecords.indices.map { [$0] }, "\(name): \(text)")
      }
      // What is sealed stands behind the record that it seals.
      var plain = ""
      for record in records {
        plain = record.file(".bsms") ?? plain
        guard let sealed = record.file(".dat") else { continue }
        let lines = plain.split(separator: "\n")
        // A key record names its token; the wallet's record is sealed for each signer.
        let candidates = plain.contains("multi(") ? tokens : [String(lines[1])]
        let isRight = try candidates.contains { text in
          let token = try SetupToken(parsing: text)
          return try token.seal(plain) == sealed && token.open(sealed) == plain
        }
        tally.record(isRight, "\(name): \(sealed.prefix(40))")
      }
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 26)
  }

  private func account(_ seed: UInt8) throws -> ExtendedPrivateKey {
    let seed = try SecretBytes(copying: [UInt8](repeating: seed, count: 32))
    return try ExtendedPrivateKey(seed: seed, network: .mainnet)
      .descendant(DerivationPath(parsing: "48h/0h/0h/2h"))
  }

  private func record(_ seed: UInt8, _ token: SetupToken) throws -> KeyRecord {
    let origin = try KeyOrigin(
      fingerprint: #require(KeyFingerprint([seed, 0, 0, 0])),
      path: try DerivationPath(parsing: "48h/0h/0h/2h"))
    return try KeyRecord(
      token: token, origin: origin, account: account(seed), description: "holder \(seed)")
  }

  @Test(arguments: [SetupToken.Mode.none, .standard, .extended])
  func `three holders set a wallet up with each other`(mode: SetupToken.Mode) throws {
    let token = SetupToken.random(mode)
    let sent = try (UInt8(1)...3).map { try token.seal(record($0, token).text) }
    let keys = try sent.map { try KeyRecord(opening: $0, with: token) }
    let list = keys.map { $0.keyText + "/<0;1>/*" }.joined(separator: ",")
    let wallet = try Descriptor(parsing: "wsh(sortedmulti(2,\(list)))", network: .mainnet)
    let made = try DescriptorRecord(wallet)
    #expect(made.restrictions == ["/0/*", "/1/*"])
    let read = try DescriptorRecord(
      opening: token.seal(made.text), with: token, network: .mainnet)
    #expect(read.text == made.text)
    #expect(read.descriptors == (try wallet.branches))
    for (place, key) in keys.enumerated() { #expect(try read.positions(of: key) == [place]) }
    #expect(throws: SetupError.keyNotIncluded) { try read.positions(of: record(9, token)) }
    if mode != .none {
      #expect(throws: SetupError.notAuthentic) {
        try SetupToken.random(mode).open(sent[0])
      }
      let changed = String(sent[0].dropLast()) + (sent[0].last == "0" ? "1" : "0")
      #expect(throws: SetupError.notAuthentic) { try token.open(changed) }
    }
  }

  @Test func `a record that was changed, or is of another session, is refused`() throws {
    let token = try SetupToken(parsing: "a54044308ceac9b7")
    let text = try record(1, token).text
    #expect(throws: Never.self) { try KeyRecord(parsing: text) }
    let changed: [(String, SetupError)] = [
      (text.replacing("BSMS 1.0", with: "BSMS 2.0"), .unknownVersion("BSMS 2.0")),
      (text + "\n", .wrongLineCount(expected: 5, actual: 6)),
      (text.replacing("a54044308ceac9b7", with: "a54044308ceac9"), .badToken("a54044308ceac9")),
      (
        text.replacing("holder", with: "holdeR"),
        .badSignature("made by another key or over another message")
      ),
      (
        text.replacing("holder", with: String(repeating: "x", count: 80)), .badDescription(82)
      ),
    ]
    for (text, error) in changed {
      #expect(throws: error) { try KeyRecord(parsing: text) }
    }
    let other = try SetupToken(parsing: "0011223344556677")
    #expect(throws: SetupError.otherToken) {
      try KeyRecord(opening: try other.seal(text), with: other)
    }
  }

  @Test func `a wallet with another first address or restrictions that fit not is refused`() throws
  {
    let keys = try (UInt8(1)...2).map { try record($0, .none) }
    let list = keys.map { $0.keyText + "/<0;1>/*" }.joined(separator: ",")
    let text = try DescriptorRecord(
      Descriptor(parsing: "wsh(multi(2,\(list)))", network: .mainnet)
    ).text
    func failure(_ before: String, _ after: String) -> SetupError? {
      do {
        _ = try DescriptorRecord(parsing: text.replacing(before, with: after), network: .mainnet)
        return nil
      } catch {
        return error
      }
    }
    #expect(failure("", "") == nil)
    guard case .wrongAddress = failure("/0/*,/1/*", "/1/*,/0/*") else {
      Issue.record("restrictions in another order give another address")
      return
    }
    #expect(failure("/0/*,/1/*", "/0h/*,/1/*") == .badRestrictions("/0h/*"))
    #expect(failure("/0/*,/1/*", "/0/*,/0/*") == .badRestrictions("a path twice"))
    #expect(
      failure("/0/*,/1/*", "No path restrictions")
        == .badRestrictions("a template has restrictions, a descriptor has none"))
    guard case .wrongAddress = failure("multi(2", "multi(1") else {
      Issue.record("another threshold gives another address")
      return
    }
  }
}
