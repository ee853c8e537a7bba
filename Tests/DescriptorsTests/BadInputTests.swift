import Bitcoin
import Descriptors
import Testing

/// Texts that must be refused, each with its own error.
@Suite struct BadInputTests {
  static let key = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
  static let tpub =
    "tpubD6NzVbkrYhZ4WZaiWHz59q5EQ61bd6dUYfU4ggRWAtNAyyYRNWT6ktJ7UHJEXURvTfTfskFQmK7Ff4FRkiRN5wQH8nkGAb6aKB4Yyeqsw5m"

  static let texts: [(text: String, error: DescriptorError)] = [
    (
      String(repeating: "(", count: Descriptor.textLimit + 1),
      .textTooLong(Descriptor.textLimit + 1, limit: Descriptor.textLimit)
    ),
    ("pk(\(key))#", .badChecksumLength(0)),
    ("pk(\(key))#00000000000", .badChecksumLength(11)),
    ("pk(\(key)\u{e9})", .badCharacter(offset: 69)),
    ("", .malformed("")),
    ("pk(\(key)) ", .malformed("pk(\(key)) ".prefix(40) + "…")),
    ("multi(01,\(key),\(key),\(key),\(key))", .tooManyKeys(4, limit: 3)),
    (
      "multi(\(String(repeating: "1", count: 90)),\(key))",
      .badThreshold(String(repeating: "1", count: 40) + "…", keys: 1)
    ),
    (
      "pk(\(tpub)/\(String(repeating: "7", count: 900)))",
      .badKey(
        "\"\(String(repeating: "7", count: 40))…\" is no step: a number below 2^31, with h or ' if hardened"
      )
    ),
    (
      "pk(\(tpub)/<\((0...256).map(String.init).joined(separator: ";"))>)",
      .tooManyAlternatives(limit: 256)
    ),
    (
      "wsh(thresh(1,pk(\(key))\(String(repeating: ",a:0", count: 300))))",
      .tooManyParts(202, limit: 201)
    ),
    (
      "tr(\(key),thresh(1\(String(repeating: ",0", count: 2000))))",
      .tooManyParts(1001, limit: 1000)
    ),
    (
      "wsh(\(String(repeating: "n", count: 500)):pk(\(key)))",
      .malformed("pk(\(key))".prefix(40) + "…")
    ),
  ]

  @Test(arguments: texts)
  func `a text that is no descriptor is refused for its own reason, in a few words`(
    row: (text: String, error: DescriptorError)
  ) {
    #expect(throws: row.error) { try Descriptor(parsing: row.text, network: .regtest) }
    #expect((1...300).contains("\(row.error)".utf8.count), "\(row.error)")
  }

  @Test func `a line of a descriptor file that stands twice is refused, whatever it says`() throws {
    let file = DescriptorFile(try Descriptor(parsing: "pk(\(Self.key))", network: .regtest)).text
    #expect(try DescriptorFile(parsing: file).text == file)
    let rows: [(line: String, error: DescriptorFile.Failure)] = [
      ("# network: regtest", .repeatedLine("network")),
      ("# network: elsewhere", .repeatedLine("network")), ("# policy: 00", .repeatedLine("policy")),
      ("pk(\(Self.key))", .descriptorLines(2)),
    ]
    for row in rows {
      #expect(throws: row.error) { try DescriptorFile(parsing: "\(row.line)\n" + file) }
    }
    #expect(
      throws: DescriptorFile.Failure.descriptor(
        .textTooLong(Descriptor.textLimit + file.utf8.count, limit: Descriptor.textLimit))
    ) { try DescriptorFile(parsing: file + String(repeating: "\n", count: Descriptor.textLimit)) }
  }
}
