import Testing
import Wire

@Suite struct ExcerptTests {
  @Test func `a short text is shown whole, and a long one cut`() {
    #expect("wsh(".excerpt == "wsh(")
    #expect(String(repeating: "a", count: 40).excerpt == String(repeating: "a", count: 40))
    #expect(String(repeating: "a", count: 41).excerpt == String(repeating: "a", count: 40) + "…")
    #expect("abcdef".excerpt(upTo: 3) == "abc…")
    #expect("".excerpt.isEmpty)
  }

  @Test func `a single character as long as a text is cut, too`() {
    let long = "e" + String(repeating: "\u{0301}", count: 5000)
    #expect(long.count == 1)
    #expect(long.excerpt.unicodeScalars.count == 41)
    #expect(long[...].excerpt.utf8.count <= 200)
  }
}
