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
}
