import Bitcoin
import Descriptors
import TestVectors
import Testing
import Wire

@Suite struct PublishedVectorTests {
  /// Vectors with valid descriptors that are refused on purpose, and why.
  private func expectedRefusal(_ text: String) -> DescriptorError? {
    if text.contains("*'") || text.contains("*h") || text.contains("<2147483647h") {
      return .hardenedStep  // would need a private key that is not kept
    }
    return nil
  }

  @Test(arguments: ["bip381", "bip382", "bip383", "bip385", "bip386", "bip387"])
  func `scripts are those of the published vectors`(name: String) throws {
    let vectors = try PublishedVectors(name)
    var tally = VectorTally("\(name).json")
    for vector in vectors.valid {
      let text = try #require(vector.descriptor)
      if let reason = expectedRefusal(text) {
        #expect(refusal(text) == reason, "\(text)")
        tally.skip("a hardened wildcard, which would need a private key that is not kept")
        continue
      }
      let descriptor = try parseVector(text)
      let results = try #require(vector.results)
      let found = try results.indices.map {
        Hex.text(try descriptor.script(branch: 0, index: UInt32($0)).scriptPubKey.bytes)
      }
      let same = try Descriptor(parsing: descriptor.text, network: .mainnet)
      tally.record(found == results && same == descriptor, "\(text): \(found)")
    }
    for vector in vectors.invalid {
      tally.record(refusal(vector.expression) != nil, vector.reason)
    }
    #expect(tally.report() == [])
    #expect(tally.total == vectors.valid.count + vectors.invalid.count && tally.passed > 0)
  }

  @Test func `combo stands for all scripts of its key`() throws {
    let vectors = try PublishedVectors("bip384")
    var tally = VectorTally("bip384.json")
    for vector in vectors.valid {
      let text = try #require(vector.descriptor)
      let descriptor = try parseVector(text)
      let children = try vector.children?.map(\.results) ?? [#require(vector.results)]
      let found = try children.indices.map { index in
        try descriptor.scripts(index: UInt32(index)).map { Hex.text($0.scriptPubKey.bytes) }
      }
      tally.record(found == children, "\(text): \(found)")
    }
    for vector in vectors.invalid {
      tally.record(refusal(vector.expression) != nil, vector.reason)
    }
    #expect(tally.report() == [])
    #expect(tally.passed == vectors.valid.count + vectors.invalid.count)
  }

  @Test func `key expressions are read as BIP-380 says`() throws {
    let vectors = try PublishedVectors("bip380")
    var tally = VectorTally("bip380.json keys")
    for vector in vectors.valid {
      let key = try #require(vector.expression)
      let isPrivate = key.contains("xprv")
      // BIP-380 allows writing what cannot be derived; we refuse it where it enters.
      if key.hasSuffix("*h") || (!isPrivate && key.contains("/3h/")) {
        #expect(refusal("pk(\(key))") == .hardenedStep, "\(vector.description ?? "")")
        tally.skip("hardened steps that a public key cannot take")
      } else {
        tally.record(refusal("pk(\(key))") == nil, vector.description ?? key)
      }
    }
    for vector in vectors.invalid {
      tally.record(refusal("pk(\(vector.expression))") != nil, vector.reason)
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 32 && tally.total == 37)
  }

  @Test func `checksums are judged as BIP-380 says`() throws {
    let cases = try #require(PublishedVectors("bip380").checksum_cases)
    var tally = VectorTally("bip380.json checksums")
    for vector in cases {
      let isValid = vector.reason == "Valid checksum" || vector.reason == "No checksum"
      tally.record((refusal(vector.expression) == nil) == isValid, vector.reason)
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 8)
    #expect(refusal("raw(deadbeef)#") == .badChecksumLength(0))
    #expect(refusal("raw(deedbeef)#89f8spxm") != .badChecksumLength(8))
    #expect(refusal("raw(Ü)#00000000") == .badCharacter(offset: 4))
    #expect(throws: DescriptorError.missingChecksum) {
      try Descriptor(parsing: "raw(deadbeef)", network: .mainnet, requiringChecksum: true)
    }
  }

  @Test func `multipath descriptors stand for the single ones of BIP-389`() throws {
    let vectors = try PublishedVectors("bip389")
    var tally = VectorTally("bip389.json")
    for vector in vectors.valid {
      let text = try #require(vector.descriptor)
      if let reason = expectedRefusal(text) {
        #expect(refusal(text) == reason)
        tally.skip("a hardened alternative, which would need a private key that is not kept")
        continue
      }
      let descriptor = try parseVector(text)
      let singles = try #require(vector.results)
      var isRight = descriptor.branchCount == singles.count
      for (branch, single) in singles.enumerated() {
        let single = try parseVector(single)
        isRight = try isRight && descriptor.branches[branch] == single
        for index in UInt32(0)..<3 {
          let a = try descriptor.script(branch: branch, index: index)
          isRight = try isRight && a == single.script(branch: 0, index: index)
        }
      }
      tally.record(isRight, text)
    }
    for vector in vectors.invalid {
      tally.record(refusal(vector.expression) != nil, vector.reason)
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 13 && tally.total == 14)
  }

  @Test(arguments: ["bip67.json", "core_rpc_bip67.json"])
  func `keys are sorted as BIP-67 says`(name: String) throws {
    let file = try JSONValue(file: name, in: .module)
    var tally = VectorTally(name)
    for vector in file["vectors"]?.list ?? file.list {
      let keys = try vector.member("keys").list.map { try $0.string() }
      let sorted = (vector["sorted"] ?? vector["sorted_keys"])?.list.compactMap(\.text)
      let threshold = vector["threshold"]?.integer ?? 2
      let network: Network = name == "bip67.json" ? .mainnet : .testnet
      let descriptor = try Descriptor(
        parsing: "sh(sortedmulti(\(threshold),\(keys.joined(separator: ","))))", network: network)
      let derived = try descriptor.script()
      let script = try vector.member("script").bytes()
      tally.record(
        derived.keys.map { Hex.text($0.publicKey) } == sorted
          && derived.redeemScript?.bytes == script
          && Address.text(for: derived.scriptPubKey, network: network)
            == (vector["p2sh_address"] ?? vector["address"])?.text,
        "\(vector)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 4)
  }
}
