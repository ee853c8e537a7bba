import Bitcoin
import Descriptors
import Foundation
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
    var count = 0
    var scripts = 0
    var refused = 0
    for vector in vectors.valid {
      let text = try #require(vector.descriptor)
      if let reason = expectedRefusal(text) {
        #expect(refusal(text) == reason, "\(text)")
        refused += 1
        continue
      }
      let descriptor = try parseVector(text)
      for (index, result) in try #require(vector.results).enumerated() {
        let derived = try descriptor.script(branch: 0, index: UInt32(index))
        #expect(Hex.text(derived.scriptPubKey.bytes) == result, "\(text) at \(index)")
        scripts += 1
      }
      #expect(try Descriptor(parsing: descriptor.text, network: .mainnet) == descriptor)
      count += 1
    }
    for vector in vectors.invalid {
      #expect(refusal(vector.expression) != nil, "\(vector.reason)")
    }
    print(
      "\(name): \(count) valid with \(scripts) scripts, \(vectors.invalid.count) invalid,",
      "not applicable \(refused) (a hardened wildcard)")
    #expect(count + refused == vectors.valid.count && scripts >= count && count > 0)
  }

  @Test func `combo stands for all scripts of its key`() throws {
    let vectors = try PublishedVectors("bip384")
    var scripts = 0
    for vector in vectors.valid {
      let text = try #require(vector.descriptor)
      let descriptor = try parseVector(text)
      let children = try vector.children?.map(\.results) ?? [#require(vector.results)]
      for (index, results) in children.enumerated() {
        let found = try descriptor.scripts(index: UInt32(index)).map {
          Hex.text($0.scriptPubKey.bytes)
        }
        #expect(found == results, "\(text) at \(index)")
        scripts += found.count
      }
    }
    for vector in vectors.invalid { #expect(refusal(vector.expression) != nil, "\(vector.reason)") }
    print(
      "bip384: \(vectors.valid.count) valid with \(scripts) scripts, \(vectors.invalid.count) invalid"
    )
    #expect(scripts > 8)
  }

  @Test func `key expressions are read as BIP-380 says`() throws {
    let vectors = try PublishedVectors("bip380")
    var count = 0
    var refused = 0
    for vector in vectors.valid {
      let key = try #require(vector.expression)
      let isPrivate = key.contains("xprv")
      // BIP-380 allows writing what cannot be derived; we refuse it where it enters.
      if key.hasSuffix("*h") || (!isPrivate && key.contains("/3h/")) {
        #expect(refusal("pk(\(key))") == .hardenedStep, "\(vector.description ?? "")")
        refused += 1
      } else {
        #expect(refusal("pk(\(key))") == nil, "\(vector.description ?? "")")
        count += 1
      }
    }
    for vector in vectors.invalid {
      let error = refusal("pk(\(vector.expression))")
      #expect(error != nil, "\(vector.reason)")
    }
    print(
      "bip380: \(count) valid keys, \(vectors.invalid.count) invalid,",
      "not applicable \(refused) (hardened steps that a public key cannot take)")
    #expect(count == 16 && refused == 5 && vectors.invalid.count == 16)
  }

  @Test func `checksums are judged as BIP-380 says`() throws {
    let cases = try #require(PublishedVectors("bip380").checksum_cases)
    for vector in cases {
      let isValid = vector.reason == "Valid checksum" || vector.reason == "No checksum"
      #expect((refusal(vector.expression) == nil) == isValid, "\(vector.reason)")
    }
    #expect(cases.count == 8)
    #expect(refusal("raw(deadbeef)#") == .badChecksumLength(0))
    #expect(refusal("raw(deedbeef)#89f8spxm") != .badChecksumLength(8))
    #expect(refusal("raw(Ü)#00000000") == .badCharacter(offset: 4))
    #expect(throws: DescriptorError.missingChecksum) {
      try Descriptor(parsing: "raw(deadbeef)", network: .mainnet, requiringChecksum: true)
    }
  }

  @Test func `multipath descriptors stand for the single ones of BIP-389`() throws {
    let vectors = try PublishedVectors("bip389")
    var count = 0
    var refused = 0
    for vector in vectors.valid {
      let text = try #require(vector.descriptor)
      if let reason = expectedRefusal(text) {
        #expect(refusal(text) == reason)
        refused += 1
        continue
      }
      let descriptor = try parseVector(text)
      let singles = try #require(vector.results)
      #expect(descriptor.branchCount == singles.count)
      for (branch, single) in singles.enumerated() {
        let single = try parseVector(single)
        #expect(try descriptor.branches[branch] == single)
        for index in UInt32(0)..<3 {
          let a = try descriptor.script(branch: branch, index: index)
          #expect(try a == single.script(branch: 0, index: index))
        }
      }
      count += 1
    }
    for vector in vectors.invalid {
      #expect(refusal(vector.expression) != nil, "\(vector.reason)")
    }
    print(
      "bip389: \(count) valid, \(vectors.invalid.count) invalid,",
      "not applicable \(refused) (hardened alternative)")
    #expect(count == 5 && refused == 1 && vectors.invalid.count == 8)
  }

  private struct BIP67: Decodable {
    struct Vector: Decodable {
      let keys: [String]
      let sorted: [String]
      let script: String
      let p2sh_address: String
      let threshold: Int
    }
    let vectors: [Vector]
  }

  @Test func `keys are sorted as BIP-67 says`() throws {
    let url = try #require(Bundle.module.url(forResource: "Vectors/bip67", withExtension: "json"))
    let vectors = try JSONDecoder().decode(BIP67.self, from: Data(contentsOf: url)).vectors
    for vector in vectors {
      let keys = vector.keys.joined(separator: ",")
      let descriptor = try parseVector("sh(sortedmulti(\(vector.threshold),\(keys)))")
      let derived = try descriptor.script()
      #expect(derived.keys.map { Hex.text($0.publicKey) } == vector.sorted)
      #expect(derived.redeemScript.map { Hex.text($0.bytes) } == vector.script)
      #expect(Address.text(for: derived.scriptPubKey, network: .mainnet) == vector.p2sh_address)
    }
    print("bip67: \(vectors.count) vectors")
    #expect(vectors.count == 4)
  }
}
