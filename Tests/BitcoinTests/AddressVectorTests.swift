import Bitcoin
import Cryptography
import Foundation
import TestVectors
import Testing
import Wire

@Suite struct AddressVectorTests {
  private func network(_ chain: String?) throws -> Network {
    let chain = chain == "testnet4" ? "test" : chain
    return try #require(Network.allCases.first { $0.chainName == chain })
  }

  /// Text with upper and lower case exchanged.
  private func flipped(_ text: String) -> String {
    String(
      text.map { character in
        Character(character.isUppercase ? character.lowercased() : character.uppercased())
      })
  }

  @Test func `valid addresses and keys are read and written`() throws {
    var tally = VectorTally("key_io_valid.json")
    for json in try JSONValue(file: "key_io_valid.json", in: .module).list {
      let text = try json.list[0].string()
      let bytes = try json.list[1].bytes()
      let network = try network(json.list[2]["chain"]?.text)
      let key = PrivateKeyText.parse(text, network: network)
      let script = try? Address.parse(text, network: network)
      if json.list[2]["isPrivkey"]?.truth == true {
        let isCompressed = json.list[2]["isCompressed"]?.truth == true
        let isAsPublished =
          try key?.key.revealed() == bytes && key?.isCompressed == isCompressed && script == nil
          && key.map { found in
            try PrivateKeyText.text(found.key, isCompressed: isCompressed, network: network)
          } == text
        tally.record(isAsPublished, text)
      } else {
        let canFlip = json.list[2]["tryCaseFlip"]?.truth == true
        let other = try? Address.parse(flipped(text), network: network)
        let isAsPublished =
          script == Script(bytes) && key == nil && (other == script) == canFlip
          && Address.text(for: Script(bytes), network: network) == text
        tally.record(isAsPublished, text)
      }
    }
    #expect(tally.report() == [])
    #expect(tally.total == 70)
  }

  @Test func `invalid addresses and keys are refused on every network`() throws {
    var tally = VectorTally("key_io_invalid.json")
    for json in try JSONValue(file: "key_io_invalid.json", in: .module).list {
      let text = try json.list[0].string()
      let isRefused = Network.allCases.allSatisfy { network in
        (try? Address.parse(text, network: network)) == nil
          && PrivateKeyText.parse(text, network: network) == nil
      }
      tally.record(isRefused, text)
    }
    #expect(tally.report() == [])
    #expect(tally.total == 70)
  }

  @Test func `Base58 goes both ways`() throws {
    var tally = VectorTally("base58_encode_decode.json")
    for json in try JSONValue(file: "base58_encode_decode.json", in: .module).list {
      let bytes = try json.list[0].bytes()
      let text = try json.list[1].string()
      let isAsPublished =
        Base58.text(bytes) == text && Base58.bytes(text, limit: 256) == bytes
      tally.record(isAsPublished, text)
    }
    #expect(tally.report() == [])
    #expect(tally.total > 10)
  }

  @Test(arguments: [("bech32", Bech32.Variant.bech32), ("bech32m", .bech32m)])
  func `checksummed text is accepted and refused as published`(
    name: String, variant: Bech32.Variant
  ) throws {
    var tally = VectorTally("\(name).json")
    let root = try JSONValue(file: "\(name).json", in: .module)
    for json in try #require(root["valid_\(name)"]).list {
      let text = try json.string()
      let parts = Bech32.parse(text)
      let again = parts.map {
        Bech32.text(
          humanReadablePart: $0.humanReadablePart, values: $0.values, variant: $0.variant)
      }
      tally.record(parts?.variant == variant && again == text.lowercased(), text)
    }
    for json in try #require(root["invalid_\(name)"]).list {
      let text = try string(json)
      tally.record(Bech32.parse(text)?.variant != variant, "\(json)")
    }
    for json in try root.member("valid_segwit_addresses").list {
      let text = try json.member("address").string()
      let network: Network = text.lowercased().hasPrefix("bc") ? .mainnet : .testnet
      let script = try? Address.parse(text, network: network)
      let published = json["scriptPubKey"]?.text
      if name == "bech32", published?.hasPrefix("00") == false {
        // BIP-350 moved the later versions to Bech32m, so that these became invalid.
        tally.record(script == nil, text)
      } else {
        let isAsPublished =
          script.map { Hex.text($0.bytes) } == published
          && script.flatMap { Address.text(for: $0, network: network) } == text.lowercased()
        tally.record(isAsPublished, text)
      }
    }
    for json in try root.member("invalid_segwit_addresses").list {
      let text = try string(json)
      let isRefused = Network.allCases.allSatisfy {
        (try? Address.parse(text, network: $0)) == nil
      }
      tally.record(isRefused, "\(json)")
    }
    #expect(tally.report() == [])
    #expect(tally.total > 30)
  }

  /// Vectors with a byte that is no character are given in hexadecimal.
  private func string(_ json: JSONValue) throws -> String {
    if let text = json["string"]?.text { return text }
    let bytes = try json.member("string_hex").bytes()
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `an address of another network is named as such`() {
    #expect(throws: AddressError.otherNetwork(expected: .regtest)) {
      try Address.parse("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", network: .regtest)
    }
    #expect(throws: AddressError.otherNetwork(expected: .mainnet)) {
      try Address.parse("mzK2FFDEhxqHcmrJw1ysqFkVyhUULo45hZ", network: .mainnet)
    }
    #expect(throws: AddressError.malformed) { try Address.parse("", network: .mainnet) }
  }
}
