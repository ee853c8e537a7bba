import Engine
import Money
import Synchronization

/// Lets each signed request pass once.
///
/// A signature stays fresh for ``Authentication/window``; whoever sees one on its way, or a client
/// that sends the same bytes again after a lost answer, would otherwise withdraw a second time.
final class SignedOnce: Sendable {
  private struct Seen: Hashable {
    var account: AccountID
    var signature: String
  }

  private let seen = Mutex<[Seen: Timestamp]>([:])

  /// Remembers `signature` of `account`, or throws when it came before.
  ///
  /// - Parameter now: This server's time; what is remembered is forgotten once no request can be
  ///   fresh with it.
  func admit(_ signature: String, of account: AccountID, now: Timestamp) throws(Rejection) {
    let isNew = seen.withLock { seen in
      let kept = now.advanced(byMilliseconds: -2 * Authentication.window)
      seen = seen.filter { $0.value >= kept }
      return seen.updateValue(now, forKey: Seen(account: account, signature: signature)) == nil
    }
    guard isNew else {
      throw Rejection(.timestampExpired, "This signed request was made before.", status: 401)
    }
  }
}
