import Testing

@testable import Gateway

@Suite struct RateLimiterTests {
  @Test func `a window admits its count and the next one begins afresh`() throws {
    let limiter = RateLimiter(isEnabled: true)
    let limit = RateLimit.account(3)
    for _ in 0..<3 { try limiter.take(of: limit, bucket: "a", subject: "1", now: 1000) }
    #expect(throws: Rejection.self) {
      try limiter.take(of: limit, bucket: "a", subject: "1", now: 2999)
    }
    try limiter.take(of: limit, bucket: "a", subject: "2", now: 2999)
    try limiter.take(of: limit, bucket: "b", subject: "1", now: 2999)
    try limiter.take(of: limit, bucket: "a", subject: "1", now: 3000)
  }
}
