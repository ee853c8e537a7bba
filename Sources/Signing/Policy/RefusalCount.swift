import Cryptography
import Money
import SignerProtocol

/// How often a signer had to refuse lately.
///
/// The same transaction refused for the same reason counts once: the guard tries again every few
/// seconds what one signer cannot sign, and that is no attack. What may succeed later, such as a
/// budget, does not count.
struct RefusalCount {
  /// How long a refusal counts.
  static let windowMilliseconds: Int64 = 3_600_000

  private var seen: [(time: Timestamp, subject: [UInt8])] = []

  /// Counts one refusal about `subject`; returns whether there are as many as `limit` now.
  mutating func reachesLimit(
    _ limit: Int, with refusal: SignerRefusal, about subject: [UInt8], at now: Timestamp
  ) -> Bool {
    guard !refusal.isTemporary else { return false }
    let from = now.advanced(byMilliseconds: -Self.windowMilliseconds)
    seen.removeAll { $0.time <= from }
    let code = refusal.code.rawValue
    let name = SHA256.hash([UInt8(code & 0xFF), UInt8(code >> 8)] + subject)
    guard !seen.contains(where: { $0.subject == name }) else { return false }
    seen.append((now, name))
    return seen.count >= limit
  }
}
