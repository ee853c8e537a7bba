import Bitcoin
import Descriptors
import Foundation
import Testing

/// One file of descriptor vectors, as transcribed from its BIP.
struct PublishedVectors: Decodable {
  struct Valid: Decodable {
    let description: String?
    let descriptor: String?
    let expression: String?
    let results: [String]?
    let children: [Child]?
  }
  /// What one index of a ranged descriptor gives.
  struct Child: Decodable {
    let results: [String]
  }
  struct Invalid: Decodable {
    let reason: String
    let expression: String
  }
  let valid: [Valid]
  let invalid: [Invalid]
  let checksum_cases: [Invalid]?

  init(_ name: String) throws {
    let url = try #require(Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "json"))
    self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
  }
}

/// Reads a descriptor of the vectors, which are all of mainnet and hold private keys.
func parseVector(_ text: String) throws(DescriptorError) -> Descriptor {
  try Descriptor(parsing: text, network: .mainnet, privateKeys: .madePublic)
}

/// The error with which `text` is refused, if it is.
func refusal(_ text: String) -> DescriptorError? {
  do {
    _ = try parseVector(text)
    return nil
  } catch {
    return error
  }
}
