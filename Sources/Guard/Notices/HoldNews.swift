import Engine
import Money
import Statements
import Structures

/// A hold that began or is over, and who is told of it. Nothing rests on it: it is told as news, without a
/// code, and no longer when it is old.
struct HoldNews {
  /// Older than this it is not told any more, in milliseconds.
  static let lifetime: Int64 = 30 * 86_400_000

  /// The change whose cancel began the hold.
  var change: UInt64
  var hasEnded: Bool
  var at: Timestamp
  var recipients: [ContactAddress]
}

extension GuardCore {
  /// Notes that a cancel began a hold, or that one is over.
  ///
  /// - Parameter events: What came with it: the contacts that were taken back are told as well, since a
  ///   cancel may be a thief's, too.
  func note(_ hold: AccountHold, hasEnded: Bool, at time: Timestamp, events: [Event]) {
    let account = hold.account.raw
    guard policy.givesNotices, now < time.advanced(byMilliseconds: HoldNews.lifetime) else {
      return
    }
    var recipients = contacts(of: account).told
    for case .credentialChange(let change, .cancelled) in events {
      guard case .contact(let text, _) = change.kind, let contact = try? ContactAddress(text),
        !recipients.contains(contact)
      else { continue }
      recipients.append(contact)
    }
    holdNews[account, default: []].append(
      HoldNews(change: hold.change.raw, hasEnded: hasEnded, at: time, recipients: recipients))
  }

  /// Lets go of news that everybody has, or that are old.
  func dropOldNews() {
    for account in holdNews.keys.sorted() {
      let left = holdNews[account, default: []].filter { news in
        now < news.at.advanced(byMilliseconds: HoldNews.lifetime)
          && !news.recipients.allSatisfy { hasNews(news, $0) }
      }
      holdNews[account] = left.isEmpty ? nil : left
    }
  }

  func hasNews(_ news: HoldNews, _ contact: ContactAddress) -> Bool {
    record.holdNotices.contains(
      .init(change: news.change, hasEnded: news.hasEnded, contact: contact.text))
  }
}
