import Statements
import Testing
import Wire

/// What customers and operators say about changes, and what stands in a notice.
@Suite struct NoticeTests {
  @Test func `the signed bytes of a word on a hold are fixed for ever`() throws {
    let own = HoldStatement(account: 7, change: 12, ends: false)
    #expect(
      Hex.text(own.bytes)
        == "10000000" + Hex.text("holdfast/hold/v1".utf8) + "00000000" + "0700000000000000"
        + "0c00000000000000" + "00")
    let dave = HoldStatement(operatorName: "dave", account: 7, change: 12, ends: true)
    #expect(try HoldStatement(bytes: dave.bytes) == dave)
    #expect(throws: WireError.self) { try HoldStatement(bytes: dave.bytes + [0]) }
  }

  @Test func `a code has one form`() throws {
    let secret = (0..<16).map { UInt8($0) }
    let code = NoticeCode(account: 7, change: 12, secret: secret)
    #expect(code.text == "7-12-000102030405060708090a0b0c0d0e0f")
    #expect(NoticeCode(text: code.text) == code)
    for wrong in [
      "", "-", "7-12", "7-12-", "07-12-000102030405060708090a0b0c0d0e0f",
      "+7-12-000102030405060708090a0b0c0d0e0f", "7-12-000102030405060708090A0b0c0d0e0f",
      "7-12-000102030405060708090a0b0c0d0e", "7-12-000102030405060708090a0b0c0d0e0f0f",
      "7-12-000102030405060708090a0b0c0d0e0f-", " 7-12-000102030405060708090a0b0c0d0e0f",
      "18446744073709551616-1-000102030405060708090a0b0c0d0e0f",
    ] { #expect(NoticeCode(text: wrong) == nil, "\(wrong)") }
  }

  @Test(arguments: [
    "alice@example.org", "a@b.c", "al.ice+savings@mail.example.org", "o'brien_1@ex-ample.org",
    "x!#$%&*/=?^`{|}~@example.org",
  ])
  func `an address that every mail system takes is taken`(text: String) throws {
    let address = try ContactAddress(text)
    #expect(address.text == text && address.local + "@" + address.domain == text)
  }

  @Test(arguments: [
    ("", ContactAddressError.length(0)), ("a@", .length(2)),
    (String(repeating: "a", count: 250) + "@b.org", .length(256)), ("alice", .shape),
    ("alice@example@org", .shape), ("@example.org", .localPart),
    ("-oQ/tmp@example.org", .localPart),
    (".alice@example.org", .localPart), ("al..ice@example.org", .localPart),
    ("\"al ice\"@example.org", .localPart), ("al ice@example.org", .localPart),
    ("alice\n@example.org", .localPart), ("alice\r\nBcc:m@example.org", .localPart),
    ("alicé@example.org", .localPart),
    (String(repeating: "a", count: 65) + "@example.org", .localPart), ("alice@localhost", .domain),
    ("alice@[127.0.0.1]", .domain), ("alice@-example.org", .domain),
    ("alice@example-.org", .domain),
    ("alice@example..org", .domain), ("alice@exam_ple.org", .domain),
    ("alice@example.org\n", .domain),
    ("alice@example.org,mallory", .domain), ("alice(x)@example.org", .localPart),
  ])
  func `what could mean something else to a mail program is refused`(
    text: String, error: ContactAddressError
  ) {
    #expect(throws: error) { try ContactAddress(text) }
    #expect(!"\(error)".isEmpty)
  }
}
