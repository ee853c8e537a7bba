import Engine
import JSON
import Money
import Testing

@testable import Gateway

@Suite struct ServicePageTests {
  @Test(arguments: [
    ("a & b", "a &amp; b"), ("<b>", "&lt;b&gt;"), ("\"it's\"", "&quot;it&#39;s&quot;"),
    // One character each to Swift: a mark that joins what follows, and marks upon the sign itself.
    ("\u{600}<script>", "\u{600}&lt;script&gt;"), ("\u{600}&", "\u{600}&amp;"),
    ("<\u{301}", "&lt;\u{301}"), ("\"\u{fe0f}'\u{200d}", "&quot;\u{fe0f}&#39;\u{200d}"),
    ("\u{1f468}\u{200d}\u{1f469} 12 \u{20ac}", "\u{1f468}\u{200d}\u{1f469} 12 \u{20ac}"),
  ]) func `no text becomes part of the page's structure`(text: String, expected: String) {
    // By scalars: two strings of the same characters would be equal in other scalars, too.
    #expect(
      Array(ServicePage.escaped(text).unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test(arguments: [(Int64?.none, false), (999, false), (1000, false), (1001, true)])
  func `a successor is promised only for a time to come`(successorAt: Int64?, isTold: Bool) {
    var facts = ServiceRow.Facts(Exchange())
    facts.keyHolders = KeyHoldersReport(
      live: 2, threshold: 2, seats: 3, frozen: false, reduced: true, claims: 1,
      successorAt: successorAt, logCount: 1, logHead: Array(repeating: 1, count: 32))
    let now = Timestamp(milliseconds: 1000)
    let page = ServicePage(catalog: .empty).html(facts, now: now)
    #expect(page.contains("1 claims are open."))
    #expect(page.contains("A successor can be in service from") == isTold)
    let told = ServiceRow(catalog: .empty).service(facts, now: now)["keyHolders"]?["successorAt"]
    #expect(told == .string(isTold ? "1001" : ""))
  }

  @Test(arguments: [(UInt32(500), "5 %", ""), (250, "2.5 %", "key_holder")])
  func `what is kept hot is told, and why it is less than usual`(
    target: UInt32, text: String, reason: String
  ) {
    var facts = ServiceRow.Facts(Exchange())
    let now = Timestamp(milliseconds: 1000)
    #expect(!ServicePage(catalog: .empty).html(facts, now: now).contains("Hot wallet"))
    facts.float = FloatPlan(
      targetBasisPoints: target, usualTargetBasisPoints: 500, lowBasisPoints: 5_000,
      highBasisPoints: 15_000, refill: nil)
    let page = ServicePage(catalog: .empty).html(facts, now: now)
    #expect(page.contains("<p>\(text) of all that is owed is kept ready"))
    #expect(page.contains("not 5 % as usual, because a key holder is missing") == !reason.isEmpty)
    let told = ServiceRow(catalog: .empty).service(facts, now: now)["float"]
    #expect(told?["reason"] == .string(reason))
    #expect(told?["usualTarget"] == .string("0.05"))
  }
}
