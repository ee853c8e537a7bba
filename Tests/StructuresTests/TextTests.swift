import Structures
import Testing
import Wire

@Suite struct TextTests {
  static let texts = [
    "", "a", "bot-0001", "bot-00012", "0123456789abcdef", "0123456789abcdef0123456789abcde",
    "~ZZ zz 0123456789abcdef 012345~",
  ]

  @Test(arguments: texts)
  func `a text comes back, from its words and from its bytes`(string: String) throws {
    let text = try #require(Text32(string))
    #expect(text.description == string)
    #expect(text.count == string.utf8.count)
    #expect(text.isEmpty == string.isEmpty)
    #expect(Text32(words: text.word0, text.word1, text.word2, text.word3) == text)
    var writer = ByteWriter()
    writer.write(text)
    var reader = ByteReader(writer.bytes)
    #expect(try reader.read(Text32.self) == text)
    if string.utf8.count <= 16 {
      let short = try #require(Text16(string))
      #expect(short.description == string)
      #expect(short.count == string.utf8.count)
      #expect(Text16(words: short.word0, short.word1) == short)
      #expect(short.word0 == text.word0 && short.word1 == text.word1)
    } else {
      #expect(Text16(string) == nil)
    }
  }

  @Test(arguments: ["naïve", "a\0b", "line\n", "\u{7F}", String(repeating: "a", count: 33)])
  func `what is too long or not printable is no text`(string: String) {
    #expect(Text32(string) == nil)
    #expect(Text16(string) == nil)
    var writer = ByteWriter()
    writer.write(string)
    #expect(throws: WireError.self) {
      var reader = ByteReader(writer.bytes)
      _ = try reader.read(Text32.self)
    }
  }

  @Test func `words with something behind the end are no text`() {
    #expect(Text16(words: 0x61, 0x61) == nil)
    #expect(Text16(words: 0x61_00_61, 0) == nil)
    #expect(Text16(words: 0x80, 0) == nil)
    #expect(Text32(words: 0x6161_6161_6161_6161, 0, 0x61, 0) == nil)
    #expect(Text32(words: 0x6161_6161_6161_6161, 0x61, 0, 0) == "aaaaaaaaa")
  }
}
