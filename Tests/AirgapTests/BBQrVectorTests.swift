import Airgap
import Foundation
import TestVectors
import Testing

/// Coinkite's files: real PSBTs and transactions, and a real scan.
@Suite struct BBQrVectorTests {
  private static let folder = Bundle.module.bundleURL.appendingPathComponent("Vectors")

  private static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  @Test func `every file comes back from its parts in any order, in every encoding`() throws {
    var tally = VectorTally("bbqr/*.psbt, *.txn")
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
      .filter { $0.hasSuffix(".psbt") || $0.hasSuffix(".txn") }.sorted()
    for name in names {
      let message = try CarriedMessage(
        name.hasSuffix(".psbt") ? .psbt : .transaction, Self.bytes(name))
      for encoding in [BBQrPart.Encoding.hex, .base32, .zlib, nil] {
        for version in [5, 11, 27, 40] {
          let parts = try? BBQr.parts(of: message, encoding: encoding, version: version)
          guard let parts else {
            // 1000 outputs in small symbols are more parts than two digits count.
            tally.record(
              message.bytes.count > 1295 * 60, "\(name) in version \(version)")
            continue
          }
          var joiner = BBQrJoiner()
          for part in parts.reversed() + parts {
            try joiner.add(try BBQrPart(parsing: part.text))
          }
          let fits = parts.allSatisfy {
            $0.text.count <= QRSymbol.alphanumericCapacity(version: version)
          }
          tally.record(
            try fits && joiner.message() == message, "\(name) \(String(describing: encoding))")
        }
      }
    }
    #expect(tally.report() == [])
    #expect(names.count == 10 && tally.passed == 10 * 16)
  }

  @Test func `a real scan joins to what its program sent`() throws {
    var tally = VectorTally("bbqr/real-scan.txt")
    let lines = String(decoding: try Self.bytes("real-scan.txt"), as: UTF8.self)
      .split(whereSeparator: \.isNewline)
    var joiner = BBQrJoiner()
    for line in lines.shuffled() { try joiner.add(try BBQrPart(parsing: line)) }
    let message = try joiner.message()
    // The recording is of a text, with every part in it.
    tally.record(
      joiner.seen == joiner.total && Set(lines).count == joiner.total && message.kind == .unicode,
      "\(joiner.seen) of \(String(describing: joiner.total)), \(message.kind)")
    let again = try BBQr.parts(of: message, encoding: .zlib, version: 27)
    var second = BBQrJoiner()
    for part in again { try second.add(part) }
    tally.record(try second.message() == message, "sent again")
    #expect(String(validating: message.bytes, as: UTF8.self) != nil)
    #expect(tally.report() == [])
    #expect(tally.passed == 2)
  }
}
