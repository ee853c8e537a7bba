import Passkeys
import Testing

@Suite struct PasskeySiteTests {
  @Test(arguments: [
    ("example.org", "https://example.org", true), ("example.org", "https://www.example.org", true),
    ("example.org", "https://example.org:8443", true), ("localhost", "http://localhost:8080", true),
    ("localhost", "http://localhost", true), ("example.org", "http://example.org", false),
    ("example.org", "https://badexample.org", false), ("example.org", "https://example.com", false),
    ("example.org", "https://example.org/", false), ("example.org", "https://example.org:", false),
    ("example.org", "https://example.org:0", false), ("example.org", "https://Example.org", false),
    ("example.org", "https://a@example.org", false), ("", "https://example.org", false),
    ("localhost", "http://evil.org", false),
  ])
  func `an origin is one of its domain or none`(domain: String, origin: String, holds: Bool) {
    #expect((PasskeySite(relyingParty: domain, origin: origin) != nil) == holds)
  }

  @Test(arguments: 0..<70)
  func `base64url gives every length back, and has one form`(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 57 &+ 251) }
    let text = Base64URL.text(bytes)
    #expect(Base64URL.bytes(text) == bytes)
    #expect(!text.contains { "+/=".contains($0) })
    #expect(Base64URL.bytes(text + "=") == nil)
  }
}
