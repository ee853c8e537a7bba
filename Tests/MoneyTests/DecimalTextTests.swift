import Money
import Testing

@Suite struct DecimalTextTests {
  @Test(
    arguments: [
      ("0.015", 8, 1_500_000), ("1", 8, 100_000_000), ("62431.5", 1, 624_315), ("-2.50", 2, -250),
      ("0.100000000", 8, 10_000_000), ("7", 0, 7),
    ] as [(String, Int, Int64)])
  func `decimal text is read exactly`(text: String, decimals: Int, units: Int64) throws {
    #expect(try DecimalText.units(of: text, decimals: decimals) == units)
  }

  @Test(arguments: ["", ".", "1.", ".5", "1e3", "+1", "1,000", " 1", "0x1", "--1", "1.2.3", "١"])
  func `anything but plain decimals is refused`(text: String) {
    #expect(throws: DecimalText.Failure.malformed) {
      try DecimalText.units(of: text, decimals: 8)
    }
  }

  @Test func `too fine and too large numbers say so`() {
    #expect(throws: DecimalText.Failure.tooManyDecimals(limit: 2)) {
      try DecimalText.units(of: "0.001", decimals: 2)
    }
    #expect(throws: DecimalText.Failure.tooLarge) {
      try DecimalText.units(of: "92233720368.54775808", decimals: 8)
    }
  }

  @Test(
    arguments: [
      (1_500_000, 8, "0.015"), (-250, 2, "-2.5"), (0, 8, "0"), (700, 0, "700"), (100, 2, "1"),
    ] as [(Int64, Int, String)])
  func `units print as the shortest exact text`(units: Int64, decimals: Int, text: String) {
    #expect(DecimalText.text(units: units, decimals: decimals) == text)
  }

  @Test func `rounding up costs at most one unit more than rounding down`() throws {
    #expect(try multiply(3, by: 1, dividingBy: 2, rounding: .down) == 1)
    #expect(try multiply(3, by: 1, dividingBy: 2, rounding: .up) == 2)
    #expect(try multiply(4, by: 1, dividingBy: 2, rounding: .up) == 2)
    #expect(throws: MoneyError.overflow) {
      try multiply(.max, by: 2, dividingBy: 1, rounding: .down)
    }
  }
}
