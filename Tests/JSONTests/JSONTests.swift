import JSON
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    #"{"a":[1,2.50,-0,1e-8],"b":{"c":null,"d":true},"e":"x\"\\\ny"}"#,
    "[]", "{}", #""""#, "0.00001000", #"["é€😀"]"#, #""\u0001""#,
  ])
  func `a compact text comes back as it was`(text: String) throws {
    #expect(try JSON(parsing: text).description == text)
  }

  @Test func `escapes become the characters they stand for`() throws {
    #expect(try JSON(parsing: #""\u00e9\ud83d\ude00\/\t""#) == "é😀/\t")
  }

  @Test(arguments: [
    "", " ", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "1e", "tru", "nul", "\"a",
    "\"\\x\"", "\"\\ud800\"", "\"\\u12g4\"", "\"\u{1}\"", "[1] 2", "{\"a\" 1}", "{1:2}",
    "{\"a\":1,\"a\":2}", "NaN", "'a'", String(repeating: "[", count: 100),
  ])
  func `anything else is refused`(text: String) {
    #expect(throws: JSONError.self) { try JSON(parsing: text) }
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: JSONError.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
  }

  @Test func `an integer is read only where one is written`() throws {
    #expect(try JSON(parsing: "9223372036854775807").integer == .max)
    #expect(try JSON(parsing: "9223372036854775808").integer == nil)
    #expect(try JSON(parsing: "1.0").integer == nil)
    #expect(try JSON(parsing: "\"1\"").integer == nil)
  }
}
