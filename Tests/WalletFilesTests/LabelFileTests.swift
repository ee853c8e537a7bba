import Foundation
import JSON
import TestVectors
import Testing
import WalletFiles

@Suite struct LabelFileTests {
  @Test func `the records of BIP-329 are read and written back`() throws {
    let url = Bundle.module.bundleURL.appendingPathComponent("Vectors/bip329.json")
    let file = try JSON(parsing: [UInt8](Data(contentsOf: url)))
    let records: [JSON] = try #require(file["records"]?.array)
    var tally = VectorTally("bip329.json")
    let lines: [UInt8] = records.flatMap { $0.bytes + [UInt8(ascii: "\n")] }
    let labels = try LabelFile(parsing: lines)
    for (record, label) in zip(records, labels.labels) {
      tally.record(
        Set(label.json.members ?? []) == Set(record.members ?? []), "\(record): \(label)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == records.count && tally.passed == 8)
    #expect(labels.ignoredCount == 0)
    #expect(try LabelFile(parsing: labels.bytes) == labels)
    #expect(try LabelFile(parsing: Array(lines.dropLast())) == labels)
  }

  private static let transaction =
    "f91d0a8a78462bc59398f2c5d7a84fcff491c26ba54c4833478b202796c8aafd"

  @Test func `additional fields are kept and unknown kinds are left out`() throws {
    let text = """
      {"type":"tx","ref":"\(Self.transaction)","height":800000,"rate":{"USD":105620.00}}
      {"type":"future","ref":"anything"}

      """
    let labels = try LabelFile(parsing: Array(text.utf8))
    #expect(labels.labels.count == 1 && labels.ignoredCount == 1)
    #expect(labels.labels[0].label == nil)
    #expect(String(decoding: labels.bytes, as: UTF8.self).contains("105620.00"))
  }

  @Test(
    arguments: [
      ("{", nil), ("[]", .notAnObject), ("", nil),
      (#"{"ref":"x"}"#, .missing("type")), (#"{"type":"tx"}"#, .missing("ref")),
      (#"{"type":"tx","ref":"x"}"#, .badReference(.transaction, "x")),
      (#"{"type":"addr","ref":"bc1qqqq"}"#, .badReference(.address, "bc1qqqq")),
      (#"{"type":"output","ref":"T:01"}"#, nil), (#"{"type":"output","ref":"T:4294967296"}"#, nil),
      (#"{"type":"tx","ref":"T","label":7}"#, .badType("label")),
      (#"{"type":"tx","ref":"T","spendable":true}"#, .spendableOutsideOutput(.transaction)),
      (#"{"type":"output","ref":"T:0","spendable":"false"}"#, .badType("spendable")),
      (#"{"type":"tx","ref":"T","label":"a\nb"}"#, .notOneLine("label")),
      (#"{"type":"tx","ref":"T","color":"red"}"#, .unknownMember("color")),
      (#"{"type":"tx","ref":"T","label":"a","label":"b"}"#, nil),
      (#"{"type":"tx","ref":"T"} {}"#, nil),
    ] as [(String, WalletLabel.Failure?)])
  func `a line that is no label names itself and the reason`(
    line: String, expected: WalletLabel.Failure?
  ) throws {
    let good = #"{"type":"tx","ref":"T","label":"first"}"#
    let text = "\(good)\n\(line)\n".replacing("\"T", with: "\"\(Self.transaction)")
    do {
      _ = try LabelFile(parsing: Array(text.utf8))
      Issue.record("accepted")
    } catch {
      #expect(error.line == 2)
      if let expected { #expect(error.reason == .badLabel(expected)) }
    }
  }

  @Test func `two labels for one thing are refused, in two wallets not`() throws {
    func line(_ origin: String) -> String {
      #"{"type":"tx","ref":"\#(Self.transaction)","label":"a","origin":"\#(origin)"}"#
    }
    let twice = "\(line("a"))\n\(line("a"))"
    do {
      _ = try LabelFile(parsing: Array(twice.utf8))
      Issue.record("accepted")
    } catch {
      #expect(error.line == 2 && error.reason == .repeated(line: 1))
    }
    let two = "\(line("a"))\n\(line("b"))"
    #expect(try LabelFile(parsing: Array(two.utf8)).labels.count == 2)
  }
}
