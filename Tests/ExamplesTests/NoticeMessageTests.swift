import Engine
import Foundation
import Guard
import Money
import Settings
import Statements
import Structures
import Testing

@testable import holdfast_guard

/// Notices as messages, and answers to them.
@Suite struct NoticeMessageTests {
  private static let code = NoticeCode(
    account: 7, change: 12, secret: [UInt8](repeating: 0xAB, count: 16))

  private func settings(_ yaml: String) throws -> NoticeSettings {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("notices-\(UUID().uuidString).yaml")
    try yaml.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    return try ConfigurationSection.read(file: file.path) { root throws(ConfigurationError) in
      try NoticeSettings(root)
    }
  }

  private static let whole = """
    program: /usr/sbin/sendmail
    from: security@exchange.example
    page: https://exchange.example/cancel
    answersTo: cancel@exchange.example
    answers: /var/mail/new
    """

  private func notice(_ subject: Notice.Subject, code: NoticeCode? = Self.code) throws -> Notice {
    Notice(
      account: AccountID(7), change: ChangeID(12), subject: subject,
      contact: try ContactAddress("alice@example.org"), destination: "bc1qexample",
      amount: "0.5 BTC",
      seenAt: Timestamp(milliseconds: 1_700_000_000_000), waitMilliseconds: 86_400_000,
      code: code)
  }

  @Test(arguments: [
    (CredentialChange.Kind.signingKey(new: [1], previous: nil, previousCounter: 0), "enrolled"),
    (.signingKey(new: [1], previous: [2], previousCounter: 0), "replaced"),
    (.address(AddressEntryID(1)), "bc1qexample"),
    (.contact(new: "m@example.net", previous: "alice@example.org"), "m@example.net"),
    (.withdrawal(WithdrawalID(1)), "0.5 BTC"),
  ])
  func `a notice says what happened, when it counts, and how to stop it`(
    kind: CredentialChange.Kind, words: String
  ) throws {
    let text = NoticeMessage(try notice(.change(kind)), try settings(Self.whole)).text
    for part in [
      words, "To: alice@example.org\n", "2023-11-14T22:13:20Z", "24 hours",
      "https://exchange.example/cancel#\(Self.code.text)",
      "Reply-To: cancel+\(Self.code.text)@exchange.example\n", "Auto-Submitted: auto-generated\n",
      "Message-ID: <change-7-12-",
    ] { #expect(text.contains(part), "\(part) in \(text)") }
    #expect(text.utf8.allSatisfy { $0 == 10 || (0x20...0x7E).contains($0) })
    #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count <= 998 })
  }

  @Test(arguments: [
    (
      Notice.Subject.change(.contact(new: "m@example.net", previous: "alice@example.org")),
      "has no code"
    ), (.cancelled, "Nothing leaves the account"), (.holdEnded, "the account is held no more"),
  ])
  func `a notice without a code names no way to cancel`(subject: Notice.Subject, words: String)
    throws
  {
    let text = NoticeMessage(try notice(subject, code: nil), try settings(Self.whole)).text
    #expect(text.contains(words) && text.contains("To: alice@example.org\n"), "\(text)")
    #expect(!text.contains("Reply-To") && !text.contains("#") && !text.contains("Code:"))
    #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count <= 998 })
  }

  @Test func `what is no address is mailed in hexadecimal`() throws {
    let contact = CredentialChange.Kind.contact(new: "a@b\r\nBcc: \u{e9}", previous: "a@b.example")
    let text = NoticeMessage(try notice(.change(contact)), try settings(Self.whole)).text
    #expect(text.contains("  Notices go to 6140620d0a4263633a20c3a9\n"), "\(text)")
    #expect(text.utf8.allSatisfy { $0 == 10 || (0x20...0x7E).contains($0) })
  }

  @Test func `the same notice has the same name whenever it is sent, and another another`() throws {
    let settings = try settings(Self.whole)
    func name(_ notice: Notice) -> Substring? {
      NoticeMessage(notice, settings).text.split(separator: "\n").first {
        $0.hasPrefix("Message-ID")
      }
    }
    let first = try notice(.change(.address(AddressEntryID(1))))
    var other = first
    other.contact = try ContactAddress("bob@example.org")
    var news = first
    news.subject = .cancelled
    var end = first
    end.subject = .holdEnded
    var later = first
    later.seenAt = Timestamp(milliseconds: 1_800_000_000_000)
    #expect(name(first) == name(later))
    #expect(Set([first, other, news, end].map(name)).count == 4)
  }

  @Test func `a person's answer cancels, whatever it says, and a machine's does not`() {
    func codes(_ text: String) -> [NoticeCode] { AnswerFolder.codes(in: Array(text.utf8)) }
    let to = "To: cancel+\(Self.code.text)@exchange.example\n"
    #expect(codes("From: a@b.c\n\(to)\n\n") == [Self.code])
    #expect(codes("Subject: x\n\nnot me! code \(Self.code.text).\n") == [Self.code])
    #expect(codes("Auto-Submitted: no\n\(to)\n") == [Self.code])
    for no in ["Auto-Submitted:no", "auto-submitted:\tNO ", "Auto-Submitted: no (by hand); x=y"] {
      #expect(codes("\(no)\n\(to)\n") == [Self.code], "\(no)")
    }
    for yes in ["Auto-Submitted:auto-replied", "Auto-Submitted: auto-no", "Auto-Submitted:"] {
      #expect(codes("\(yes)\n\(to)\n") == [], "\(yes)")
    }
    #expect(codes("Auto-Submitted: auto-replied\n\(to)\n") == [])
    #expect(codes("\(to)Content-Type: multipart/report; report-type=delivery-status\n\nx") == [])
    #expect(codes("\(to)\n\(Self.code.text)\n") == [Self.code])
    #expect(codes("nothing\n") == [])
    #expect(AnswerFolder.codes(in: [0xFF, 0xFE, 0x00] + Array(Self.code.text.utf8)).count <= 1)
    let many = (1...20).map { "1-\($0)-" + String(repeating: "0", count: 32) }
    #expect(codes(many.joined(separator: "\n")).count == 8)
  }

  @Test(arguments: [
    ("from: security@exchange.example", "from: security", "from"),
    ("page: https://exchange.example/cancel", "page: exchange.example", "page"),
    ("page: https://exchange.example/cancel", "page: https://exchange.example/c#x", "page"),
    ("answers: /var/mail/new", "log: x", "answers"),
    (
      "answersTo: cancel@exchange.example", "answersTo: cancel-the-change-now@exchange.example",
      "answersTo"
    ),
    ("program: /usr/sbin/sendmail", "programme: /usr/sbin/sendmail", "program"),
  ])
  func `wrong settings are refused by name`(right: String, wrong: String, key: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try settings(Self.whole.replacingOccurrences(of: right, with: wrong))
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(key))
  }
}
