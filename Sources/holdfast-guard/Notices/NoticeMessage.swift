import Cryptography
import Engine
import FoundationEssentials
import Guard
import Money
import Statements
import Wire

/// A notice as a message. See RFC 5322. All of it is ASCII, and nothing in it is a customer's free text.
struct NoticeMessage {
  let text: String
  let recipient: String

  init(_ notice: Notice, _ settings: NoticeSettings) {
    recipient = notice.contact
    let code = notice.code.text
    let account = notice.change.account
    let what = Self.what(notice)
    var headers = [
      "From: \(settings.from.text)", "To: \(notice.contact)",
      "Subject: Account \(account): \(what.subject)",
      "Message-ID: <\(Self.identity(notice))@\(settings.from.domain)>",
      // Machines must not answer: what answers cancels. See RFC 3834.
      "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=us-ascii",
    ]
    var ways = ["  open  \(settings.page)#\(code)"]
    if let answers = settings.answers {
      headers.append("Reply-To: \(answers.address.local)+\(code)@\(answers.address.domain)")
      ways.append("  or answer this message; an empty answer will do.")
    }
    let body =
      [
        "\(what.subject.capitalisedFirst) in account \(account), seen \(Self.time(notice.seenAt)):",
        "",
      ]
      + what.lines.map { "  " + $0 } + [
        "",
        "Nothing leaves the account on the strength of it for \(Self.span(notice.waitMilliseconds))",
        "after this message was sent.", "", "If it was you, you need do nothing.", "",
        "If it was not you, cancel it now:",
      ] + ways + [
        "",
        "That takes it back with every other change that can be cancelled, ends withdrawals that wait,",
        "and holds your account until you or our staff end that. It moves no money.", "",
        "Code: \(code)", "",
      ]
    text = (headers + [""] + body).joined(separator: "\n")
  }

  /// The same for the same notice, whenever it is sent: what arrives twice is one.
  private static func identity(_ notice: Notice) -> String {
    let contact = Hex.text(SHA256.hash(Array(notice.contact.utf8)).prefix(8))
    return "change-\(notice.change.account)-\(notice.change.id)-\(contact)"
  }

  private static func what(_ notice: Notice) -> (subject: String, lines: [String]) {
    switch notice.change.kind {
    case .signingKey(let new, let previous, _):
      (
        previous == nil
          ? "a key for withdrawals was enrolled" : "the key for withdrawals was replaced",
        ["Key with the fingerprint \(Hex.text(SHA256.hash(new).prefix(8)))"]
      )
    case .address:
      ("a withdrawal address was added", ["Address \(notice.destination ?? "that is gone again")"])
    case .contact(let new, let previous):
      (
        previous == nil ? "notices go to this address" : "the address for notices was changed",
        ["Notices go to \(new)"]
      )
    case .withdrawal:
      (
        "a withdrawal to a new address was asked for",
        ["Amount  \(notice.amount ?? "")", "Address \(notice.destination ?? "")"]
      )
    }
  }

  private static func time(_ instant: Timestamp) -> String {
    Date(timeIntervalSince1970: Double(instant.milliseconds / 1000)).formatted(.iso8601)
  }

  private static func span(_ milliseconds: Int64) -> String {
    let minutes = milliseconds / 60_000
    return minutes >= 120 ? "\(minutes / 60) hours" : "\(minutes) minutes"
  }
}

extension String {
  fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
