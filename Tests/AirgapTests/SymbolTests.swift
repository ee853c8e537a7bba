import Airgap
import Structures
import Testing

@Suite struct SymbolTests {
  @Test(arguments: [1, 5, 15, 27, 40])
  func `what is drawn as PNG is read back`(version: Int) throws {
    let text = String(
      repeating: "B$Z", count: QRSymbol.alphanumericCapacity(version: version) / 3)
    let symbol = try QRSymbol(text)
    let png = symbol.image(scale: version > 20 ? 3 : 5).png
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(try GreyImage(png: png).symbolTexts() == [text])
  }

  @Test func `two symbols in one picture are both read`() throws {
    let first = try QRSymbol("FIRST").image()
    let picture = first.beside(try QRSymbol("OTHER").image())
    #expect(try Set(picture.symbolTexts()) == ["FIRST", "OTHER"])
  }

  @Test func `what a terminal shows is the symbol with its quiet zone`() throws {
    let text = "UR:PSBT/1-9/LPADASCFADAXCYWENBPLJKHDCAHKADAEMEJTSW"
    let symbol = try QRSymbol(text)
    let plain = symbol.terminalText(colour: false)
    #expect(symbol.terminalText().contains("\u{1B}[97;40m"))
    let lines = plain.split(separator: "\n").map(Array.init)
    let side = symbol.width + 2 * QRSymbol.quietZone
    #expect(lines.count == (side + 1) / 2 && lines.allSatisfy { $0.count == side })
    // As a camera would: pixels from the characters, then the reader.
    var pixels: [UInt8] = []
    let scale = 4
    for line in lines {
      for half in 0..<2 {
        let row = line.flatMap { character -> [UInt8] in
          let light = half == 0 ? "█▀".contains(character) : "█▄".contains(character)
          return [UInt8](repeating: light ? 255 : 0, count: scale)
        }
        for _ in 0..<scale { pixels += row }
      }
    }
    let picture = GreyImage(width: side * scale, height: lines.count * 2 * scale, pixels: pixels)
    #expect(try picture.symbolTexts() == [text])
  }

  @Test(arguments: UInt64(0)..<8)
  func `a noisy, turned and shaded photograph is read`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let text = "B$2P0100" + String(repeating: "ABCDEFGH", count: 20)
    let symbol = try QRSymbol(text, correction: .medium).image(scale: 6)
    let side = symbol.width * 2
    let slope = Double.random(in: -0.2...0.2, using: &random)
    let lean = Double.random(in: 0...0.0004, using: &random)
    let pixels = (0..<(side * side)).map { place -> UInt8 in
      let (x, y) = (Double(place % side - side / 2), Double(place / side - side / 2))
      // Back from the photograph to the page, with a little perspective.
      let depth = 1 + lean * y
      let source = (
        Int((x - slope * y) / depth) + symbol.width / 2,
        Int((y + slope * x) / depth) + symbol.height / 2
      )
      let isPage = (0..<symbol.width).contains(source.0) && (0..<symbol.height).contains(source.1)
      let light = isPage ? Int(symbol.pixels[source.1 * symbol.width + source.0]) : 190
      let shade = light * (120 + 100 * (place % side) / side) / 255 + 20
      return UInt8(clamping: shade + Int.random(in: -12...12, using: &random))
    }
    let photograph = GreyImage(width: side, height: side, pixels: pixels)
    #expect(try photograph.symbolTexts() == [text], "seed \(seed)")
  }

  @Test func `a file that is no picture is refused, and an empty picture has no symbols`() throws {
    #expect(throws: AirgapError.badImage("no PNG")) { try GreyImage(png: [1, 2, 3]) }
    #expect(throws: AirgapError.badImage("no PNG")) { try GreyImage(png: []) }
    let png = try QRSymbol("HELLO").image().png
    #expect(throws: AirgapError.badImage("damaged PNG")) {
      try GreyImage(png: Array(png.dropLast(png.count / 2)))
    }
    let blank = GreyImage(width: 40, height: 40, pixels: [UInt8](repeating: 255, count: 1600))
    #expect(try blank.symbolTexts() == [])
  }
}
