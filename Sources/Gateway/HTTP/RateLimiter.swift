import Synchronization

/// How many requests a window admits.
struct RateLimit: Equatable, Sendable {
  /// Requests per window.
  var count: Int
  /// The window's length in milliseconds.
  var windowMilliseconds: Int64
  /// Whom the count is kept for.
  var scope: Scope

  enum Scope: Equatable, Sendable {
    /// The network address.
    case address
    /// The account.
    case account
    /// The account, for each instrument apart.
    case accountAndInstrument
  }

  /// `count` requests in two seconds for each network address.
  static func address(_ count: Int) -> RateLimit {
    RateLimit(count: count, windowMilliseconds: 2000, scope: .address)
  }

  /// `count` requests in two seconds for each account.
  static func account(_ count: Int) -> RateLimit {
    RateLimit(count: count, windowMilliseconds: 2000, scope: .account)
  }

  /// `count` orders in two seconds for each account and instrument.
  static func orders(_ count: Int) -> RateLimit {
    RateLimit(count: count, windowMilliseconds: 2000, scope: .accountAndInstrument)
  }
}

/// Counts requests in fixed windows. See OKX v5, "rate limits".
final class RateLimiter: Sendable {
  private struct Key: Hashable {
    var bucket: String
    var subject: String
  }

  private struct Window {
    var start: Int64
    var length: Int64
    var used: Int
  }

  private struct State {
    var windows: [Key: Window] = [:]
    var sweptAt: Int64 = 0
  }

  private let isEnabled: Bool
  private let state = Mutex(State())

  init(isEnabled: Bool) { self.isEnabled = isEnabled }

  /// Takes `cost` from the window of `subject`, or throws.
  ///
  /// - Parameter now: Milliseconds of any steadily growing clock.
  func take(
    _ cost: Int = 1, of limit: RateLimit, bucket: String, subject: String, now: Int64
  ) throws(Rejection) {
    guard isEnabled else { return }
    let isAdmitted = state.withLock { state in
      // Windows of clients that went away would pile up otherwise.
      if now - state.sweptAt > 60_000 {
        state.windows = state.windows.filter { now - $0.value.start < $0.value.length }
        state.sweptAt = now
      }
      let key = Key(bucket: bucket, subject: subject)
      var window =
        state.windows[key] ?? Window(start: now, length: limit.windowMilliseconds, used: 0)
      if now - window.start >= window.length {
        window = Window(start: now, length: limit.windowMilliseconds, used: 0)
      }
      guard window.used + cost <= limit.count else { return false }
      window.used += cost
      state.windows[key] = window
      return true
    }
    if !isAdmitted { throw Rejection(.rateLimited, "Too Many Requests") }
  }
}
