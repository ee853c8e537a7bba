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
    recipient = notice.contact.text
    let what = Self.what(notice)
    var headers = [
      "From: \(settings.from.text)", "To: \(notice.contact.text)",
      "Subject: Account \(notice.account): \(what.subject)",
      "Message-ID: <\(Self.identity(notice))@\(settings.from.domain)>",
      // Machines must not answer: what answers cancels. See RFC 3834.
      "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=us-ascii",
    ]
    if let code = notice.code, let answers = settings.answers {
      headers.append(
        "Reply-To: \(answers.address.local)+\(code.text)@\(answers.address.domain)")
    }
    let body =
      [
        "\(what.subject.capitalisedFirst) in account \(notice.account), "
          + "seen \(Self.time(notice.seenAt)):", "",
      ]
      + what.lines.map { "  " + $0 } + [""] + Self.advice(notice, settings) + [""]
    text = (headers + [""] + body).joined(separator: "\n")
  }

  /// What follows from it, and what the recipient can do.
  private static func advice(_ notice: Notice, _ settings: NoticeSettings) -> [String] {
    switch notice.subject {
    case .change: break
    case .cancelled:
      return [
        "Every other change that could be cancelled was taken back too, and withdrawals that waited have",
        "ended. No money moved. Nothing leaves the account until the hold is ended by the key that was",
        "there before, where that may, or by our staff.", "",
        "If that was not you, tell our staff before anybody ends the hold.",
      ]
    case .holdEnded:
      return [
        "Withdrawals, keys, addresses and contacts can be changed again.", "",
        "If that was neither you nor agreed with you, tell our staff now.",
      ]
    }
    let wait = [
      "Nothing leaves the account on the strength of it for \(span(notice.waitMilliseconds))",
      "after this message was sent.", "", "If it was you, you need do nothing.", "",
    ]
    guard let code = notice.code?.text else {
      return wait + [
        "If it was not you, tell our staff now. This message has no code that cancels it, because",
        "notices have not gone to this address for long; the address before it has one.",
      ]
    }
    var ways = ["  open  \(settings.page)#\(code)"]
    if settings.answers != nil {
      ways.append("  or answer this message; an empty answer will do.")
    }
    return wait + ["If it was not you, cancel it now:"] + ways + [
      "",
      "That takes it back with every other change that can be cancelled, ends withdrawals that wait,",
      "and holds your account until you or our staff end that. It moves no money.", "",
      "Code: \(code)",
    ]
  }

  /// The same for the same notice, whenever it is sent: what arrives twice is one.
  private static func identity(_ notice: Notice) -> String {
    let contact = Hex.text(SHA256.hash(Array(notice.contact.text.utf8)).prefix(8))
    let about =
      switch notice.subject {
      case .change: "change"
      case .cancelled: "cancelled"
      case .holdEnded: "ended"
      }
    return "\(about)-\(notice.account)-\(notice.change)-\(contact)"
  }

  private static func what(_ notice: Notice) -> (subject: String, lines: [String]) {
    switch notice.subject {
    case .change(.signingKey(let new, let previous, _)):
      (
        previous == nil
          ? "a key for withdrawals was enrolled" : "the key for withdrawals was replaced",
        ["Key with the fingerprint \(Hex.text(SHA256.hash(new).prefix(8)))"]
      )
    case .change(.address):
      ("a withdrawal address was added", ["Address \(notice.destination ?? "that is gone again")"])
    case .change(.contact(let new, let previous)):
      (
        previous == nil ? "notices go to this address" : "the address for notices was changed",
        ["Notices go to \(contact(new))"]
      )
    case .change(.withdrawal):
      (
        "a withdrawal to a new address was asked for",
        ["Amount  \(notice.amount ?? "")", "Address \(notice.destination ?? "")"]
      )
    case .cancelled:
      ("a change was taken back and the account is held", ["Change \(notice.change)"])
    case .holdEnded:
      ("the account is held no more", ["Hold since change \(notice.change) was taken back"])
    }
  }

  /// The address, if it is one; else its bytes in hexadecimal: nobody else's words go out as the guard's.
  private static func contact(_ text: String) -> String {
    (try? ContactAddress(text)) == nil ? Hex.text(Array(text.utf8)) : text
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
